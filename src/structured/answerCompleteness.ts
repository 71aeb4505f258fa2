import type { FinishReason } from '../events.js';

/** How much of an answer a text is: all of it, its beginning, or nothing, because the stream ended with something else than an answer. */
export type AnswerCompleteness = 'whole' | 'truncated' | 'missing';

export const completenessByReason: Readonly<Record<FinishReason, AnswerCompleteness>> = {
  stop: 'whole',
  other: 'whole',
  length: 'truncated',
  paused: 'truncated',
  aborted: 'truncated',
  budget: 'truncated',
  'max-steps': 'missing',
  refusal: 'missing',
  'content-filter': 'missing',
  'tool-calls': 'missing',
};
