import { defer } from 'rxjs';

/** Counts the tokens of texts as a model's tokenizer does. */
export interface TokenCounter {
  /** Whether it can count now. */
  readonly ready: boolean;
  /** Loads what it needs; a second call does nothing more. */
  load(): Promise<void>;
  /** The tokens of a whole text. */
  count(text: string): number;
  /** Counts a text that is still arriving: `push` takes more of it and gives the tokens of all of it so far. */
  stream(): { push(text: string): number };
}

/** How tokens are counted where the provider does not say. */
export type CountTokens = 'auto' | 'character' | TokenCounter | ((text: string) => number);

/** @throws TypeError if it is none of the ways to count. */
export function checkCountTokens(countTokens: unknown): void {
  if (countTokens === 'auto' || countTokens === 'character' || typeof countTokens === 'function') return;
  const methods = ['load', 'count', 'stream'];
  const isCounter =
    typeof countTokens === 'object' &&
    countTokens !== null &&
    methods.every((name) => typeof Reflect.get(countTokens, name) === 'function');
  if (!isCounter)
    throw new TypeError(`countTokens must be 'auto', 'character', a function, or a counter with ${methods.join(', ')}`);
}

/** Has a counter load what it needs. One that cannot is never ready, which is no fault of the stream. */
export function loadCounter(countTokens: CountTokens): void {
  if (typeof countTokens === 'object') defer(() => countTokens.load()).subscribe({ error: () => undefined });
}
