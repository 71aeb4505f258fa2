import type { Parser } from '../parser.js';

/**
 * Accepts any text as it is, for {@link parseOnComplete}: the last parser, if a text is better than an error.
 *
 * @example events$.pipe(parseOnComplete(json(), text()))
 */
export function text(): Parser<'text', string> {
  return { format: 'text', parse: (value) => ({ accepted: true, value }) };
}
