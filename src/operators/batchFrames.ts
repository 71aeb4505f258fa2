import { animationFrames, catchError, type MonoTypeOperatorFunction, merge, type Subscription, take, timer } from 'rxjs';
import { holdBack } from '../display/holdBack.js';
import type { DeltaEvent } from '../events.js';
import { operate } from '../kernel/operate.js';
import { haveSameTarget, pieceText, type TextPieceEvent, withText } from '../message/deltas.js';

/** Where there are no animation frames, so many milliseconds are one. */
const frameMs = 16;
/** A hidden page gets no frames: after so many milliseconds, what is held leaves without one. */
const longestWaitMs = 100;

/**
 * Merges the deltas of an animation frame into one, so that a view is drawn once a frame however fast the model writes.
 *
 *     source   s-abc-d--e--f|
 *     frames   ------x----x---
 *     result   s-----A----Bf|       A = 'abc', B = 'de'
 *
 * Nothing is lost, as it would be with `auditTime`, and the order stays: every event that does not add text leaves at once, after what was
 * held before it. Where there are no animation frames (a server), it merges what comes within 16 ms; in a hidden page, within 100 ms. A
 * `reset` drops what is held, because it is void. Belongs into the branch that displays, after everything that measures or counts.
 *
 * Emits error: none of its own; what is held leaves before the error of the source. On unsubscribe: drops what it holds, cancels the frame.
 * @example events$.pipe(batchFrames(), accumulateText()).subscribe((text) => view.set(text))
 */
export function batchFrames<E extends DeltaEvent>(): MonoTypeOperatorFunction<E> {
  return operate((destination) => {
    let held: TextPieceEvent | undefined;
    let texts: string[] = [];
    let frame: Subscription | undefined;

    function flush(): void {
      frame?.unsubscribe();
      frame = undefined;
      if (!held) return;
      const merged = texts.length === 1 ? held : withText(held, texts.join(''));
      drop();
      destination.next(merged as E);
    }

    function drop(): void {
      held = undefined;
      texts = [];
    }

    function hold(event: TextPieceEvent): void {
      if (held && !haveSameTarget(held, event)) flush();
      held ??= event;
      texts.push(pieceText(event));
      if (frame) return;
      frame = nextFrame().subscribe({ next: flush, error: (error: unknown) => destination.error(error) });
      destination.add(frame);
    }

    return holdBack(destination, { hold, flush, drop });
  });
}

function nextFrame() {
  const frame = animationFrames().pipe(catchError(() => timer(frameMs)));
  return merge(frame, timer(longestWaitMs)).pipe(take(1));
}
