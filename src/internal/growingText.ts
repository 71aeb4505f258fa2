/** A text that grows by small pieces, and is read only now and then. */
export interface GrowingText {
  readonly length: number;
  /** The text so far. */
  readonly value: string;
  add(piece: string): void;
}

/**
 * So many pieces are made one: with `+=` alone, each of them and a link to it would live as long as the text, and cost the garbage
 * collector more than all else does.
 */
const joinedPieces = 64;

export function createGrowingText(beginning = ''): GrowingText {
  let joined = beginning;
  /** The latest pieces, after a character that is cut off again: JavaScript engines copy a chain of pieces before they cut it. */
  let latest = mark;
  let pieces = 0;

  function join(): void {
    joined += latest.slice(mark.length);
    latest = mark;
    pieces = 0;
  }

  return {
    get length() {
      return joined.length + latest.length - mark.length;
    },
    get value() {
      if (pieces > 0) join();
      return joined;
    },
    add(piece) {
      if (piece === '') return;
      latest += piece;
      if (++pieces === joinedPieces) join();
    },
  };
}

const mark = '.';
