import type { MonoTypeOperatorFunction } from 'rxjs';
import type { DeltaEvent, FinishEvent, UsageEvent } from '../events.js';
import { operateEvents } from '../kernel/operateEvents.js';
import { checkFunction, checkOptions, checkPositive, checkPositiveCount } from '../kernel/options.js';
import { writtenText } from '../message/deltas.js';
import { localFinish } from '../message/localFinish.js';
import { type BudgetLimits, createBudget } from '../metering/budget.js';
import { createCharacterLimit } from '../metering/characterLimit.js';
import { joinRestartedUsage } from '../metering/restartedUsage.js';
import { checkCountTokens, loadCounter } from '../metering/tokenCounter.js';

export interface TakeWithinBudgetOptions extends BudgetLimits {
  /** The maximum of visible characters (text and refusals), in UTF-16 code units. @defaultValue no limit */
  readonly maxChars?: number;
}

/**
 * Completes the stream and aborts its request as soon as a budget is spent, with a `usage` and a `finish` of reason `budget`.
 *
 *     source         s-a-b-c-d-f|
 *     maxChars = 3
 *     result         s-a-b-(cuf|)       f.reason = 'budget'
 *
 * Nothing beyond a limit is emitted: the delta that exceeds `maxChars` is cut there, and one that exceeds another limit is discarded, though
 * it counts. A tool call that is open then never ends. The operator counts by itself all text that the model generates: text, reasoning,
 * refusals, names and arguments of calls; a larger figure of the provider replaces its own. A `reset` gives no tokens and no cost back, because
 * they were paid for, and no retry starts beyond the budget; characters are counted again from 0. After a `usage` that exceeds a limit the
 * stream ends at the next delta, because the provider's own `finish` may follow, and then the answer is whole. If neither `price` nor the
 * provider has a cost, `maxCost` limits nothing; a `price` that throws rejects a model without a price.
 *
 * @param options The limits, at least one; `Infinity` is no limit.
 * @throws TypeError at call time if no limit is given, for `maxCost` without `price`, for an unknown option or a wrong type; RangeError if a
 * limit is not > 0.
 * @emitsError What a counter or `price` throws.
 * @unsubscribe Aborts the request.
 * @reset Forwards it. Tokens and cost stay spent, and characters start again.
 * @cost Holds the figures of each request. Reads the balance at each delta, which costs an addition, or with a tokenizer the count of the
 * new text.
 * @example events$.pipe(takeWithinBudget({ maxOutputTokens: 1_000, maxCost: 0.05, price }))
 */
export function takeWithinBudget<E extends DeltaEvent>(
  options: TakeWithinBudgetOptions,
): MonoTypeOperatorFunction<E | UsageEvent | FinishEvent> {
  checkBudget(options);
  const { maxChars = Infinity, countTokens = 'auto' } = options;
  return operateEvents({ name: 'takeWithinBudget', joinUsage: joinRestartedUsage }, (destination, upstream) => {
    const budget = createBudget(options);
    const characters = createCharacterLimit(maxChars);
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
        if (overdrawn && spendsMore(event)) return end();
        budget.push(event);
        const balance = changesBalance(event) ? budget.balance() : 'left';
        if (balance === 'exceeded' && isWritten(event)) return end();
        const kept = characters.cut(event);
        if (kept) destination.next(kept);
        if (event.type === 'usage') overdrawn ||= balance !== 'left';
        else if (balance !== 'left' || characters.reached) end();
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
  checkCountTokens('countTokens', countTokens);
  checkFunction('price', price);
  if (maxCost !== undefined && price === undefined) throw new TypeError('takeWithinBudget: maxCost needs a price');
}

function isWritten(event: DeltaEvent): boolean {
  return writtenText(event) !== '';
}

function changesBalance(event: DeltaEvent): boolean {
  return event.type === 'start' || event.type === 'usage' || isWritten(event);
}

/** Whether the event shows that the provider goes on to generate. */
function spendsMore(event: DeltaEvent): boolean {
  return event.type === 'reset' || event.type === 'step' || isWritten(event);
}
