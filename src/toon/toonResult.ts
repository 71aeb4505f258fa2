import type { ParserObjection } from '../structured/parser.js';

/** Why the text, or a part of it, was rejected as a format. Plain data instead of an Error, because a text may have thousands of fences. */
export interface ToonRefusal extends ParserObjection {
  readonly format: 'toon' | 'json';
}

interface ToonResultBase {
  /** The whole text, unchanged. */
  readonly text: string;
  /** Why each earlier candidate was rejected, in the order in which they were tried. */
  readonly errors: readonly ToonRefusal[];
  /** True when the stream ended before the answer did. */
  readonly truncated: boolean;
}

/** An answer with its format. `value` is the data or, for `'text'`, the text itself. */
export type ToonResult<Value> =
  | (ToonResultBase & { readonly format: 'toon' | 'json'; readonly value: Value })
  | (ToonResultBase & { readonly format: 'text'; readonly value: string });
