import type { MonoTypeOperatorFunction } from 'rxjs';
import type { DeltaEvent, FinishEvent, UsageEvent } from '../events.js';
import { operate } from '../kernel/operate.js';
import { checkFunction, checkOptions, checkPositive, checkPositiveCount } from '../kernel/options.js';
import { writtenText } from '../message/deltas.js';
import { localFinish } from '../message/localFinish.js';
import { type BudgetLimits, createBudget } from '../metering/budget.js';
import { createVisibleText } from '../metering/characterLimit.js';
import { loadCounter } from '../metering/loadCounter.js';
import { checkCountTokens } from '../metering/tokenCounter.js';

export interface TakeWithinBudgetOptions extends BudgetLimits {
  /** The most visible characters (text and refusals), in UTF-16 code units. @defaultValue no limit */
  readonly maxChars?: number;
}

/**
 * Ends the stream and its request as soon as a budget is spent, with a `usage` and a `finish` of reason `budget`.
 *
 *     source         s-a-b-c-d-f|
 *     maxChars = 3
 *     result         s-a-b-(cuf|)       f.reason = 'budget'
 *
 * Nothing beyond a limit leaves: the delta that passes `maxChars` is cut there, one that passes another limit is dropped, though it was paid
 * for. A tool call that is open then never ends. It counts for itself all that the model writes: text, reasoning, refusals, names and arguments
 * of calls; where the provider tells more, that counts. Tokens and cost are money, so a `reset` gives none back, and a repeat that cannot be
 * paid does not begin; characters start again with it. A `usage` that tells of an overdraft ends the stream at the next delta, because the
 * provider's own `finish` may follow: then the answer is whole. Where neither `price` nor the provider tells a cost, `maxCost` limits nothing:
 * a `price` that throws refuses a model that it does not know.
 *
 * @param options The limits, at least one; `Infinity` is no limit.
 * @throws TypeError at call time if no limit is given, for `maxCost` without `price`, for an unknown option or a wrong type; RangeError if a
 * limit is not > 0.
 * Emits error: what a counter or `price` throws. On unsubscribe: aborts the request.
 * @example events$.pipe(takeWithinBudget({ maxOutputTokens: 1_000, maxCost: 0.05, price }))
 */
export function takeWithinBudget<E extends DeltaEvent>(
  options: TakeWithinBudgetOptions,
): MonoTypeOperatorFunction<E | UsageEvent | FinishEvent> {
  checkBudget(options);
  const { maxChars = Infinity, countTokens = 'auto' } = options;
  return operate((destination, upstream) => {
    const budget = createBudget(options);
    const visible = createVisibleText(maxChars);
    loadCounter(countTokens);
    let overdrawn = false;

    function end(): void {
      upstream.unsubscribe();
      destination.next(budget.usage());
      destination.next(localFinish('budget'));
      destination.complete();
    }

    return {
      next(event) {
        if (overdrawn && goesOn(event)) return end();
        budget.push(event);
        const balance = isCounted(event) ? budget.balance() : 'left';
        if (balance === 'passed' && isWritten(event)) return end();
        const kept = visible.take(event);
        if (kept) destination.next(kept);
        if (event.type === 'usage') overdrawn ||= balance !== 'left';
        else if (balance !== 'left' || visible.full) end();
      },
    };
  });
}

function checkBudget(options: TakeWithinBudgetOptions): void {
  const limits = ['maxOutputTokens', 'maxCost', 'maxChars'] as const;
  checkOptions('takeWithinBudget', options, [...limits, 'countTokens', 'prompt', 'price']);
  const { maxOutputTokens, maxCost, maxChars, countTokens, price } = options;
  if (limits.every((name) => options[name] === undefined)) {
    throw new TypeError(`takeWithinBudget: give at least one of ${limits.join(', ')}`);
  }
  checkPositiveCount('maxOutputTokens', maxOutputTokens);
  checkPositiveCount('maxChars', maxChars);
  checkPositive('maxCost', maxCost);
  if (countTokens !== undefined) checkCountTokens(countTokens);
  checkFunction('price', price);
  if (maxCost !== undefined && price === undefined) throw new TypeError('takeWithinBudget: maxCost needs a price');
}

function isWritten(event: DeltaEvent): boolean {
  return writtenText(event) !== '';
}

/** After it, more may have been spent. */
function isCounted(event: DeltaEvent): boolean {
  return event.type === 'start' || event.type === 'usage' || isWritten(event);
}

/** With it, the provider goes on to spend. */
function goesOn(event: DeltaEvent): boolean {
  return event.type === 'reset' || event.type === 'step' || isWritten(event);
}
