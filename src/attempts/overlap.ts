/** Finds the end of one text at the beginning of another that is still growing. */
export interface OverlapSearch {
  /** Appends to the growing text. Returns the length of the overlap once it is certain, `undefined` while a longer one is possible. */
  push(text: string): number | undefined;
  /** Returns the length of the overlap with the text so far. */
  end(): number;
}

/**
 * Finds the longest end of `before` that the growing text starts with, in linear time and as early as possible: the search of Knuth, Morris
 * and Pratt, with a growing pattern. `before` is read only as far as the pattern is known; at its end, the part of the pattern that matches
 * is the overlap.
 *
 * @see https://en.wikipedia.org/wiki/Knuth–Morris–Pratt_algorithm
 */
export function createOverlapSearch(before: string): OverlapSearch {
  const pattern: number[] = [];
  /** For each prefix of the pattern, the length of its longest proper suffix that is also a prefix. */
  const borders: number[] = [];
  let read = 0;
  let matched = 0;

  const borderOf = (length: number): number => borders[length - 1] ?? 0;

  function extendPattern(unit: number): void {
    let border = borderOf(pattern.length);
    while (border > 0 && pattern[border] !== unit) border = borderOf(border);
    borders.push(pattern.length > 0 && pattern[border] === unit ? border + 1 : 0);
    pattern.push(unit);
  }

  function search(ended: boolean): number | undefined {
    while (read < before.length) {
      if (matched === pattern.length && !ended) return undefined;
      if (matched < pattern.length && before.charCodeAt(read) === pattern[matched]) {
        matched++;
        read++;
      } else if (matched > 0) matched = borderOf(matched);
      else read++;
    }
    return matched;
  }

  return {
    push(text) {
      for (let index = 0; index < text.length; index++) {
        extendPattern(text.charCodeAt(index));
        const length = search(false);
        if (length !== undefined) return length;
      }
      return undefined;
    },
    end: () => search(true) ?? 0,
  };
}
