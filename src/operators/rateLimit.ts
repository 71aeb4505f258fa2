import { concatMap, defer, type MonoTypeOperatorFunction } from 'rxjs';
import { isStreamError } from '../errors.js';
import type { DeltaEvent } from '../events.js';
import type { RateLimiter } from '../handles/createRateLimiter.js';
import { carrySignal } from '../kernel/callerAbort.js';
import { operate } from '../kernel/operate.js';
import { checkNotNegative, checkOptions } from '../kernel/options.js';
import { promptTexts } from '../metering/promptTexts.js';
import { createCharacterTally } from '../metering/tallies.js';
import { createUsageLedger } from '../metering/usageLedger.js';

export interface RateLimitOptions {
  /** What to reserve of `tokensPerMinute` when the stream begins, for input and output. @defaultValue an estimate of `prompt` */
  readonly estimateTokens?: number;
  /** What was asked, in any form (text, messages, all params): only the texts in it are counted. @defaultValue nothing is reserved */
  readonly prompt?: unknown;
}

/**
 * Sends the request no sooner than the limiter's rates allow, and the provider itself.
 *
 *     requestsPerMinute = 1
 *     source            s-a-f|
 *     another source    s-b-f|
 *     result            s-a-f|
 *     another result    60s s-b-f|
 *
 * Streams that share a limiter go in the order in which they came. What a stream used is settled when it completes, errors or is unsubscribed: the
 * provider's figures, or an estimate. An error that says how long to wait (`retryAfterMs`) makes all of them wait. Put it next to the source: a
 * `retryStream` after it has each attempt counted. A time limit that comes after it runs while the stream waits.
 *
 * @param limiter Made by {@link createRateLimiter}, once, for all the streams that share a provider's limits; let it see their responses too.
 * @throws TypeError at call time if it is not a limiter, for an unknown option or a wrong type; RangeError if `estimateTokens` is negative.
 * Emits error: {@link LimitError} of `maxQueue`, retryable, when too many wait. On unsubscribe: leaves the line, or aborts the request.
 * @example fromChatCompletions(client, params, { onResponse: limiter.observe }).pipe(rateLimit(limiter, { prompt: params }))
 */
export function rateLimit<E extends DeltaEvent>(
  limiter: RateLimiter,
  options: RateLimitOptions = {},
): MonoTypeOperatorFunction<E> {
  if (typeof Object(limiter).observe !== 'function') throw new TypeError('rateLimit: give a limiter of createRateLimiter()');
  checkOptions('rateLimit', options, ['estimateTokens', 'prompt']);
  const { prompt, estimateTokens = estimate(prompt) } = options;
  checkNotNegative('estimateTokens', estimateTokens);
  return (source) => {
    const result = defer(() => {
      const turn = limiter.request(estimateTokens);
      const ledger = createUsageLedger('character', prompt);

      /** Never less than was reserved, while the input is not known. */
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
            // A request that ended without an answer has used nothing; of one that was unsubscribed before it, that is not known.
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
  return createCharacterTally(() => (prompt === undefined ? undefined : promptTexts(prompt))).read().inputTokens ?? 0;
}
