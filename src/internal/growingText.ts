/** A text that grows by small pieces. */
export interface GrowingText {
  readonly length: number;
  /** The text so far, for those who read it now and then: all pieces are made one. */
  readonly value: string;
  /** The text so far, for those who read it after each piece: the latest pieces stay as they are. */
  readonly soFar: string;
  add(piece: string): void;
  /** Begins again, with nothing. */
  clear(): void;
}

/**
 * So many pieces are made one: with `+=` alone, each of them and a link to it would live as long as the text, and cost the garbage
 * collector more than all else does.
 */
const joinedPieces = 64;

export function createGrowingText(beginning = ''): GrowingText {
  let joined = beginning;
  let latest = '';
  let pieces = 0;

  /** The mark is there to be cut off: JavaScript engines copy a chain of pieces before they cut it. */
  function join(): void {
    joined += (latest + mark).slice(0, -mark.length);
    latest = '';
    pieces = 0;
  }

  return {
    get length() {
      return joined.length + latest.length;
    },
    get value() {
      if (pieces > 0) join();
      return joined;
    },
    get soFar() {
      return joined + latest;
    },
    add(piece) {
      if (piece === '') return;
      latest += piece;
      if (++pieces === joinedPieces) join();
    },
    clear() {
      joined = '';
      latest = '';
      pieces = 0;
    },
  };
}

const mark = '.';
