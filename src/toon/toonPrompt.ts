import { encode } from '@toon-format/toon';
import { checkFunction, checkOneOf, checkOptions } from '../kernel/options.js';
import { checkCountTokens, type TokenCounter } from '../metering/tokenCounter.js';
import { toJsonValue } from './toJsonValue.js';

export interface ToonPromptOptions {
  /** What stands between two cells. @defaultValue `','` */
  readonly delimiter?: ',' | '\t' | '|';
  /** Put the text into a fenced Markdown block that names its format. @defaultValue true */
  readonly fence?: boolean;
  /** The model's tokenizer, loaded, or a function of a text; with it `tokens` and `saving` are given. @defaultValue none */
  readonly countTokens?: TokenCounter | ((text: string) => number);
  /**
   * The format to write; `'auto'` takes TOON where it is shorter than compact JSON, in tokens if they can be counted, else in characters.
   * By default the format does not change with the data, because the words around it in the prompt do not either.
   * @defaultValue `'toon'`
   */
  readonly pick?: 'auto' | 'toon' | 'json';
}

/** How many tokens the same data takes in each format, fences left out. */
export interface PromptTokens {
  readonly toon: number;
  /** Compact JSON. */
  readonly json: number;
  /** JSON with an indent of two spaces. */
  readonly jsonPretty: number;
}

/** Data as text for a prompt, and in which form it is. */
export interface ToonPrompt {
  /** What goes into the prompt. */
  readonly text: string;
  readonly format: 'toon' | 'json';
  /** Undefined without `countTokens`. */
  readonly tokens: PromptTokens | undefined;
  /** What TOON saves against compact JSON, as a fraction of JSON's tokens: below 0 where TOON is longer. Undefined without `countTokens`. */
  readonly saving: number | undefined;
}

/**
 * Writes data as TOON, ready to go into a prompt.
 *
 * A table (an array of objects with the same keys and plain values) takes about a third fewer tokens than compact JSON (3,132 → 1,999
 * for 100 rows of 6). Nested orders took 10 % more and irregular events 31 % more: choose `pick: 'auto'` for data like that. Figures that
 * compare with indented JSON look better and mean less. Models read TOON well and write flat tables well, but nested TOON arrays badly:
 * ask for JSON where the answer is nested.
 *
 * A Date becomes its ISO text, a Map an object, a Set an array, a class instance its own fields; an undefined property is left out.
 *
 * @throws TypeError if something in the data cannot be encoded, with its path: a function, a symbol, undefined (but as a property), NaN, an
 * infinity, an invalid date, a lone surrogate, a cycle, a RegExp or another object that JSON would empty, more than 256 levels; and what a
 * counter throws that is not loaded.
 * @see https://github.com/toon-format/spec
 * @example toonPrompt([{ id: 1, name: 'Lamp' }]).text // '```toon\n[1]{id,name}:\n  1,Lamp\n```'
 */
export function toonPrompt(data: unknown, options: ToonPromptOptions = {}): ToonPrompt {
  checkOptions('toonPrompt', options, ['delimiter', 'fence', 'countTokens', 'pick']);
  const { delimiter = ',', fence = true, countTokens, pick = 'toon' } = options;
  checkOneOf('delimiter', delimiter, [',', '\t', '|']);
  if (typeof countTokens === 'object') checkCountTokens(countTokens);
  else checkFunction('countTokens', countTokens);
  checkOneOf('pick', pick, ['auto', 'toon', 'json']);
  const value = toJsonValue(data);
  const texts = { toon: encode(value, { delimiter }), json: JSON.stringify(value) };
  const count = typeof countTokens === 'object' ? (text: string) => countTokens.count(text) : countTokens;
  const tokens = count && {
    toon: count(texts.toon),
    json: count(texts.json),
    jsonPretty: count(JSON.stringify(value, null, 2)),
  };
  const sizes = tokens ?? { toon: texts.toon.length, json: texts.json.length };
  const format = pick === 'auto' ? (sizes.toon < sizes.json ? 'toon' : 'json') : pick;
  const text = texts[format];
  return {
    text: fence ? inFence(text, format) : text,
    format,
    tokens,
    saving: tokens && 1 - tokens.toon / tokens.json,
  };
}

/** The fence is longer than any run of backticks in the text, so that no line of the text can close it. */
function inFence(text: string, language: string): string {
  const longest = (text.match(/`{3,}/g) ?? []).reduce((length, run) => Math.max(length, run.length), 2);
  const mark = '`'.repeat(longest + 1);
  return `${mark}${language}\n${text}\n${mark}`;
}
