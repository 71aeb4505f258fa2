import type { DeltaEvent, TextDeltaEvent } from '../events.js';

/** Events of which the text comes in whole lines. */
export interface WholeLines {
  push(event: DeltaEvent): void;
  /** A text of its own, as a delta like this one. */
  append(like: TextDeltaEvent, text: string): void;
  /** Passes on what it still holds of a line. */
  flush(): void;
}

const lineFeed = 10;
/** In a text that is no longer, as deltas are, each character is looked at in less time than it takes the engine's search to begin. */
const fewCharacters = 16;

/**
 * Joins the text deltas of a block until a line ends: what reads lines is called once a line, and gets flat strings instead of a chain of tiny
 * ones. Every other event passes at once, after the text before it.
 */
export function createWholeLines(pass: (event: DeltaEvent) => void): WholeLines {
  /** Whose text is held. */
  let held: TextDeltaEvent | undefined;
  /** Only appended to, because to search it would copy it each time. */
  let line = '';

  function flush(): void {
    if (!held) return;
    const { type, block, choice, phase } = held;
    const text = line;
    held = undefined;
    line = '';
    pass({ type, text, block, choice, phase });
  }

  function endLine(like: TextDeltaEvent, text: string, end: number): void {
    line += text.slice(0, end);
    flush();
    if (end === text.length) return;
    held = like;
    line = text.slice(end);
  }

  function append(like: TextDeltaEvent, text: string): void {
    if (held && (held.block !== like.block || held.choice !== like.choice || held.phase !== like.phase)) flush();
    held ??= like;
    const end = afterLastLineFeed(text);
    if (end > 0) endLine(like, text, end);
    else line += text;
  }

  return {
    push(event) {
      if (event.type === 'text-delta') return append(event, event.text);
      flush();
      pass(event);
    },
    append,
    flush,
  };
}

/** Where the text after the last line feed begins: 0 if there is none. */
function afterLastLineFeed(text: string): number {
  if (text.length > fewCharacters) return text.lastIndexOf('\n') + 1;
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) !== lineFeed) end--;
  return end;
}
