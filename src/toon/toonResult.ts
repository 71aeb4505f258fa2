import type { ParserObjection } from '../structured/parser.js';

/** Why the text, or a part of it, was not taken for a format. It holds no error: a text may have thousands of fences. */
export interface ToonRefusal extends ParserObjection {
  readonly format: 'toon' | 'json';
}

interface ToonResultBase {
  /** The whole text, as it came. */
  readonly text: string;
  /** Why each way to read the text that was tried before this one was refused, in order. */
  readonly errors: readonly ToonRefusal[];
  /** True when the stream ended before the answer did. */
  readonly truncated: boolean;
}

/** What a text turned out to be: `value` is the data, or for `'text'` the text itself. */
export type ToonResult<Value> =
  | (ToonResultBase & { readonly format: 'toon' | 'json'; readonly value: Value })
  | (ToonResultBase & { readonly format: 'text'; readonly value: string });
