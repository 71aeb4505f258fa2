import type { FinishReason } from '../events.js';

/** Whether a text is the whole answer, a part of it, or not the answer that was asked for. */
export type AnswerEnding = 'whole' | 'cut' | 'refused';

/** What a finish reason says of the text before it. */
export const answerEndings: Readonly<Record<FinishReason, AnswerEnding>> = {
  stop: 'whole',
  other: 'whole',
  length: 'cut',
  paused: 'cut',
  aborted: 'cut',
  budget: 'cut',
  refusal: 'refused',
  'content-filter': 'refused',
  'tool-calls': 'refused',
};
