import type { TextDeltaEvent } from '../events.js';
import type { AnswerReader } from '../structured/answerKernel.js';

/** Stands for the delta of a string; no other delta has its block, so that they are never joined. */
const stringDelta: TextDeltaEvent = { type: 'text-delta', text: '', block: -1, choice: 0, phase: 'answer' };

const lineFeed = 10;
/** Up to this length, which most deltas have, a loop takes less time than `lastIndexOf`. */
const shortText = 16;

/**
 * Joins text deltas, and strings, until a line ends. A reader of lines then runs once a line instead of once a delta, on flat strings
 * instead of chains of short ones.
 *
 * Only deltas of the same block, choice and phase are joined. Any other event is forwarded at once, after the pending text.
 */
export function bufferLines(reader: AnswerReader): AnswerReader {
  /** The first delta of the pending text. */
  let pending: TextDeltaEvent | undefined;
  /** Only appended to: a search would flatten the string, which copies it each time. */
  let line = '';

  function append(delta: TextDeltaEvent, text: string): void {
    if (pending && pending !== delta && !isSameText(pending, delta)) release();
    pending ??= delta;
    const end = afterLastLineFeed(text);
    if (end > 0) endLine(delta, text, end);
    else line += text;
  }

  function endLine(delta: TextDeltaEvent, text: string, end: number): void {
    line += text.slice(0, end);
    release();
    if (end === text.length) return;
    pending = delta;
    line = text.slice(end);
  }

  function release(): void {
    if (!pending) return;
    const { type, block, choice, phase } = pending;
    const value = pending === stringDelta ? line : { type, text: line, block, choice, phase };
    pending = undefined;
    line = '';
    reader.next(value);
  }

  return {
    next(value) {
      if (typeof value === 'string') append(stringDelta, value);
      else if (value.type === 'text-delta') append(value, value.text);
      else {
        release();
        reader.next(value);
      }
    },
    complete() {
      release();
      reader.complete();
    },
  };
}

function isSameText(one: TextDeltaEvent, other: TextDeltaEvent): boolean {
  return one.block === other.block && one.choice === other.choice && one.phase === other.phase;
}

/** The index after the last line feed, 0 if there is none. */
function afterLastLineFeed(text: string): number {
  if (text.length > shortText) return text.lastIndexOf('\n') + 1;
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) !== lineFeed) end--;
  return end;
}
