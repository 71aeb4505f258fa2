import type { TokenStream } from '../metering/tokenCounter.js';
import { appendBytes, dropBytes } from './bytePairs.js';
import { isHighSurrogate, toBytes } from './bytes.js';
import type { Vocabulary } from './vocabulary.js';

/**
 * Of a longer piece, in UTF-16 code units, the pattern sees only what comes after, as if a piece began there; so it may err where that piece
 * ends, by a token or so. The bytes are encoded as one piece all the same.
 */
export const longestPiece = 256;

/**
 * How many pieces at the end more text may change. `\s*[\r\n]+` looks to the end of all the blanks, which are three pieces with the first one;
 * an upper-case run after `中` joins it if a lower-case letter follows; `don`, `'` become `don't`; and half a surrogate pair is a piece of its own.
 */
const openPieces = 3;

/** What three letters of one kind begin, more of them go on. After less, `'ll` may end a piece: `we'll`, `l`. */
const sameLetters = /^(?:\p{Ll}{4,}|\p{Lo}{4,})$/u;

/** A stretch of text that is encoded by itself. Positions count from the beginning of all the text. */
interface Piece {
  readonly start: number;
  end: number;
  readonly tokens: string[];
}

/** Counts a text as it arrives: each piece is counted once, the last few again as far as they grow. */
export function createTokenStream({ pattern, encode }: Vocabulary): TokenStream {
  /** The tokens of the text before the tail. */
  let settled = 0;
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

  /** Pieces grow; blanks give one back when a word follows. Half a surrogate pair is encoded as another character than the pair. */
  function moveEnd(piece: Piece, end: number): void {
    if (piece.end === end) return;
    const whole = piece.end > piece.start && endsInHalf(piece.end) ? piece.end - 1 : piece.end;
    const same = Math.min(whole, end);
    dropBytes(piece.tokens, toBytes(textOf(same, piece.end)).length, encode);
    appendBytes(piece.tokens, toBytes(textOf(same, end)), encode);
    piece.end = end;
  }

  function settle(count: number): void {
    for (let index = 0; index < count; index++) settled += open.shift()?.tokens.length ?? 0;
  }

  /** Whether the last piece takes all of the text, and no other changes; often enough, and much cheaper than to match them all again. */
  function goesOn({ start, end }: Piece, text: string): boolean {
    if (end + text.length - start > longestPiece || endsInHalf(end)) return false;
    return sameLetters.test(tail.slice(-3) + text);
  }

  function take(text: string): void {
    const last = open.at(-1);
    const isMore = last && goesOn(last, text);
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
        settle(open.length);
        known.unshift({ start: end, end, tokens: piece.tokens });
      } else {
        open.push(piece);
        settle(open.length - openPieces);
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
      // By slices, because each match of a piece that is too long runs to the end of what it sees.
      for (let from = 0; from < text.length; from += longestPiece) take(text.slice(from, from + longestPiece));
      return open.reduce((sum, { tokens }) => sum + tokens.length, settled);
    },
  };
}
