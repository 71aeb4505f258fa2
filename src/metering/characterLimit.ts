import type { DeltaEvent } from '../events.js';
import { createStepMarks } from '../message/stepMarks.js';

/** Lets a number of characters of visible text pass, in UTF-16 code units. */
export interface VisibleText {
  readonly full: boolean;
  /** Gives the event as far as there is room for it, never half of a surrogate pair; `undefined` if there is none. */
  take<E extends DeltaEvent>(event: E): E | undefined;
}

/** Text and refusals are what a reader sees, in all choices together. A reset takes back what the void steps had said. */
export function createVisibleText(maxChars: number): VisibleText {
  const marks = createStepMarks(0);
  let chars = 0;

  function cut(text: string): string {
    const room = maxChars - chars;
    chars += text.length;
    return text.length < room ? text : text.slice(0, room).replace(/[\ud800-\udbff]$/, '');
  }

  return {
    get full() {
      return chars >= maxChars;
    },
    take(event) {
      if (event.type === 'step') marks.set(event.step, chars);
      if (event.type === 'reset') chars = marks.rewind(event.step) ?? chars;
      if (event.type !== 'text-delta' && event.type !== 'refusal-delta') return event;
      const text = cut(event.text);
      if (text === event.text) return event;
      return text === '' ? undefined : { ...event, text };
    },
  };
}
