import type { Subscriber } from 'rxjs';
import type { DeltaEvent } from '../events.js';
import type { OperatorHandlers } from '../kernel/operate.js';
import { isTextPiece, type TextPieceEvent } from '../message/deltas.js';

/** How an operator keeps the text that it holds back. */
export interface HeldText {
  hold(event: TextPieceEvent): void;
  /** Emits the held text. */
  flush(): void;
  discard(): void;
}

/**
 * The handlers of a mirror that holds text back for a while. Any other event is forwarded at once, after the held text is emitted; so are
 * the error and the completion. A `reset` discards the held text, because it voids it.
 */
export function holdBack<E extends DeltaEvent>(destination: Subscriber<E>, held: HeldText): OperatorHandlers<E> {
  return {
    next(event) {
      if (isTextPiece(event)) return held.hold(event);
      if (event.type === 'reset') held.discard();
      held.flush();
      destination.next(event);
    },
    error(error) {
      held.flush();
      destination.error(error);
    },
    complete() {
      held.flush();
      destination.complete();
    },
  };
}
