import type { Observable } from 'rxjs';
import type { DeltaEvent, PartialMessage } from '../events.js';
import { checkOneOf, checkOptions } from '../kernel/options.js';
import type { Attempts } from './attempts.js';
import { createDeliveredBlocks } from './deliveredBlocks.js';
import { dropOverlap } from './dropOverlap.js';
import { renumberContinuation } from './renumberContinuation.js';

/** How to continue a broken answer instead of repeating it. */
export interface ContinueWith {
  /** Returns the stream of the rest, for instance of a request that ends with the text so far. */
  readonly continueWith: (partial: PartialMessage) => Observable<DeltaEvent>;
  /** Whether the rest starts exactly where the text broke off, so that no overlap is dropped. @defaultValue false */
  readonly exact?: boolean;
}

/** What a join does with an error after content was emitted. */
export type OnPartial = 'reset' | 'fail' | ContinueWith;

/** @throws TypeError if it is none of the three. */
export function checkOnPartial(name: string, onPartial: OnPartial | undefined): void {
  if (typeof onPartial !== 'object') return checkOneOf(name, onPartial, ['reset', 'fail']);
  checkOptions(name, onPartial, ['continueWith', 'exact']);
  if (typeof onPartial.continueWith !== 'function') throw new TypeError(`${name}.continueWith must be a function`);
}

/** Collects what the attempts emit, so that another stream can continue it. */
export interface Continuation {
  /** Takes every event that is emitted. */
  push(event: DeltaEvent): void;
  /** Whether content was emitted, and no tool call broke off in its arguments. */
  isPossible(): boolean;
  /** Returns the rest as a part of the same attempt. */
  continued(): Observable<DeltaEvent>;
}

/** @returns `undefined` unless `onPartial` continues. */
export function createContinuation(onPartial: OnPartial | undefined, attempts: Attempts): Continuation | undefined {
  if (typeof onPartial !== 'object') return undefined;
  const { continueWith, exact = false } = onPartial;
  const delivered = createDeliveredBlocks();
  return {
    push: (event) => delivered.push(event),
    isPossible: () => attempts.delivered && attempts.partial().toolCalls.every(({ ended }) => ended),
    continued() {
      const partial = attempts.partial();
      const rest$ = continueWith(partial).pipe(renumberContinuation(delivered, attempts.step));
      return exact ? rest$ : rest$.pipe(dropOverlap(partial.text));
    },
  };
}
