import { isPromiseLike, type StandardSchema, type Verdict, validateWith } from './standardSchema.js';

/** Validates one item after another: synchronously where the schema is, else each after the one before it. */
export interface ValidationQueue<Item> {
  /** @param replaceable The next item takes its place if this one is not validated by then. */
  push(item: Item, replaceable?: boolean): void;
  /** For a reset and for unsubscribe: discards the pending items, and the verdict of the item that is being validated. */
  clear(): void;
  /** Calls back once, as soon as nothing is pending. */
  whenEmpty(callback: () => void): void;
}

interface Entry<Item> {
  readonly item: Item;
  readonly replaceable: boolean;
}

/**
 * @param onVerdict Called for each item, in order.
 * @param onError Called with what `onVerdict` throws after an asynchronous validation; else `push` throws it.
 */
export function createValidationQueue<Item extends { readonly value: unknown }, Output>(
  schema: StandardSchema<Output>,
  onVerdict: (item: Item, verdict: Verdict<Output>) => void,
  onError: (error: unknown) => void,
): ValidationQueue<Item> {
  let entries: Entry<Item>[] = [];
  /** The index of the next entry to validate: `shift` would move a long queue each time. */
  let next = 0;
  let running: Entry<Item> | undefined;
  let onEmpty: (() => void) | undefined;

  function advance(): void {
    while (!running) {
      const entry = entries[next];
      if (!entry) {
        discard();
        break;
      }
      next++;
      validate(entry);
    }
    if (running || !onEmpty) return;
    const callback = onEmpty;
    onEmpty = undefined;
    callback();
  }

  function discard(): void {
    entries = [];
    next = 0;
  }

  function validate(entry: Entry<Item>): void {
    const verdict = validateWith(schema, entry.item.value);
    if (!isPromiseLike(verdict)) return onVerdict(entry.item, verdict);
    running = entry;
    void verdict.then((settled) => conclude(entry, settled));
  }

  function conclude(entry: Entry<Item>, verdict: Verdict<Output>): void {
    // Cleared or replaced meanwhile.
    if (running !== entry) return;
    running = undefined;
    try {
      onVerdict(entry.item, verdict);
      advance();
    } catch (error) {
      onError(error);
    }
  }

  return {
    push(item, replaceable = false) {
      // Because every push replaces, only the last entry can be replaceable.
      if (entries[next] && entries.at(-1)?.replaceable) entries.pop();
      if (running?.replaceable) running = undefined;
      entries.push({ item, replaceable });
      advance();
    },
    clear() {
      discard();
      running = undefined;
    },
    whenEmpty(callback) {
      onEmpty = callback;
      advance();
    },
  };
}
