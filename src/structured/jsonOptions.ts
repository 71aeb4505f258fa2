import { checkOneOf, checkOptions, checkPositive } from '../kernel/options.js';

/** How an operator reads a JSON text. */
export interface JsonReadingOptions {
  /** Skip one opening code fence before the value, and its closing fence after it; with `prose`, look into fences. @defaultValue true */
  readonly fences?: boolean;
  /**
   * Find the value in an answer of prose, and skip the model's thoughts (`<think>…</think>`). Of several values the best kind is taken: in a
   * fence labelled `json`, in a fence without a label, by itself in the text, in a fence with another label, a list of numbers such as `[1, 2]`,
   * and last a single token such as `[1]`. Several values of that kind are an error, unless a schema accepts only one of them.
   * @defaultValue false
   */
  readonly prose?: boolean;
  /**
   * What to do when more than white space follows the value. With `prose`, `'error'` rejects every value that does not end the answer, and
   * `'ignore'` takes the first of several. @defaultValue 'error', with `prose` a text that holds no other value
   */
  readonly trailing?: 'error' | 'ignore';
  /** Accept raw line breaks, tabs and other control characters in strings, which JSON forbids and models write. @defaultValue false */
  readonly controlCharacters?: boolean;
  /** The deepest nesting to read, in levels, > 0. @defaultValue 256 */
  readonly maxDepth?: number;
}

const names = ['fences', 'prose', 'trailing', 'controlCharacters', 'maxDepth'];

/**
 * Checks the JSON options of an operator at call time.
 *
 * @param others The names of the operator's other options.
 * @throws TypeError for an unknown option or value, RangeError for `maxDepth`.
 */
export function checkJsonOptions(
  operator: string,
  options: { readonly maxDepth?: number; readonly trailing?: string },
  others: readonly string[],
  trailings: readonly string[] = ['error', 'ignore'],
): void {
  checkOptions(operator, options, [...names, ...others]);
  checkOneOf('trailing', options.trailing, trailings);
  checkPositive('maxDepth', options.maxDepth);
}
