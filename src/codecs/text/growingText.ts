/**
 * A text that grows by small pieces. It is plain data: a stream has several of them, and a service has thousands of streams, to which
 * methods would cost more than the text.
 */
export interface GrowingText {
  length: number;
  /** What was made one. */
  joined: string;
  latest: string;
  /** How many pieces the latest text has. */
  pieces: number;
}

/**
 * So many pieces are made one: with `+=` alone, each of them and a link to it would live as long as the text, and cost the garbage
 * collector more than all else does.
 */
const joinedPieces = 64;
const mark = '.';

export function createGrowingText(beginning = ''): GrowingText {
  return { length: beginning.length, joined: beginning, latest: '', pieces: 0 };
}

export function append(text: GrowingText, piece: string): void {
  if (piece === '') return;
  text.length += piece.length;
  text.latest += piece;
  if (++text.pieces === joinedPieces) join(text);
}

/** The text so far, for those who read it now and then: all pieces are made one. */
export function wholeText(text: GrowingText): string {
  if (text.pieces > 0) join(text);
  return text.joined;
}

/** The text so far, for those who read it after each piece: the latest pieces stay as they are. */
export function textSoFar({ joined, latest }: GrowingText): string {
  return joined + latest;
}

/** The mark is there to be cut off: JavaScript engines copy a chain of pieces before they cut it. */
function join(text: GrowingText): void {
  text.joined += (text.latest + mark).slice(0, -mark.length);
  text.latest = '';
  text.pieces = 0;
}
