import { checkOneOf, checkOptions, checkPositive } from '../kernel/options.js';

/** How an operator reads a JSON text. */
export interface JsonReadingOptions {
  /** Skip one opening code fence before the value, and its closing fence after it. @defaultValue true */
  readonly fences?: boolean;
  /** Skip words before the first `{` or `[`. @defaultValue false */
  readonly prose?: boolean;
  /** What to do when more than white space follows the value. @defaultValue 'error', with `prose` 'ignore' */
  readonly trailing?: 'error' | 'ignore';
  /** The deepest nesting to read, in levels, > 0. @defaultValue 256 */
  readonly maxDepth?: number;
}

const names = ['fences', 'prose', 'trailing', 'maxDepth'];

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
