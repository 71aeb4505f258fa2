import type { DeltaEvent, Phase } from '../events.js';
import { createStepMarks } from './stepMarks.js';

/** The text of one choice so far; a reset takes back what the repeated steps had said. */
export interface TextFold {
  readonly text: string;
  /** Takes an event and tells whether the text changed. */
  push(event: DeltaEvent): boolean;
}

/** @param phase Read only text of this phase. @defaultValue both */
export function createTextFold(choice: number, phase?: Phase): TextFold {
  let text = '';
  /** The text's length where each step began. */
  const marks = createStepMarks(0);

  function cut(length: number): boolean {
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
          marks.begin(event.step, text.length);
          return false;
        case 'reset':
          return cut(marks.rewind(event.step) ?? text.length);
        default:
          return false;
      }
    },
  };
}
