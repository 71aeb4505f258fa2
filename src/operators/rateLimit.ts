import { concatMap, defer, type MonoTypeOperatorFunction } from 'rxjs';
import { isStreamError } from '../errors.js';
import type { DeltaEvent } from '../events.js';
import { checkHandle } from '../handles/checkHandle.js';
import type { RateLimiter } from '../handles/createRateLimiter.js';
import { carrySignal } from '../kernel/callerAbort.js';
import { operate } from '../kernel/operate.js';
import { checkNotNegative, checkOptions } from '../kernel/options.js';
import { readPrompt } from '../metering/promptParts.js';
import { createCharacterTally } from '../metering/tallies.js';
import { createUsageLedger } from '../metering/usageLedger.js';

export interface RateLimitOptions {
  /** How many of `tokensPerMinute` to reserve when the stream starts, for input and output. @defaultValue an estimate of `prompt` */
  readonly estimateTokens?: number;
  /** The prompt in any form (text, messages, all params): only the texts in it are counted. @defaultValue nothing is reserved */
  readonly prompt?: unknown;
}

/**
 * Delays the request until the rates of the limiter and the limits that the provider reports allow it.
 *
 *     requestsPerMinute = 1
 *     source            s-a-f|
 *     another source    s-b-f|
 *     result            s-a-f|
 *     another result    60s s-b-f|
 *
 * Streams that share a limiter wait in the order in which they were subscribed. When a stream completes, errors or is unsubscribed, its
 * reservation is replaced by the usage that the provider reported, or by an estimate. An error with `retryAfterMs` makes all of them wait.
 * Place it directly after the source, so that each attempt of a `retryStream` counts. Time limits downstream of it include the wait.
 *
 * @param limiter Made by {@link createRateLimiter}, once, for all streams that share a provider's limits. Pass its `observe` to their
 * sources.
 * @throws TypeError at call time if `limiter` is not a limiter, for an unknown option or a wrong type; RangeError if `estimateTokens` is
 * negative.
 * @emitsError {@link LimitError} of `maxQueue`, retryable, if too many streams wait.
 * @unsubscribe Removes the stream from the queue, or aborts its request.
 * @reset Forwards it; what the void attempt used still counts.
 * @cost Holds a place in the queue, and the number of characters. A delta costs an addition; no timer of its own.
 * @example fromChatCompletions(client, params, { onResponse: limiter.observe }).pipe(rateLimit(limiter, { prompt: params }))
 */
export function rateLimit<E extends DeltaEvent>(
  limiter: RateLimiter,
  options: RateLimitOptions = {},
): MonoTypeOperatorFunction<E> {
  checkHandle('rateLimit: limiter', limiter, 'createRateLimiter', ['request', 'observe']);
  checkOptions('rateLimit', options, ['estimateTokens', 'prompt']);
  const { prompt, estimateTokens = estimate(prompt) } = options;
  checkNotNegative('estimateTokens', estimateTokens);
  return (source) => {
    const result = defer(() => {
      const turn = limiter.request(estimateTokens);
      const ledger = createUsageLedger('character', prompt);

      /** Not less than the reservation as long as the input is not reported. */
      function used(): number {
        const { totalTokens, outputTokens = 0 } = ledger.total().usage;
        return totalTokens ?? Math.max(estimateTokens, outputTokens);
      }

      return turn.granted$.pipe(
        concatMap(() => source),
        operate<E, E>((destination, upstream) => ({
          next(event) {
            ledger.push(event);
            if (ledger.begun) turn.answered();
            destination.next(event);
          },
          settle(outcome, error) {
            if (isStreamError(error)) limiter.pause(error.retryAfterMs ?? 0);
            upstream.unsubscribe();
            // A request that ended without an answer used nothing; for one that was unsubscribed before its answer, that is unknown.
            const unanswered = outcome === 'unsubscribe' ? undefined : 0;
            turn.settle(ledger.begun ? used() : unanswered);
          },
        })),
      );
    });
    return carrySignal(source, result);
  };
}

function estimate(prompt: unknown): number {
  return createCharacterTally(() => (prompt === undefined ? undefined : readPrompt(prompt))).read().inputTokens ?? 0;
}
