/**
 * A text to which small pieces are appended. Plain data without methods: a stream has several of these and a service has thousands of
 * streams, so methods would cost more memory than the text.
 */
export interface GrowingText {
  length: number;
  /** The pieces that are already joined into one string. */
  joined: string;
  latest: string;
  /** The number of pieces in `latest`. */
  pieces: number;
}

/**
 * After this many pieces they are joined into one string. With `+=` alone, V8 keeps every piece and a link to it for as long as the text
 * lives, which costs the garbage collector more than everything else.
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

/** Returns the text so far and joins its pieces: for occasional readers. */
export function wholeText(text: GrowingText): string {
  if (text.pieces > 0) join(text);
  return text.joined;
}

/** Returns the text so far without joining its pieces: for readers that read after every piece. */
export function textSoFar({ joined, latest }: GrowingText): string {
  return joined + latest;
}

/** Appends a mark and cuts it off again, because `slice` makes JavaScript engines copy the chain of pieces into one string. */
function join(text: GrowingText): void {
  text.joined += (text.latest + mark).slice(0, -mark.length);
  text.latest = '';
  text.pieces = 0;
}
