import { endsInAbbreviation, isEnumerator } from './abbreviations.js';
import type { TextCutter } from './cutText.js';

/** After a terminator, the first letter decides whether a sentence ends there; where there is none, as many characters do. */
const longestGap = 512;
/** The text before a terminator that is looked at: the end of one word. */
const longestWord = 64;
/** Text without a terminator is put aside in pieces of this length, so that appending to the rest stays cheap. */
const longestRest = 1_024;

const terminator = /[\p{Sentence_Terminal}\n\r\u0085\u2028\u2029]/gu;
const letter = /\p{L}/gu;
const content = /[\p{L}\p{N}]/u;

/**
 * Cuts a text into sentences as `Intl.Segmenter` does, but for abbreviations and numbers of lists. The segmenter reads each end of a
 * sentence once, with the word before it and the text up to the first letter after it, which is all that its rules look at: the sentences do not
 * depend on the pieces in which the text arrives, and a text without an end is not read again and again. After an unsubscribe it emits no more.
 */
export function createSentenceCutter(segmenter: Intl.Segmenter, minChars: number, emit: (sentence: string) => void): TextCutter {
  /** The beginning of the sentence, in which none ends. */
  let beginning = '';
  /** The text after it. */
  let rest = '';
  /** Where the next terminator is searched. */
  let from = 0;
  /** Where the terminator is that has yet to be decided, and from where its letter is searched; -1: none was found. */
  let end = -1;
  let searched = 0;
  let stopped = false;

  function emitUpTo(index: number): void {
    if (beginning.length + index < minChars) return;
    const sentence = beginning + rest.slice(0, index);
    beginning = '';
    rest = rest.slice(index);
    from -= index;
    emit(sentence);
  }

  /** The first letter after the terminator; `undefined` if it has not arrived. */
  function decidingIndex(): number | undefined {
    letter.lastIndex = searched;
    const next = letter.exec(rest)?.index ?? Infinity;
    const decides = Math.min(next, end + longestGap);
    searched = rest.length;
    return decides < rest.length ? decides : undefined;
  }

  /** Emits the sentences that end between the terminator and the letter. */
  function cutAt(decides: number): void {
    const start = Math.max(0, rest.lastIndexOf(' ', end - 1) + 1, end - longestWord);
    const boundaries = sentenceEnds(segmenter, rest.slice(start, decides + 2), end - start).map((index) => start + index);
    end = -1;
    from = decides;
    let emitted = 0;
    for (const boundary of boundaries) {
      if (stopped) return;
      const before = rest.length;
      emitUpTo(boundary - emitted);
      emitted += before - rest.length;
    }
  }

  function findTerminator(): boolean {
    if (end >= 0) return true;
    terminator.lastIndex = from;
    const match = terminator.exec(rest);
    from = rest.length;
    if (!match) return false;
    end = match.index;
    searched = end + 1;
    return true;
  }

  function putAside(): void {
    const index = (end < 0 ? rest.length : end) - longestWord;
    if (index < longestRest) return;
    beginning += rest.slice(0, index);
    rest = rest.slice(index);
    from -= index;
    searched -= index;
    if (end >= 0) end -= index;
  }

  return {
    write(text) {
      rest += text;
      while (!stopped && findTerminator()) {
        const decides = decidingIndex();
        if (decides === undefined) break;
        cutAt(decides);
      }
      putAside();
    },
    end() {
      const text = beginning + rest;
      if (!stopped && content.test(text)) emit(text);
      stopped = true;
    },
    stop() {
      stopped = true;
    },
  };
}

/** The ends of sentences after an index; what has neither letter nor digit belongs to the sentence before it. */
function sentenceEnds(segmenter: Intl.Segmenter, text: string, after: number): number[] {
  const ends: number[] = [];
  for (const { index, segment } of segmenter.segment(text)) {
    if (index <= after) continue;
    if (!content.test(segment) && index + segment.length < text.length) {
      // Blank lines and rules: the sentence ends after them.
      if (ends.at(-1) === index) ends.pop();
      ends.push(index + segment.length);
      continue;
    }
    if (ends.at(-1) === index || isSentenceEnd(text.slice(0, index))) ends.push(index);
  }
  return [...new Set(ends)];
}

function isSentenceEnd(before: string): boolean {
  return !endsInAbbreviation(before) && !isEnumerator(before);
}
