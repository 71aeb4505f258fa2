import { isStreamError } from '../errors.js';
import type { DeltaEvent, Price, Usage } from '../events.js';
import type { Outcome } from '../kernel/operate.js';
import { addRequestCosts } from './requestCost.js';
import type { RequestUsages } from './requestUsage.js';
import type { CountTokens } from './tokenCounter.js';
import { createUsageLedger } from './usageLedger.js';

/** How a stream ended, and what it used. */
export interface UsageSettlement {
  /** The provider's figures over all attempts; an estimate where it reported none. With their cost if `price` is given. */
  readonly usage: Usage;
  readonly outcome: Outcome;
}

/** Collects the usage of a stream, and reports it when the stream ends. */
export interface UsageCollector {
  /** Whether any event but pings and resets arrived. */
  readonly begun: boolean;
  push(event: DeltaEvent): void;
  /** All requests and their sum, with their cost. @param running Whether the stream goes on. */
  total(running: boolean): RequestUsages;
  /** Includes what the error of a stream without events reports: its request may have been paid for all the same. */
  pushError(error: unknown): void;
  /** Calls `onSettled` once, also if a counter or the price throws, which it then throws. */
  settle(outcome: Outcome, onSettled: (settlement: UsageSettlement) => void): void;
}

export function createUsageCollector(countTokens: CountTokens, prompt: unknown, price: Price | undefined): UsageCollector {
  const ledger = createUsageLedger(countTokens, prompt);

  function total(running: boolean): RequestUsages {
    const used = ledger.total(running);
    return price ? addRequestCosts(price, used) : used;
  }

  return {
    get begun() {
      return ledger.begun;
    },
    push: ledger.push,
    total,
    pushError(error) {
      const usage = !ledger.begun && isStreamError(error) ? error.partial?.usage : undefined;
      if (usage) ledger.push({ type: 'usage', usage, requests: undefined });
    },
    settle(outcome, onSettled) {
      let usage: Usage;
      try {
        ({ usage } = total(false));
      } catch (error) {
        // After it has thrown, a counter is replaced by the count of characters. The price is not called again.
        onSettled({ usage: ledger.total().usage, outcome: 'error' });
        throw error;
      }
      onSettled({ usage, outcome });
    },
  };
}
