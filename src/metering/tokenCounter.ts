/** Counts the tokens of a text that is still arriving. */
export interface TokenStream {
  /** Takes more of the text and gives the tokens of all of it so far. */
  push(text: string): number;
  /** Whether that is not the tokenizer's own figure but one that is near it. @defaultValue false */
  readonly approximate?: boolean;
}

/** Counts the tokens of texts as a model's tokenizer does. */
export interface TokenCounter {
  /** Whether it can count now. */
  readonly ready: boolean;
  /** Loads what it needs; a second call does nothing more. */
  load(): Promise<void>;
  /** The tokens of a whole text. */
  count(text: string): number;
  /** Begins a text that is still arriving. */
  stream(): TokenStream;
}

/** How tokens are counted where the provider does not say; `'none'`: they are not. */
export type CountTokens = 'auto' | 'character' | 'none' | TokenCounter | ((text: string) => number);

const words: readonly unknown[] = ['auto', 'character', 'none'];

/** @throws TypeError if it is none of the ways to count. */
export function checkCountTokens(countTokens: unknown): void {
  if (typeof countTokens === 'function' || words.includes(countTokens)) return;
  const methods = ['load', 'count', 'stream'];
  const isCounter =
    typeof countTokens === 'object' &&
    countTokens !== null &&
    methods.every((name) => typeof Reflect.get(countTokens, name) === 'function');
  if (!isCounter)
    throw new TypeError(`countTokens must be 'auto', 'character', 'none', a function, or a counter with ${methods.join(', ')}`);
}
