import { append, createGrowingText, type GrowingText, wholeText } from '../codecs/text/growingText.js';

/**
 * A text that is held for long and read seldom: the pieces of a growing text are joined once more, because what links 256 characters to the next
 * takes a third of their memory.
 */
export interface MergedText {
  readonly whole: GrowingText;
  /** What has not been joined to it. */
  latest: GrowingText;
}

export function createMergedText(beginning = ''): MergedText {
  return { whole: createGrowingText(beginning), latest: createGrowingText() };
}

export function appendPiece(text: MergedText, piece: string): void {
  append(text.latest, piece);
  if (text.latest.joined !== '') moveLatest(text);
}

export function readText(text: MergedText): string {
  wholeText(text.latest);
  moveLatest(text);
  return wholeText(text.whole);
}

function moveLatest(text: MergedText): void {
  append(text.whole, text.latest.joined);
  text.latest = createGrowingText();
}
