/** A text that grows by small pieces, and is read only now and then. */
export interface GrowingText {
  readonly length: number;
  /** The text so far. */
  readonly value: string;
  add(piece: string): void;
}

/**
 * So many pieces are joined as one: with `+=` alone, each of them and a link to it would live as long as the text, and cost the garbage
 * collector more than all else does.
 */
const joinedPieces = 64;

export function createGrowingText(beginning = ''): GrowingText {
  let joined = beginning;
  let pieces: string[] = [];
  let length = beginning.length;

  function join(): void {
    joined += pieces.join('');
    pieces = [];
  }

  return {
    get length() {
      return length;
    },
    get value() {
      if (pieces.length > 0) join();
      return joined;
    },
    add(piece) {
      if (piece === '') return;
      length += piece.length;
      if (pieces.push(piece) === joinedPieces) join();
    },
  };
}
