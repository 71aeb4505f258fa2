/** How to cut text into the units that are shown at once: see the option `by` of `smooth`. */
export type TextUnit =
  | 'word'
  | 'line'
  | 'grapheme'
  | RegExp
  | Intl.Segmenter
  /** Returns the length of the first unit of a text; `undefined` if that unit is not complete yet. */
  | ((context: { readonly text: string }) => number | undefined);

/** Returns the length of the first unit of a text; `undefined` if more text may belong to it. */
export type MeasureUnit = (text: string) => number | undefined;

const units = { word: /\s*\S+\s+/, line: /[^\n]*\n/ } as const;

/** @throws TypeError if `by` is not a {@link TextUnit}. */
export function measureUnit(by: TextUnit): MeasureUnit {
  if (by === 'grapheme') return bySegment(new Intl.Segmenter(undefined, { granularity: 'grapheme' }));
  if (by === 'word' || by === 'line') return byPattern(units[by]);
  if (by instanceof RegExp) return byPattern(new RegExp(by.source, by.flags.replace(/[gy]/g, '')));
  if (typeof by === 'function') return (text) => by({ text });
  if (by instanceof Intl.Segmenter) return bySegment(by);
  throw new TypeError('by must be "word", "line", "grapheme", a RegExp, an Intl.Segmenter or a function');
}

/** A unit ends with the match; text before the match belongs to the same unit. */
function byPattern(pattern: RegExp): MeasureUnit {
  return (text) => {
    const match = pattern.exec(text);
    return match ? match.index + match[0].length : undefined;
  };
}

/** The last segment of a text is not complete, because more text may extend it. */
function bySegment(segmenter: Intl.Segmenter): MeasureUnit {
  return (text) => {
    const length = segmenter.segment(text).containing(0)?.segment.length;
    return length === text.length ? undefined : length;
  };
}
