import type { Cost, DeltaEvent, Price, UsageEvent } from '../events.js';
import { priceRequest } from './requestCost.js';
import { toUsageEvent } from './requestUsage.js';
import type { CountTokens, TokenCounter } from './tokenCounter.js';
import { createUsageLedger } from './usageLedger.js';

export interface BudgetLimits {
  /** The maximum of output tokens, over all attempts. @defaultValue no limit */
  readonly maxOutputTokens?: number;
  /** The maximum cost of the stream, over all attempts, in the currency of `price`. @defaultValue no limit */
  readonly maxCost?: number;
  /**
   * How to count until the provider reports its figures: by characters (4 per token; 3.5 for Anthropic, 4.2 for xAI), with a tokenizer, or
   * with a function, which is called with one delta at a time. `'auto'` counts without loading anything, which is by characters.
   * @defaultValue 'auto'
   */
  readonly countTokens?: CountTokens;
  /** The prompt in any form, as for `aggregateUsage`; it counts towards `maxCost` until the provider reports its figure. @defaultValue input counts as 0 until then */
  readonly prompt?: unknown;
  /** Returns the cost of a request; not called before the model is known. Required for `maxCost`. @defaultValue none */
  readonly price?: Price;
}

/** What a stream has spent of its budget. Attempts that failed count too. */
export interface Budget {
  push(event: DeltaEvent): void;
  /** Whether every limit allows more, one is reached exactly, or one is exceeded. */
  balance(): 'left' | 'spent' | 'exceeded';
  /** The usage of all attempts. */
  usage(): UsageEvent;
}

export function createBudget({ maxOutputTokens, maxCost, countTokens = 'auto', prompt, price }: BudgetLimits): Budget {
  const ledger = createUsageLedger(incremental(countTokens), prompt);
  /** The cost of the attempts before this one. */
  let earlierCost = 0;
  /** The largest cost that the provider has reported. */
  let reported: Cost | undefined;

  /** The currency of `price`, once it has returned a cost. */
  let currency: string | undefined;

  /** The cost of the attempt that runs, as far as it is known: each request at the price of its own model. */
  function attemptCost(): number {
    let sum = 0;
    for (const request of ledger.attempt()) {
      const cost = price && priceRequest(price, request);
      if (cost) ({ currency } = cost);
      sum += cost?.total ?? 0;
    }
    return sum;
  }

  /** The provider's figure if it is larger, unless it is in another currency. */
  function totalCost(): number {
    const total = earlierCost + attemptCost();
    if (!reported || (currency !== undefined && currency !== reported.currency)) return total;
    return Math.max(total, reported.total);
  }

  function noteReported(cost: Cost | undefined): void {
    if (cost && !(reported && reported.total > cost.total)) reported = cost;
  }

  /** By how much the limit that is closest, or exceeded most, is exceeded. */
  function excess(): number {
    const tokens = maxOutputTokens === undefined ? -1 : (ledger.total(true).usage.outputTokens ?? 0) - maxOutputTokens;
    const cost = maxCost === undefined ? -1 : totalCost() - maxCost;
    return Math.max(tokens, cost);
  }

  return {
    push(event) {
      if (event.type === 'usage') noteReported(event.usage.cost);
      else if (event.type === 'reset' && maxCost !== undefined) earlierCost += attemptCost();
      ledger.push(event);
    },
    balance() {
      const exceeded = excess();
      if (exceeded < 0) return 'left';
      return exceeded === 0 ? 'spent' : 'exceeded';
    },
    usage: () => toUsageEvent(ledger.total()),
  };
}

/** A function would count the whole text again for every delta, so it is called with each delta alone. */
function incremental(countTokens: CountTokens): CountTokens {
  if (typeof countTokens !== 'function') return countTokens;
  const stream: TokenCounter['stream'] = () => {
    let tokens = 0;
    return {
      push(text) {
        tokens += countTokens(text);
        return tokens;
      },
    };
  };
  return { ready: true, load: () => Promise.resolve(), count: countTokens, stream };
}
