import { tryParseRawJson } from '../../../codecs/json/tryParseJson.js';
import type {
  JsonValue,
  ToolApprovalEvent,
  ToolCallDeltaEvent,
  ToolCallEndEvent,
  ToolCallStartEvent,
  ToolResultEvent,
} from '../../../events.js';
import { checkBytes, checkDepth } from '../bounds.js';
import { isRecord } from '../fields/readers.js';
import { hasRefusedKey, withoutRefusedKeys } from './chunks.js';
import { addPart, type Call, type EncoderState, put } from './encoderState.js';
import type { PartNote } from './notes.js';
import { endReasoning } from './textParts.js';

export function startCall(state: EncoderState, event: ToolCallStartEvent): void {
  const { callId, name, block, executor, format } = event;
  endReasoning(state);
  addPart(state, block);
  const beforeText = `{"type":"tool-input-delta","toolCallId":${JSON.stringify(callId)},"inputTextDelta":`;
  const call: Call = { callId, name, block, step: state.step, executor, format, beforeText, text: '', ended: false };
  state.calls.set(callId, call);
  put(state, {
    type: 'tool-input-start',
    ...callFields(state, call),
    ...(format === 'text' && { inputEncoding: 'text' }),
    providerMetadata: { rxllm: callNote(call) },
  });
}

/** What all chunks of a call have: `dynamic` must be the same in each. */
function callFields(state: EncoderState, { callId, name, executor }: Call): object {
  return {
    toolCallId: callId,
    toolName: name,
    ...(executor === 'provider' && { providerExecuted: true }),
    ...(state.isDynamic(name) && { dynamic: true }),
  };
}

function callNote({ block, format }: Call): PartNote {
  return { block, ...(format === 'text' && { format }) };
}

/** What is shown of a call that was cut off. */
const heldArguments = 64 * 1024;

export function growCall(state: EncoderState, { callId, argumentsText }: ToolCallDeltaEvent): void {
  const call = state.calls.get(callId);
  // Their client refuses arguments of a call that it does not know, and opens an ended one again.
  if (!call || call.ended) return;
  if (call.text.length < heldArguments) call.text += argumentsText;
  const data = `${call.beforeText}${JSON.stringify(argumentsText)}}`;
  checkBytes(data);
  state.write(data);
}

export function endCall(state: EncoderState, event: ToolCallEndEvent): void {
  const { callId, argumentsText } = event;
  if (!state.calls.has(callId)) startCall(state, { ...event, type: 'tool-call-start' });
  const call = state.calls.get(callId);
  if (!call || call.ended) return;
  call.ended = true;
  call.text = '';
  const fields = callFields(state, call);
  const input = call.format === 'text' ? argumentsText : parseInput(argumentsText);
  const note = callNote(call);
  if (input === undefined) {
    const providerMetadata = { rxllm: { ...note, invalid: notJson } };
    return put(state, { type: 'tool-input-error', ...fields, input: argumentsText, errorText: notJson, providerMetadata });
  }
  const isPlain = call.format === 'text' || (isRecord(input) && isSame(input, argumentsText));
  const rxllm: PartNote = isPlain ? note : { ...note, arguments: argumentsText };
  put(state, { type: 'tool-input-available', ...fields, input, providerMetadata: { rxllm } });
}

const notJson = 'The arguments are not valid JSON';

/** Whether our decoder and reader get the argument text from the input alone. */
function isSame(input: JsonValue, argumentsText: string): boolean {
  return JSON.stringify(input) === argumentsText && !hasRefusedKey(argumentsText);
}

/** The input; `undefined` if it is no JSON, or deeper than what crosses a wire: a model made it. */
function parseInput(argumentsText: string): JsonValue | undefined {
  if (argumentsText.trim() === '') return {};
  const input = tryParseRawJson(argumentsText);
  try {
    checkDepth(input);
    return input;
  } catch {
    return undefined;
  }
}

/** Ends the calls that are open: they were cut off, and must not run. */
export function endCalls(state: EncoderState): void {
  for (const call of state.calls.values()) {
    if (call.ended) continue;
    call.ended = true;
    const providerMetadata = { rxllm: { ...callNote(call), cut: true } };
    const chunk = { type: 'tool-input-error', ...callFields(state, call), input: call.text, providerMetadata };
    put(state, { ...chunk, errorText: 'The call was cut off' });
  }
}

export function writeResult(state: EncoderState, event: ToolResultEvent): void {
  const { callId, output, isError, preliminary } = event;
  if (state.otherCalls.has(callId)) return;
  if (!knows(state, callId)) addAbsentCall(state, event);
  addPart(state);
  state.lastResult = preliminary ? undefined : callId;
  if (state.answered.has(callId) && !preliminary) return writeOtherResult(state, event);
  if (!preliminary) state.answered.add(callId);
  const isProvided = state.calls.get(callId)?.executor === 'provider';
  const common = { toolCallId: callId, ...(isProvided && { providerExecuted: true }) };
  const place = { block: state.latest, order: state.answered.size };
  if (isError && !preliminary) {
    const isText = typeof output === 'string';
    const rxllm: PartNote = { ...place, ...(!isText && { output: JSON.stringify(output) }) };
    const errorText = isText ? output : JSON.stringify(output);
    return put(state, { type: 'tool-output-error', ...common, errorText, providerMetadata: { rxllm } });
  }
  const json = JSON.stringify(output);
  const rxllm: PartNote = {
    ...place,
    ...(hasRefusedKey(json) && { output: json }),
    ...(isError && { isError: true }),
  };
  const shown = hasRefusedKey(json) ? withoutRefusedKeys(output) : output;
  const progress = preliminary && { preliminary: true };
  put(state, { type: 'tool-output-available', ...common, output: shown, ...progress, providerMetadata: { rxllm } });
}

/** Their client shows one result of a call. */
function writeOtherResult(state: EncoderState, { callId, name, output, isError }: ToolResultEvent): void {
  const data = { block: state.latest, order: state.answered.size, callId, name, isError, output: JSON.stringify(output) };
  put(state, { type: 'data-rxllm', data });
}

function knows({ calls, continued }: EncoderState, callId: string): boolean {
  return calls.has(callId) || continued.calls.has(callId);
}

/** Their client refuses the result of a call that it does not know. As a call of the provider, it does not run the tool. */
function addAbsentCall(state: EncoderState, { callId, name }: ToolResultEvent): void {
  const { step, latest: block } = state;
  const call: Call = {
    callId,
    name,
    block,
    step,
    executor: 'provider',
    format: 'json',
    beforeText: '',
    text: '',
    ended: true,
  };
  addPart(state);
  state.calls.set(callId, call);
  const rxllm: PartNote = { block: state.latest, absent: true };
  put(state, { type: 'tool-input-available', ...callFields(state, call), input: {}, providerMetadata: { rxllm } });
}

export function writeApproval(state: EncoderState, { callId, approved }: ToolApprovalEvent): void {
  state.lastResult = undefined;
  if (!knows(state, callId)) return;
  addPart(state);
  const known = state.requested.get(callId);
  const approvalId = known ?? callId;
  state.requested.set(callId, approvalId);
  const hasResponse = state.version >= 7;
  const request = { type: 'tool-approval-request', approvalId, toolCallId: callId };
  if (approved === undefined) return put(state, request);
  // Their client refuses a decision without a request.
  if (known === undefined && hasResponse) put(state, { ...request, rxllm: { decided: true } });
  if (hasResponse) put(state, { type: 'tool-approval-response', approvalId, approved });
  else if (!approved) put(state, { type: 'tool-output-denied', toolCallId: callId });
}
