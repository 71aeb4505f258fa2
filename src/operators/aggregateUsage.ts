import type { MonoTypeOperatorFunction } from 'rxjs';
import type { DeltaEvent, Price, UsageEvent } from '../events.js';
import { operateEvents } from '../kernel/operateEvents.js';
import { checkEach, checkFunction, checkPositiveCount } from '../kernel/options.js';
import { isDelta } from '../message/deltas.js';
import { toUsageEvent } from '../metering/requestUsage.js';
import { joinRestartedUsage } from '../metering/restartedUsage.js';
import { type CountTokens, checkCountTokens, loadCounter } from '../metering/tokenCounter.js';
import { createUsageCollector, type UsageSettlement } from '../metering/usageCollector.js';

export type { UsageSettlement } from '../metering/usageCollector.js';

export interface AggregateUsageOptions {
  /**
   * How to count where the provider reports no figure: `'auto'` and `'character'` both count characters (4 per token; 3.5 for Anthropic, 4.2
   * for xAI), which needs no other package; a tokenizer such as `tiktokenCounter` of `rxllm/tiktoken`, or a function of a whole text, counts
   * tokens; `'none'` uses the provider's figures only.
   * Figures of a tokenizer have confidence `'high'`, of a prompt only where rules are published for all of it. A tokenizer that is not loaded
   * when the stream settles is replaced by characters, with
   * confidence `'low'`. It loads on subscribe, and no event waits for it. @defaultValue 'auto'
   */
  readonly countTokens?: CountTokens;
  /**
   * The prompt in any form (text, messages, all params), for an estimate of the input: its texts, and message frames, tool definitions and
   * images by the provider's published rules, which are those for GPT-3.5 and GPT-4 of OpenAI, and for images also Anthropic's. Where no rule is
   * published (other models, files, calls, images by address) the confidence is `'low'`. @defaultValue input is not estimated
   */
  readonly prompt?: unknown;
  /** Emits a running total after every n deltas; a whole number > 0. @defaultValue only the final usage is emitted */
  readonly every?: number;
  /** Returns the cost of a request, so that `onSettled` has it however the stream ends; `withCost` is then not needed. @defaultValue no cost */
  readonly price?: Price;
  /** Called once, however the stream ends: on completion, on an error and on unsubscribe. @defaultValue none */
  readonly onSettled?: (settlement: UsageSettlement) => void;
}

/**
 * Emits one `usage` just before `finish`: the sum over all attempts, from the provider's figures where it reported them, else estimated.
 *
 *     source   s-u-a-u-(f|)
 *     result   s---a---(uf|)
 *
 * It replaces the `usage` events of the source, which are not forwarded. Each figure is the provider's if it reported that one; `estimated` and
 * `confidence` describe the others. An attempt that was cut (by a `reset`, an error, `stopOn`, unsubscribe) settles at the larger of its figures
 * and the estimate, because its last figures were not reported; all cases: [which figure wins](../../src/metering/README.md#which-figure-wins).
 * A stream that completes without `finish` emits its usage before it completes.
 *
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError if `every` is not a whole number > 0.
 * @emitsError What a counter, `price` or `onSettled` throws.
 * @unsubscribe Calls `onSettled`; what that throws is reported as unhandled.
 * @reset Forwards it, and settles the attempt: its figures stay in every later `usage`.
 * @cost Holds the figures of each request, and with a tokenizer the texts that it has not counted. A delta costs an addition; a tokenizer
 * counts only where the provider reports nothing, or `every` asks for a total.
 * @example events$.pipe(aggregateUsage({ price, onSettled: ({ usage, outcome }) => log(outcome, usage.totalTokens, usage.cost?.total) }))
 */
export function aggregateUsage<E extends DeltaEvent>(
  options: AggregateUsageOptions = {},
): MonoTypeOperatorFunction<E | UsageEvent> {
  checkEach('aggregateUsage', options, {
    countTokens: checkCountTokens,
    prompt: undefined,
    every: checkPositiveCount,
    price: checkFunction,
    onSettled: checkFunction,
  });
  const { countTokens = 'auto', prompt, every = Infinity, price, onSettled } = options;
  return operateEvents({ name: 'aggregateUsage', joinUsage: joinRestartedUsage }, (destination) => {
    const collector = createUsageCollector(countTokens, prompt, price);
    loadCounter(countTokens);
    let deltas = 0;
    let finished = false;

    function emitTotal(running: boolean): void {
      destination.next(toUsageEvent(collector.total(running)));
    }

    return {
      next(event) {
        collector.push(event);
        if (event.type === 'usage') return;
        if (event.type === 'finish') {
          finished = true;
          emitTotal(false);
        }
        destination.next(event);
        if (every < Infinity && isDelta(event) && ++deltas % every === 0) emitTotal(true);
      },
      settle(outcome, error) {
        collector.pushError(error);
        const unreported = outcome === 'complete' && !finished && collector.begun;
        if (onSettled) collector.settle(outcome, onSettled);
        if (unreported) emitTotal(false);
      },
    };
  });
}
