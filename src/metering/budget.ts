import type { Cost, DeltaEvent, Price, UsageEvent } from '../events.js';
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
  /** The prompt in any form; its texts count towards `maxCost` until the provider reports its figure. @defaultValue input counts as 0 until then */
  readonly prompt?: unknown;
  /** Returns the cost of a request; not called before the model is known. Required for `maxCost`. @defaultValue none */
  readonly price?: Price;
}

/** What a stream has spent of its budget. Attempts that failed count too. */
export interface Budget {
  push(event: DeltaEvent): void;
  /** Whether something of every limit is left, one limit is reached exactly, or one is exceeded. */
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

  /** The costs of the attempt that runs, as far as they are known: each request at the price of its own model. */
  function attemptCosts(): readonly Cost[] {
    return ledger.attempt().flatMap(({ usage, model, provider }) => {
      const cost = model === undefined ? undefined : price?.(usage, model, provider ?? '');
      return cost ?? [];
    });
  }

  /** The provider's figure if it is larger, unless it is in another currency. */
  function cost(): number {
    const own = attemptCosts();
    const total = earlierCost + sumOf(own);
    const comparable = own.every(({ currency }) => currency === reported?.currency);
    return reported && comparable ? Math.max(total, reported.total) : total;
  }

  function noteReported(cost: Cost | undefined): void {
    if (cost && !(reported && reported.total > cost.total)) reported = cost;
  }

  /** How much more than each limit was used. */
  function excesses(): number[] {
    return [
      maxOutputTokens === undefined ? -1 : (ledger.total(true).usage.outputTokens ?? 0) - maxOutputTokens,
      maxCost === undefined ? -1 : cost() - maxCost,
    ];
  }

  return {
    push(event) {
      if (event.type === 'usage') noteReported(event.usage.cost);
      else if (event.type === 'reset' && maxCost !== undefined) earlierCost += sumOf(attemptCosts());
      ledger.push(event);
    },
    balance() {
      const excess = Math.max(...excesses());
      if (excess < 0) return 'left';
      return excess === 0 ? 'spent' : 'exceeded';
    },
    usage: () => toUsageEvent(ledger.total()),
  };
}

function sumOf(costs: readonly Cost[]): number {
  return costs.reduce((sum, { total }) => sum + total, 0);
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
