import { isObject } from '../../../codecs/json/jsonFields.js';
import { tryParseRawJson } from '../../../codecs/json/tryParseJson.js';
import { writeJson } from '../../../codecs/json/writeJson.js';
import type { JsonValue } from '../../../events.js';

/** An argument text that comes as text, as JSON, or not at all. */
export function argumentsOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : writeJson(value);
}

/** How far a text can be the arguments of a call: not at all, some text, JSON, no arguments, arguments. */
export function argumentsRank(text: string): number {
  if (text.trim() === '') return -1;
  const value = tryParseRawJson(text);
  if (value === undefined) return 0;
  if (!isObject(value)) return 1;
  return Object.keys(value).length === 0 ? 2 : 3;
}

/** The rank from which a text is the arguments for certain. */
export const certainRank = 3;

/**
 * The arguments, of the texts in which a provider sent them: those that are JSON and not empty.
 *
 * @param texts The most trusted one first.
 */
export function bestArguments(texts: readonly string[]): string {
  const [first = '', ...others] = texts;
  let best = first;
  let rank: number | undefined;
  for (const text of others) {
    if (text === best || text === '') continue;
    rank ??= argumentsRank(best);
    if (rank === certainRank) break;
    const other = argumentsRank(text);
    if (other < rank || (other === rank && !(text.length > best.length && text.startsWith(best)))) continue;
    best = text;
    rank = other;
  }
  return best;
}

/** The longer one of two free texts if it goes on with the other, else the first. */
export function fullerText(first: string, second: string): string {
  return second.startsWith(first) ? second : first;
}
