import type { ValidationIssue } from '../errors.js';
import { isPromiseLike, pathOf, type StandardIssue, type StandardSchema, type Verdict, validateWith } from './standardSchema.js';

/** Validates one value after another: at once where the schema answers at once, else each when its turn comes. */
export interface ValidationQueue<Item> {
  /** @param replaceable Not worth waiting for once another item comes. */
  push(item: Item, replaceable?: boolean): void;
  /** Forgets what waits and what is being validated. */
  clear(): void;
  /** Calls back once, as soon as nothing waits. */
  whenEmpty(callback: () => void): void;
}

/**
 * @param deliver Takes each item's verdict, in order.
 * @param onError Takes what `deliver` throws when the schema has answered later.
 */
export function createValidationQueue<Item extends { readonly value: unknown }, Output>(
  schema: StandardSchema<Output>,
  deliver: (item: Item, verdict: Verdict<Output>) => void,
  onError: (error: unknown) => void,
): ValidationQueue<Item> {
  let waiting: Entry<Item>[] = [];
  /** How many of them have had their turn: `shift` would move a long queue each time. */
  let passed = 0;
  let running: Entry<Item> | undefined;
  let emptied: (() => void) | undefined;

  function advance(): void {
    while (!running) {
      const entry = waiting[passed];
      if (!entry) {
        forget();
        break;
      }
      passed++;
      validate(entry);
    }
    if (running || !emptied) return;
    const callback = emptied;
    emptied = undefined;
    callback();
  }

  function forget(): void {
    waiting = [];
    passed = 0;
  }

  function validate(entry: Entry<Item>): void {
    const verdict = validateWith(schema, entry.item.value);
    if (!isPromiseLike(verdict)) return deliver(entry.item, verdict);
    running = entry;
    void verdict.then((settled) => settle(entry, settled));
  }

  function settle(entry: Entry<Item>, verdict: Verdict<Output>): void {
    // It was forgotten meanwhile.
    if (running !== entry) return;
    running = undefined;
    try {
      deliver(entry.item, verdict);
      advance();
    } catch (error) {
      onError(error);
    }
  }

  return {
    push(item, replaceable = false) {
      // Every push replaces, so that only the last can be replaceable.
      if (waiting[passed] && waiting.at(-1)?.replaceable) waiting.pop();
      if (running?.replaceable) running = undefined;
      waiting.push({ item, replaceable });
      advance();
    },
    clear() {
      forget();
      running = undefined;
    },
    whenEmpty(callback) {
      emptied = callback;
      advance();
    },
  };
}

interface Entry<Item> {
  readonly item: Item;
  readonly replaceable: boolean;
}

/** Issues in one form, whatever the library. */
export function toValidationIssues(issues: readonly StandardIssue[]): readonly ValidationIssue[] {
  return Array.from(issues, (issue) => ({ message: issue.message, path: pathOf(issue) }));
}
