import { checkOneOf, checkOptions, checkPositive } from '../kernel/options.js';

/** How an operator reads a JSON text; the same in every operator that does. */
export interface JsonReadingOptions {
  /** Skip one opening code fence before the value, and its closing fence after it. @defaultValue true */
  readonly fences?: boolean;
  /** Skip words before the first `{` or `[`. @defaultValue false */
  readonly prose?: boolean;
  /** What to do when more than white space follows the value. @defaultValue 'error', with `prose` 'ignore' */
  readonly trailing?: 'error' | 'ignore';
  /** The deepest nesting to read. @defaultValue 256 */
  readonly maxDepth?: number;
}

const names = ['fences', 'prose', 'trailing', 'maxDepth'];

/** @throws TypeError for an unknown option or value, RangeError for `maxDepth`. */
export function checkJsonReading(
  operator: string,
  options: { readonly maxDepth?: number; readonly trailing?: string },
  others: readonly string[],
  trailings: readonly string[] = ['error', 'ignore'],
): void {
  checkOptions(operator, options, [...names, ...others]);
  checkOneOf('trailing', options.trailing, trailings);
  checkPositive('maxDepth', options.maxDepth);
}
