/** Looks for the end of one text at the beginning of the next, while that one is still arriving. */
export interface Repetition {
  /** Takes more text. Gives the length of the repetition once it is certain, `undefined` while a longer one is possible. */
  push(text: string): number | undefined;
  /** The length of the repetition when no more text comes. */
  end(): number;
}

/**
 * The longest end of `before` that the next text begins with, in linear time and without waiting longer than it must: the search of
 * Knuth, Morris and Pratt, with a pattern that still grows. It reads `before` only as far as the pattern is known; where it reaches the
 * end, the part of the pattern that it stands on is the repetition.
 *
 * @see https://en.wikipedia.org/wiki/Knuth–Morris–Pratt_algorithm
 */
export function createRepetition(before: string): Repetition {
  const pattern: number[] = [];
  /** For each beginning of the pattern, the length of its longest end that is also a beginning. */
  const borders: number[] = [];
  let read = 0;
  let matched = 0;

  const shorter = (length: number): number => borders[length - 1] ?? 0;

  function grow(unit: number): void {
    let border = shorter(pattern.length);
    while (border > 0 && pattern[border] !== unit) border = shorter(border);
    borders.push(pattern.length > 0 && pattern[border] === unit ? border + 1 : 0);
    pattern.push(unit);
  }

  function search(ended: boolean): number | undefined {
    while (read < before.length) {
      if (matched === pattern.length && !ended) return undefined;
      if (matched < pattern.length && before.charCodeAt(read) === pattern[matched]) {
        matched++;
        read++;
      } else if (matched > 0) matched = shorter(matched);
      else read++;
    }
    return matched;
  }

  return {
    push(text) {
      for (let index = 0; index < text.length; index++) {
        grow(text.charCodeAt(index));
        const length = search(false);
        if (length !== undefined) return length;
      }
      return undefined;
    },
    end: () => search(true) ?? 0,
  };
}
