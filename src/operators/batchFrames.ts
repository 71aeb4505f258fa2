import { animationFrames, catchError, type MonoTypeOperatorFunction, merge, type Subscription, take, timer } from 'rxjs';
import { holdBack } from '../display/holdBack.js';
import type { DeltaEvent } from '../events.js';
import { operate } from '../kernel/operate.js';
import { haveSameTarget, pieceText, type TextPieceEvent, withText } from '../message/deltas.js';

/** The length of a frame where there are no animation frames, in milliseconds. */
const frameMs = 16;
/** A hidden page gets no animation frames: after this many milliseconds, the held text is emitted without one. */
const longestWaitMs = 100;

/**
 * Merges the deltas of an animation frame into one, so that a view renders at most once a frame, however fast the model writes.
 *
 *     source   s-abc-d--e--f|
 *     frames   ------x----x---
 *     result   s-----A----Bf|       A = 'abc', B = 'de'
 *
 * In contrast to `auditTime`, no text is lost, and the order is kept: an event that adds no text is forwarded at once, after the text that
 * was held back before it. Where there are no animation frames (on a server), it merges the deltas of 16 ms, in a hidden page those of 100
 * ms. A `reset` discards the held text, because it voids it. Use it only in a branch that displays, downstream of everything that measures
 * or counts.
 *
 * @emitsError None of its own; the held text is emitted before the error of the source.
 * @unsubscribe Discards the held text and cancels the frame.
 * @reset Discards the pending text and forwards the reset at once.
 * @cost Holds the deltas of one frame; one timer or animation frame while text is pending.
 * @example events$.pipe(batchFrames(), accumulateText()).subscribe((text) => view.set(text))
 */
export function batchFrames<E extends DeltaEvent>(): MonoTypeOperatorFunction<E> {
  return operate((destination) => {
    let first: TextPieceEvent | undefined;
    let texts: string[] = [];
    let frame: Subscription | undefined;

    function flush(): void {
      frame?.unsubscribe();
      frame = undefined;
      if (!first) return;
      const merged = texts.length === 1 ? first : withText(first, texts.join(''));
      discard();
      destination.next(merged as E);
    }

    function discard(): void {
      first = undefined;
      texts = [];
    }

    function hold(event: TextPieceEvent): void {
      if (first && !haveSameTarget(first, event)) flush();
      first ??= event;
      texts.push(pieceText(event));
      if (frame) return;
      frame = nextFrame().subscribe({ next: flush, error: (error: unknown) => destination.error(error) });
      destination.add(frame);
    }

    return holdBack(destination, { hold, flush, discard });
  });
}

function nextFrame() {
  const frame = animationFrames().pipe(catchError(() => timer(frameMs)));
  return merge(frame, timer(longestWaitMs)).pipe(take(1));
}
