import { defer } from 'rxjs';

/** Counts the tokens of a text that is still growing. */
export interface TokenStream {
  /** Appends to the text and returns the tokens of the whole text so far. */
  push(text: string): number;
  /** Whether the figure is close to the tokenizer's own but may differ from it. @defaultValue false */
  readonly approximate?: boolean;
}

/** Counts the tokens of texts as a model's tokenizer does. */
export interface TokenCounter {
  /** Whether it can count now. */
  readonly ready: boolean;
  /** Loads what it needs; a second call does nothing more. */
  load(): Promise<void>;
  /** Returns the tokens of a whole text. */
  count(text: string): number;
  /** Starts to count a text that is still growing. */
  stream(): TokenStream;
}

/** How tokens are counted where the provider reports none; `'none'`: they are not counted. */
export type CountTokens = 'auto' | 'character' | 'none' | TokenCounter | ((text: string) => number);

const words: readonly unknown[] = ['auto', 'character', 'none'];

/** @throws TypeError if it is none of the ways to count. */
export function checkCountTokens(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'function' || words.includes(value)) return;
  const { ready, load, count, stream } = Object(value) as Partial<TokenCounter>;
  if (typeof ready === 'boolean' && [load, count, stream].every((method) => typeof method === 'function')) return;
  throw new TypeError(`${name} must be 'auto', 'character', 'none', a function, or a counter with ready, load, count, stream`);
}

/** Loads a counter. One that fails to load stays not ready, which is not an error of the stream. */
export function loadCounter(countTokens: CountTokens): void {
  if (typeof countTokens === 'object') defer(() => countTokens.load()).subscribe({ error: () => undefined });
}
