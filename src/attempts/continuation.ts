import type { Observable } from 'rxjs';
import type { DeltaEvent, PartialMessage } from '../events.js';
import { checkOptions } from '../kernel/options.js';
import type { Attempts } from './attempts.js';
import { createDelivered } from './deliveredBlocks.js';
import { dropRepetition } from './dropOverlap.js';
import { followOn } from './renumberContinuation.js';

/** How to go on from a broken answer instead of repeating it. */
export interface ContinueWith {
  /** Makes the stream that says the rest, for instance by giving the model its own text so far. */
  readonly continueWith: (partial: PartialMessage) => Observable<DeltaEvent>;
  /** Whether the rest begins exactly where the text broke off, so that nothing in it is taken for a repetition. @defaultValue false */
  readonly exact?: boolean;
}

/** Keeps what the attempts delivered, and makes the next one go on from there. */
export interface Continuation {
  /** Takes every event that leaves. */
  note(event: DeltaEvent): void;
  /** Whether there is something to go on from, and no tool call that broke off in its arguments. */
  possible(): boolean;
  begin(): Observable<DeltaEvent>;
}

/** @throws TypeError if it is not a {@link ContinueWith}. */
export function checkContinueWith(options: ContinueWith): void {
  checkOptions('onPartial', options, ['continueWith', 'exact']);
  if (typeof options.continueWith !== 'function') throw new TypeError('onPartial.continueWith must be a function');
}

export function createContinuation({ continueWith, exact = false }: ContinueWith, attempts: Attempts): Continuation {
  const delivered = createDelivered();
  return {
    note: (event) => delivered.note(event),
    possible: () => attempts.delivered && attempts.partial().toolCalls.every(({ ended }) => ended),
    begin() {
      const partial = attempts.partial();
      const rest = continueWith(partial).pipe(followOn(delivered, attempts.step));
      return exact ? rest : rest.pipe(dropRepetition(partial.text));
    },
  };
}
