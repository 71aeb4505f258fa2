/** How to cut text into what is shown at once. */
export type TextUnit =
  | 'word'
  | 'line'
  | 'grapheme'
  | RegExp
  | Intl.Segmenter
  /** The length of the first unit of a text, or `undefined` if it is not whole yet. */
  | ((context: { readonly text: string }) => number | undefined);

/** The length of the first unit of a text, or `undefined` if it may go on. */
export type MeasureUnit = (text: string) => number | undefined;

const units = { word: /\s*\S+\s+/, line: /[^\n]*\n/ } as const;

/** @throws TypeError if it is none of these. */
export function measureUnit(by: TextUnit): MeasureUnit {
  if (by === 'grapheme') return bySegment(new Intl.Segmenter(undefined, { granularity: 'grapheme' }));
  if (by === 'word' || by === 'line') return byPattern(units[by]);
  if (by instanceof RegExp) return byPattern(new RegExp(by.source, by.flags.replace(/[gy]/g, '')));
  if (typeof by === 'function') return (text) => by({ text });
  if (by instanceof Intl.Segmenter) return bySegment(by);
  throw new TypeError('by must be "word", "line", "grapheme", a RegExp, an Intl.Segmenter or a function');
}

/** What stands before the match belongs to the unit. */
function byPattern(pattern: RegExp): MeasureUnit {
  return (text) => {
    const match = pattern.exec(text);
    return match ? match.index + match[0].length : undefined;
  };
}

/** The last segment may still grow. */
function bySegment(segmenter: Intl.Segmenter): MeasureUnit {
  return (text) => {
    const length = segmenter.segment(text).containing(0)?.segment.length;
    return length === text.length ? undefined : length;
  };
}
