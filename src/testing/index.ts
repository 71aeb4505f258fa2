export { type CassetteOptions, cassette } from './cassettes/cassette.js';
export { CassetteError } from './cassettes/cassetteError.js';
export { type RecordCassetteOptions, recordCassette } from './cassettes/recordCassette.js';
export { type ReplayCassetteOptions, replayCassette } from './cassettes/replayCassette.js';
export { ContractError, type DefineTest } from './contracts/check.js';
export { type OperatorContractOptions, operatorContract } from './contracts/operatorContract.js';
export { type SourceContractOptions, sourceContract } from './contracts/sourceContract.js';
export { type StoreContractOptions, storeContract } from './contracts/storeContract.js';
export { type FakeAttempt, type FakeProvider, type FakeRequest, fakeProvider } from './fakes/fakeProvider.js';
export { type FakeToolCall, type FakeToolResult, type FakeTools, fakeTools } from './fakes/fakeTools.js';
export type { Fetch } from './fakes/responseBody.js';
export { type StreamOfOptions, streamOf } from './fakes/streamOf.js';
export { cutAfter } from './faults/cutAfter.js';
export { duplicateUsage } from './faults/duplicateUsage.js';
export { type FailWithOptions, failWith } from './faults/failWith.js';
export type { Fault, FetchFault } from './faults/fault.js';
export { type HeartbeatOnlyOptions, heartbeatOnly } from './faults/heartbeatOnly.js';
export { type HttpThenOkOptions, httpThenOk } from './faults/httpThenOk.js';
export { rechunk } from './faults/rechunk.js';
export { splitBytes } from './faults/splitBytes.js';
export { stallAfter } from './faults/stallAfter.js';
export type { AnswerOptions } from './marbles/answerWriter.js';
export { assertDeltas, MarbleMismatchError } from './marbles/assertDeltas.js';
export { type DeltaMarbles, deltaMarbles, type MarbleStream, type StreamExpectation } from './marbles/deltaMarbles.js';
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
  toolApproval,
  toolCallDelta,
  toolCallEnd,
  toolCallStart,
  toolResult,
  usage,
  usageOf,
} from './marbles/events.js';
export { type EventLetters, letters } from './marbles/letters.js';
export { type MarbleHelpers, marbles } from './marbles/marbles.js';
export { virtualTime } from './marbles/virtualTime.js';
export { type LaneMark, type LaneRun, type MarbleLane, marbleLane, type RecordedLane } from './pictures/marbleLane.js';
export { type MarbleDiagramOptions, toMarbleDiagram } from './pictures/toMarbleDiagram.js';
