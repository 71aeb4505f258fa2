export type { AnswerOptions } from './answerMarbles.js';
export { assertDeltas, MarbleMismatchError } from './assertDeltas.js';
export { type DeltaMarbles, deltaMarbles, type MarbleStream, type StreamExpectation } from './deltaMarbles.js';
export {
  blockEnd,
  citation,
  type EventFields,
  file,
  finish,
  logprobs,
  ping,
  raw,
  reasoning,
  refusal,
  reset,
  start,
  step,
  text,
  toolCallDelta,
  toolCallEnd,
  toolCallStart,
  toolResult,
  usage,
  usageOf,
} from './events.js';
export { type EventLetters, letters } from './letters.js';
export { type MarbleHelpers, marbles } from './marbles.js';
