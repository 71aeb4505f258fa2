/**
 * A text that grows by small pieces, and is read only now and then. It is plain data: a stream has several of them, and a service has
 * thousands of streams, to which methods would cost more than the text.
 */
export interface GrowingText {
  length: number;
  /** What was made one. */
  joined: string;
  /** The latest pieces, after a character that is cut off again: JavaScript engines copy a chain of pieces before they cut it. */
  latest: string;
  pieces: number;
}

/**
 * So many pieces are made one: with `+=` alone, each of them and a link to it would live as long as the text, and cost the garbage
 * collector more than all else does.
 */
const joinedPieces = 64;
const mark = '.';

export function createGrowingText(beginning = ''): GrowingText {
  return { length: beginning.length, joined: beginning, latest: mark, pieces: 0 };
}

export function append(text: GrowingText, piece: string): void {
  if (piece === '') return;
  text.length += piece.length;
  text.latest += piece;
  if (++text.pieces === joinedPieces) join(text);
}

/** The text so far. */
export function wholeText(text: GrowingText): string {
  if (text.pieces > 0) join(text);
  return text.joined;
}

function join(text: GrowingText): void {
  text.joined += text.latest.slice(mark.length);
  text.latest = mark;
  text.pieces = 0;
}
