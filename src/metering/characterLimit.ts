import type { DeltaEvent } from '../events.js';
import { createStepMarks } from '../message/stepMarks.js';

/** Limits the visible text of a stream, in UTF-16 code units. */
export interface CharacterLimit {
  /** Whether no more text fits. */
  readonly reached: boolean;
  /** Returns the event with as much of its text as fits, never half of a surrogate pair; `undefined` if none of it does. */
  cut<E extends DeltaEvent>(event: E): E | undefined;
}

/** Visible are the texts and refusals of all choices. A `reset` takes those of the void steps back. */
export function createCharacterLimit(maxChars: number): CharacterLimit {
  const marks = createStepMarks(0);
  let chars = 0;

  function cutText(text: string): string {
    const room = maxChars - chars;
    chars += text.length;
    return text.length < room ? text : text.slice(0, room).replace(/[\ud800-\udbff]$/, '');
  }

  return {
    get reached() {
      return chars >= maxChars;
    },
    cut(event) {
      if (event.type === 'step') marks.set(event.step, chars);
      if (event.type === 'reset') chars = marks.rewind(event.step) ?? chars;
      if (event.type !== 'text-delta' && event.type !== 'refusal-delta') return event;
      const text = cutText(event.text);
      if (text === event.text) return event;
      return text === '' ? undefined : { ...event, text };
    },
  };
}
