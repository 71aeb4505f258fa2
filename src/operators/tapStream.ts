import type { MonoTypeOperatorFunction } from 'rxjs';
import {
  type ContentEvent,
  type DeltaEvent,
  isContent,
  type Message,
  type ResetEvent,
  type StartEvent,
  type UsageEvent,
} from '../events.js';
import { operate } from '../kernel/operate.js';
import { checkFunction, checkOptions } from '../kernel/options.js';
import { createMessageFold } from '../message/messageFold.js';

/** What to call, and when: each before the event goes on. */
export interface TapStreamOptions {
  /** The provider accepted the request. */
  readonly start?: (event: StartEvent) => void;
  /** Any part of the answer: text, reasoning, refusal, a tool call or its result, a file, a citation, a finished block. */
  readonly delta?: (event: ContentEvent) => void;
  /** Usage so far, or the final figure. */
  readonly usage?: (event: UsageEvent) => void;
  /** A repeat begins. */
  readonly reset?: (event: ResetEvent) => void;
  /** The stream completed, and this is what it said; `finishReason` is `aborted` if it had no `finish`. */
  readonly complete?: (message: Message) => void;
  /** The stream failed. */
  readonly error?: (error: unknown) => void;
  /** Downstream unsubscribed before the end. */
  readonly unsubscribe?: () => void;
}

const callbackNames = ['start', 'delta', 'usage', 'reset', 'complete', 'error', 'unsubscribe'] as const;

/**
 * Calls you back as the stream goes by, and changes nothing.
 *
 *     source     s-a-b-f|
 *     result     s-a-b-f|
 *     called     s-d-d--c     start, delta, delta, complete
 *
 * @param options The callbacks; only those given cost anything.
 * @throws TypeError at call time for an unknown callback, or one that is not a function.
 * Emits error: what a callback throws. On unsubscribe: calls `unsubscribe`; what that throws is reported as unhandled.
 * @example events$.pipe(tapStream({ complete: ({ text, usage }) => log(text.length, usage?.totalTokens) }))
 */
export function tapStream<E extends DeltaEvent>(options: TapStreamOptions = {}): MonoTypeOperatorFunction<E> {
  checkOptions('tapStream', options, callbackNames);
  for (const name of callbackNames) checkFunction(name, options[name]);
  const { start, delta, usage, reset, complete, error, unsubscribe } = options;

  function call(event: DeltaEvent): void {
    if (isContent(event)) delta?.(event);
    else if (event.type === 'start') start?.(event);
    else if (event.type === 'usage') usage?.(event);
    else if (event.type === 'reset') reset?.(event);
  }

  return operate((destination) => {
    // Only `complete` needs the message.
    const fold = complete && createMessageFold();
    let calling = false;
    return {
      next(event) {
        calling = true;
        call(event);
        calling = false;
        fold?.push(event);
        destination.next(event);
      },
      settle(outcome, fault) {
        // A callback that has thrown ended the stream: the others are not called.
        if (calling) return;
        if (outcome === 'error') error?.(fault);
        else if (outcome === 'unsubscribe') unsubscribe?.();
        else if (fold) complete?.(fold.message());
      },
    };
  });
}
