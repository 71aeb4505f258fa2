import type { Cost, DeltaEvent, Price, StartEvent, Usage } from '../events.js';
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
  usage(): Usage;
}

export function createBudget({ maxOutputTokens, maxCost, countTokens = 'auto', prompt, price }: BudgetLimits): Budget {
  const ledger = createUsageLedger(incremental(countTokens), prompt);
  let start: StartEvent | undefined;
  /** What the attempts before this one cost, each by the price of its own model. */
  let earlierCost = 0;
  /** The largest that the provider has told. */
  let told: Cost | undefined;

  function attemptCost(): Cost | undefined {
    const used = ledger.attempt();
    return used && start?.model !== undefined ? price?.(used, start.model, start.provider) : undefined;
  }

  /** The provider's figure, unless it is in another currency. */
  function cost(): number {
    const own = attemptCost();
    const total = earlierCost + (own?.total ?? 0);
    return told && (!own || own.currency === told.currency) ? Math.max(total, told.total) : total;
  }

  function noteCost(reported: Cost | undefined): void {
    if (reported && !(told && told.total > reported.total)) told = reported;
  }

  /** How far a limit is passed. */
  function excesses(): number[] {
    return [
      maxOutputTokens === undefined ? -1 : (ledger.total(true).outputTokens ?? 0) - maxOutputTokens,
      maxCost === undefined ? -1 : cost() - maxCost,
    ];
  }

  return {
    push(event) {
      if (event.type === 'start') start = event;
      else if (event.type === 'usage') noteCost(event.usage.cost);
      else if (event.type === 'reset' && maxCost !== undefined) earlierCost += attemptCost()?.total ?? 0;
      ledger.push(event);
    },
    balance() {
      const excess = Math.max(...excesses());
      if (excess < 0) return 'left';
      return excess === 0 ? 'spent' : 'passed';
    },
    usage: () => ledger.statement(),
  };
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
