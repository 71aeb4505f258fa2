import type { MonoTypeOperatorFunction } from 'rxjs';
import { isStreamError } from '../errors.js';
import type { DeltaEvent, Price, Usage, UsageEvent } from '../events.js';
import { type Outcome, operate } from '../kernel/operate.js';
import { checkFunction, checkOptions, checkPositiveCount } from '../kernel/options.js';
import { loadCounter } from '../metering/loadCounter.js';
import { addRequestCosts } from '../metering/requestCost.js';
import { type RequestUsages, toUsageEvent } from '../metering/requestUsage.js';
import { type CountTokens, checkCountTokens } from '../metering/tokenCounter.js';
import { createUsageLedger } from '../metering/usageLedger.js';

/** How a stream went, and what it used. */
export interface UsageSettlement {
  /** The provider's figures over all attempts; an estimate where it gave none. With what they cost, if `price` is given. */
  readonly usage: Usage;
  readonly outcome: Outcome;
}

export interface AggregateUsageOptions {
  /**
   * How to count where the provider gives no figure: by characters (4 a token; 3.5 with Anthropic, 4.2 with xAI), by a tokenizer such as
   * `tiktokenCounter` of `rxllm/tiktoken`, or by a function of a whole text. `'auto'` is what needs no other package, which is characters; `'none'` takes
   * the provider's figures alone.
   * A tokenizer gives confidence `'high'`; characters stand in, with `'low'`, where it is not loaded when the stream settles. It loads on
   * subscribe, and no event waits for it. @defaultValue 'auto'
   */
  readonly countTokens?: CountTokens;
  /** What was asked, in any form (text, messages, all params): only the texts in it are counted. @defaultValue input is not estimated */
  readonly prompt?: unknown;
  /** Emits a running total after every so many deltas of text, reasoning, refusal or arguments. @defaultValue none but the final one */
  readonly every?: number;
  /** What a request costs, to have the cost on every exit; else as `withCost` does, which then adds nothing. @defaultValue no cost */
  readonly price?: Price;
  /** Called once however the stream ends, on an error and on unsubscribe too. @defaultValue none */
  readonly onSettled?: (settlement: UsageSettlement) => void;
}

/**
 * Emits one `usage` just before `finish`: what all attempts used, by the provider's figures where it gave them, else by an estimate.
 *
 *     source   s-u-a-u-(f|)
 *     result   s---a---(uf|)
 *
 * Each figure is the provider's, if it gave that one; `estimated` and `confidence` tell of the others. An attempt that was cut (by a
 * `reset`, an error, `stopOn`, unsubscribe) settles at the larger of its figures and the estimate, because nobody told the last ones. A
 * stream that completes without `finish` emits its usage before it completes.
 *
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError if `every` is not a whole number > 0.
 * Emits error: what a counter, `price` or `onSettled` throws. On unsubscribe: calls `onSettled`; what that throws is reported as unhandled.
 * @example events$.pipe(aggregateUsage({ price, onSettled: ({ usage, outcome }) => log(outcome, usage.totalTokens, usage.cost?.total) }))
 */
export function aggregateUsage<E extends DeltaEvent>(
  options: AggregateUsageOptions = {},
): MonoTypeOperatorFunction<E | UsageEvent> {
  checkOptions('aggregateUsage', options, ['countTokens', 'prompt', 'every', 'price', 'onSettled']);
  const { countTokens = 'auto', prompt, every = Infinity, price, onSettled } = options;
  checkCountTokens(countTokens);
  checkPositiveCount('every', every);
  checkFunction('price', price);
  checkFunction('onSettled', onSettled);
  return operate((destination) => {
    const ledger = createUsageLedger(countTokens, prompt);
    loadCounter(countTokens);
    let deltas = 0;
    let finished = false;

    function total(running: boolean): RequestUsages {
      const used = ledger.total(running);
      return price ? addRequestCosts(price, used) : used;
    }

    /** The usage to report; a counter or a price that throws ends the stream with an error, after its usage was reported. */
    function report(outcome: Outcome): void {
      let usage: Usage;
      try {
        ({ usage } = total(false));
      } catch (error) {
        // The counter that threw is replaced by characters, and a price that threw is not called again.
        onSettled?.({ usage: ledger.total().usage, outcome: 'error' });
        throw error;
      }
      onSettled?.({ usage, outcome });
    }

    function emitTotal(running: boolean): void {
      destination.next(toUsageEvent(total(running)));
    }

    return {
      next(event) {
        ledger.push(event);
        if (event.type === 'usage') return;
        if (event.type === 'finish') {
          finished = true;
          emitTotal(false);
        }
        destination.next(event);
        if (every < Infinity && event.type.endsWith('-delta') && ++deltas % every === 0) emitTotal(true);
      },
      settle(outcome, error) {
        // A request that failed before its first event may still have been paid for.
        if (!ledger.begun && isStreamError(error) && error.partial?.usage)
          ledger.push({ type: 'usage', usage: error.partial.usage, requests: undefined });
        const unreported = outcome === 'complete' && !finished && ledger.begun;
        if (onSettled) report(outcome);
        if (unreported) emitTotal(false);
      },
    };
  });
}
