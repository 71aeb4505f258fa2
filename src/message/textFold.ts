import type { DeltaEvent, Phase } from '../events.js';
import { createStepMarks } from './stepMarks.js';

/** Folds events into the text of one choice; a `reset` discards the text of the steps that it voids. */
export interface TextFold {
  readonly text: string;
  /** @returns Whether the event changed the text. */
  push(event: DeltaEvent): boolean;
}

/** @param phase Read only text of this phase. @defaultValue both phases */
export function createTextFold(choice: number, phase?: Phase): TextFold {
  let text = '';
  /** The length of the text at the beginning of each step. */
  const marks = createStepMarks(0);

  function truncate(length: number): boolean {
    if (length === text.length) return false;
    text = text.slice(0, length);
    return true;
  }

  return {
    get text() {
      return text;
    },
    push(event) {
      switch (event.type) {
        case 'text-delta':
          if (event.choice !== choice || (phase !== undefined && event.phase !== phase) || event.text === '') return false;
          text += event.text;
          return true;
        case 'step':
          marks.set(event.step, text.length);
          return false;
        case 'reset':
          return truncate(marks.rewind(event.step) ?? text.length);
        default:
          return false;
      }
    },
  };
}
