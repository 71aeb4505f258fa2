import type { Fail } from './syntaxError.js';

/** Reads a number or a literal in pieces. It has no value until its end is certain. */
export interface WordReader {
  /** Begins a word, before its first character. */
  open(): void;
  /** Reads on. Returns the index of the first character after the word, or the end of the chunk. */
  read(text: string, from: number): number;
  /** Returns the value of the word if it ends here; `undefined` if it is incomplete. */
  value(): number | boolean | null | undefined;
}

const no = -1;
const [minus, zero, integer, point, fraction, exponent, sign, power] = [1, 2, 3, 4, 5, 6, 7, 8] as const;

/** The next state for 0, a digit from 1 to 9, `-`, `+`, `.` and `e`, by state: https://www.rfc-editor.org/rfc/rfc8259#section-6 */
const transitions: readonly (readonly number[])[] = [
  [zero, integer, minus, no, no, no],
  [zero, integer, no, no, no, no],
  [no, no, no, no, point, exponent],
  [integer, integer, no, no, point, exponent],
  [fraction, fraction, no, no, no, no],
  [fraction, fraction, no, no, no, exponent],
  [power, power, sign, sign, no, no],
  [power, power, no, no, no, no],
  [power, power, no, no, no, no],
];
const whole: ReadonlySet<number> = new Set([zero, integer, fraction, power]);

export function createNumberReader(fail: Fail): WordReader {
  let digits = '';
  let state = 0;
  return {
    open() {
      digits = '';
      state = 0;
    },
    read(text, from) {
      let index = from;
      for (; index < text.length; index++) {
        const kind = kindOf(text.charCodeAt(index));
        if (kind === no) break;
        const next = transitions[state]?.[kind] ?? no;
        if (next === no) fail('Expected a number', index);
        state = next;
      }
      digits += text.slice(from, index);
      if (index < text.length && !whole.has(state)) fail('Expected a digit', index);
      return index;
    },
    value: () => (whole.has(state) ? Number(digits) : undefined),
  };
}

function kindOf(code: number): number {
  if (code === 48) return 0;
  if (code > 48 && code <= 57) return 1;
  if (code === 45) return 2;
  if (code === 43) return 3;
  if (code === 46) return 4;
  return code === 101 || code === 69 ? 5 : no;
}

const literals: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
const words: readonly string[] = Object.keys(literals);

export function createLiteralReader(fail: Fail): WordReader {
  let word = '';
  let matched = 0;
  return {
    open() {
      word = '';
      matched = 0;
    },
    read(text, from) {
      if (matched === 0) word = words.find((candidate) => candidate.charCodeAt(0) === text.charCodeAt(from)) ?? '';
      let index = from;
      for (; index < text.length && matched < word.length; index++, matched++) {
        if (text.charCodeAt(index) !== word.charCodeAt(matched)) fail(`Expected ${word}`, index);
      }
      return index;
    },
    value: () => (matched > 0 && matched === word.length ? literals[word] : undefined),
  };
}
