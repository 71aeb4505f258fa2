import type { Parser } from '../parser.js';

/**
 * Takes any text as it is, for {@link parseOnComplete}: put it last.
 *
 * @example events$.pipe(parseOnComplete(json(), text()))
 */
export function text(): Parser<'text', string> {
  return { format: 'text', parse: (value) => ({ accepted: true, value }) };
}
