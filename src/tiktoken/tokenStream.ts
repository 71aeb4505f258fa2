import type { TokenStream } from '../metering/tokenCounter.js';
import { appendBytes, dropBytes } from './bytePairs.js';
import { isHighSurrogate, toBytes } from './bytes.js';
import type { Vocabulary } from './vocabulary.js';

/**
 * The longest piece, in UTF-16 code units, that the pattern can see as a whole. After that many units of a longer piece the pattern matches as
 * if a new piece began, so it may find a wrong end of the piece, which changes the count by about one token. The bytes are still encoded as one
 * piece.
 */
export const longestPiece = 256;

/**
 * The number of pieces at the end that more text may change. `\s*[\r\n]+` matches up to the end of all the white space, which may be three
 * pieces; an upper-case run after `中` joins it if a lower-case letter follows; `don`, `'` become `don't`; and a lone surrogate is a piece of
 * its own.
 */
const openPieces = 3;

/** More letters of the same kind extend a piece that ends with three of them. After fewer, the piece may end: `we'll`, `l`. */
const sameLetters = /^(?:\p{Ll}{4,}|\p{Lo}{4,})$/u;

/** A part of the text that is encoded on its own. Positions count from the beginning of the whole text. */
interface Piece {
  readonly start: number;
  end: number;
  readonly tokens: string[];
}

/** Counts the tokens of a text as it arrives. Each piece is encoded once; of the last pieces, the changed ends again. */
export function createTokenStream({ pattern, encode }: Vocabulary): TokenStream {
  /** The number of tokens of the closed pieces, before the tail. */
  let closedTokens = 0;
  /** The text of the open pieces. */
  let tail = '';
  let tailStart = 0;
  let open: Piece[] = [];
  let approximate = false;

  function textOf(start: number, end: number): string {
    return tail.slice(start - tailStart, end - tailStart);
  }

  function endsInHalf(end: number): boolean {
    return isHighSurrogate(tail.charCodeAt(end - 1 - tailStart));
  }

  function matchFrom(start: number): number {
    pattern.lastIndex = start - tailStart;
    return tailStart + (pattern.test(tail) ? pattern.lastIndex : tail.length);
  }

  function cutFrom(start: number): number {
    const end = start + longestPiece;
    return endsInHalf(end) ? end + 1 : end;
  }

  /**
   * Moves the end of a piece: text extends it, and white space loses its last unit to a following word. A lone surrogate at the end is encoded
   * again, because the pair has other bytes.
   */
  function moveEnd(piece: Piece, end: number): void {
    if (piece.end === end) return;
    const whole = piece.end > piece.start && endsInHalf(piece.end) ? piece.end - 1 : piece.end;
    const same = Math.min(whole, end);
    dropBytes(piece.tokens, toBytes(textOf(same, piece.end)).length, encode);
    appendBytes(piece.tokens, toBytes(textOf(same, end)), encode);
    piece.end = end;
  }

  function closePieces(count: number): void {
    for (let index = 0; index < count; index++) closedTokens += open.shift()?.tokens.length ?? 0;
  }

  /** Whether the text extends the last piece as a whole and changes no other piece. This is common, and much cheaper than matching the pattern again. */
  function extendsPiece({ start, end }: Piece, text: string): boolean {
    if (end + text.length - start > longestPiece || endsInHalf(end)) return false;
    return sameLetters.test(tail.slice(-3) + text);
  }

  function append(text: string): void {
    const last = open.at(-1);
    const isMore = last && extendsPiece(last, text);
    tail += text;
    const textEnd = tailStart + tail.length;
    if (isMore) return moveEnd(last, textEnd);
    const known = [...open];
    open = [];
    for (let start = tailStart; start < textEnd; ) {
      const match = matchFrom(start);
      const end = Math.min(match, cutFrom(start));
      const piece = known.find((each) => each.start === start) ?? { start, end: start, tokens: [] };
      moveEnd(piece, end);
      if (end < match) {
        approximate = true;
        closePieces(open.length);
        known.unshift({ start: end, end, tokens: piece.tokens });
      } else {
        open.push(piece);
        closePieces(open.length - openPieces);
      }
      start = end;
    }
    const openStart = open[0]?.start ?? textEnd;
    tail = textOf(openStart, textEnd);
    tailStart = openStart;
  }

  return {
    get approximate() {
      return approximate;
    },
    push(text) {
      // In slices, because each match in a piece that is too long runs to the end of the tail.
      for (let from = 0; from < text.length; from += longestPiece) append(text.slice(from, from + longestPiece));
      return open.reduce((sum, { tokens }) => sum + tokens.length, closedTokens);
    },
  };
}
