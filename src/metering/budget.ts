import type { Cost, DeltaEvent, Price, UsageEvent } from '../events.js';
import { toUsageEvent } from './requestUsage.js';
import type { CountTokens, TokenCounter } from './tokenCounter.js';
import { createUsageLedger } from './usageLedger.js';

export interface BudgetLimits {
  /** The most tokens of output, over all attempts. @defaultValue no limit */
  readonly maxOutputTokens?: number;
  /** The most that the stream may cost, over all attempts, in the currency of `price`. @defaultValue no limit */
  readonly maxCost?: number;
  /**
   * How to count while the provider gives no figure: characters (4 a token; 3.5 with Anthropic, 4.2 with xAI), a tokenizer, or a function,
   * which is given one delta at a time. `'auto'` takes what needs no loading, which is characters. @defaultValue 'auto'
   */
  readonly countTokens?: CountTokens;
  /** What was asked, in any form; its texts count towards `maxCost` until the provider gives its figure. @defaultValue input counts nothing before */
  readonly prompt?: unknown;
  /** What a request costs; not asked before the model is known. Needed for `maxCost`. @defaultValue none */
  readonly price?: Price;
}

/** What a stream has spent of its budget. An attempt that failed was paid for too. */
export interface Budget {
  push(event: DeltaEvent): void;
  /** Whether there is something left of every limit, nothing left of one, or one is passed. */
  balance(): 'left' | 'spent' | 'passed';
  /** What it is, over all attempts. */
  usage(): UsageEvent;
}

export function createBudget({ maxOutputTokens, maxCost, countTokens = 'auto', prompt, price }: BudgetLimits): Budget {
  const ledger = createUsageLedger(incremental(countTokens), prompt);
  /** What the attempts before this one cost. */
  let earlierCost = 0;
  /** The largest cost that the provider has reported. */
  let reported: Cost | undefined;

  /** The costs of the attempt that runs, as far as they are known: each request by the price of its own model. */
  function attemptCosts(): readonly Cost[] {
    return ledger.attempt().flatMap(({ usage, model, provider }) => {
      const cost = model === undefined ? undefined : price?.(usage, model, provider ?? '');
      return cost ?? [];
    });
  }

  /** The provider's figure, if that is more, unless it is in another currency. */
  function cost(): number {
    const own = attemptCosts();
    const total = earlierCost + sumOf(own);
    const comparable = own.every(({ currency }) => currency === reported?.currency);
    return reported && comparable ? Math.max(total, reported.total) : total;
  }

  function noteReported(cost: Cost | undefined): void {
    if (cost && !(reported && reported.total > cost.total)) reported = cost;
  }

  /** How far a limit is passed. */
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
      return excess === 0 ? 'spent' : 'passed';
    },
    usage: () => toUsageEvent(ledger.total()),
  };
}

function sumOf(costs: readonly Cost[]): number {
  return costs.reduce((sum, { total }) => sum + total, 0);
}

/** A function would have to count the whole text again for every delta: it counts each delta alone. */
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
