import type { Subscriber } from 'rxjs';
import type { DeltaEvent } from '../events.js';
import type { OperatorHandlers } from '../kernel/operate.js';
import { isTextPiece, type TextPieceEvent } from '../message/deltas.js';

/** What an operator does with the text that it holds back. */
export interface Holder {
  /** Takes an event that adds text. */
  hold(event: TextPieceEvent): void;
  /** Lets all out that is held. */
  flush(): void;
  /** Forgets it. */
  drop(): void;
}

/**
 * The handlers of a mirror that holds text back for a while: every other event leaves at once, after what is held, and so does the end. A
 * `reset` makes what is held void.
 */
export function holdBack<E extends DeltaEvent>(destination: Subscriber<E>, { hold, flush, drop }: Holder): OperatorHandlers<E> {
  return {
    next(event) {
      if (isTextPiece(event)) return hold(event);
      if (event.type === 'reset') drop();
      flush();
      destination.next(event);
    },
    error(error) {
      flush();
      destination.error(error);
    },
    complete() {
      flush();
      destination.complete();
    },
  };
}
