export type { AnswerOptions } from './answerWriter.js';
export { assertDeltas, MarbleMismatchError } from './assertDeltas.js';
export { type CassetteOptions, cassette } from './cassette.js';
export { CassetteError } from './cassetteError.js';
export { cutAfter } from './cutAfter.js';
export { type DeltaMarbles, deltaMarbles, type MarbleStream, type StreamExpectation } from './deltaMarbles.js';
export { duplicateUsage } from './duplicateUsage.js';
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
export { type FailWithOptions, failWith } from './failWith.js';
export { type FakeAttempt, type FakeProvider, type FakeRequest, fakeProvider } from './fakeProvider.js';
export type { Fault, FetchFault } from './fault.js';
export { type HeartbeatOnlyOptions, heartbeatOnly } from './heartbeatOnly.js';
export { type HttpThenOkOptions, httpThenOk } from './httpThenOk.js';
export { type EventLetters, letters } from './letters.js';
export { type LaneMark, type LaneRun, type MarbleLane, marbleLane, type RecordedLane } from './marbleLane.js';
export { type MarbleHelpers, marbles } from './marbles.js';
export { rechunk } from './rechunk.js';
export { type RecordCassetteOptions, recordCassette } from './recordCassette.js';
export { type ReplayCassetteOptions, replayCassette } from './replayCassette.js';
export type { Fetch } from './responseBody.js';
export { splitBytes } from './splitBytes.js';
export { stallAfter } from './stallAfter.js';
export { type StreamOfOptions, streamOf } from './streamOf.js';
export { type MarbleDiagramOptions, toMarbleDiagram } from './toMarbleDiagram.js';
export { virtualTime } from './virtualTime.js';
