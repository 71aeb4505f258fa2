/** The number of line ends in a part of a text. */
export function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let end = text.indexOf('\n', from); end >= 0 && end < to; end = text.indexOf('\n', end + 1)) lines++;
  return lines;
}

/** Returns the number of lines before an offset. The offsets ascend, so that the text is counted once. */
export type LineCounter = (offset: number) => number;

export function createLineCounter(text: string): LineCounter {
  let lines = 0;
  let counted = 0;
  return (offset) => {
    lines += countLines(text, counted, offset);
    counted = offset;
    return lines;
  };
}
