import { tryParseRawJson } from '../../../codecs/json/tryParseJson.js';
import type { JsonValue } from '../../../events.js';
import type { Chunk } from './chunks.js';
import { type DecoderState, emitContent, emitRaw, openBlock, type ReadCall, textField } from './decoderState.js';
import { fromText, noteOf } from './notes.js';

export function openCall(state: DecoderState, chunk: Chunk): ReadCall {
  const callId = textField(chunk, 'toolCallId');
  const name = textField(chunk, 'toolName');
  const note = noteOf(chunk['providerMetadata']);
  const isText = chunk['inputEncoding'] === 'text' || note['format'] === 'text';
  const call: ReadCall = {
    name,
    block: openBlock(state, note),
    step: state.steps,
    executor: chunk['providerExecuted'] === true ? 'provider' : 'client',
    format: isText ? 'text' : 'json',
    text: '',
    ended: false,
  };
  state.calls.set(callId, call);
  const { block, executor, format } = call;
  emitContent(state, { type: 'tool-call-start', callId, name, block, choice: 0, executor, format });
  return call;
}

export function growCall(state: DecoderState, chunk: Chunk): void {
  const callId = textField(chunk, 'toolCallId');
  const argumentsText = textField(chunk, 'inputTextDelta');
  const call = state.calls.get(callId);
  if (!call || call.ended) return emitRaw(state, chunk);
  call.text += argumentsText;
  emitContent(state, { type: 'tool-call-delta', callId, argumentsText, block: call.block, choice: 0 });
}

export function endCall(state: DecoderState, chunk: Chunk): void {
  const callId = textField(chunk, 'toolCallId');
  const note = noteOf(chunk['providerMetadata']);
  if (note['absent'] === true) return void state.calls.set(callId, absentCall(state, chunk));
  const open = state.calls.get(callId);
  if (note['cut'] === true || open?.ended) return;
  const call = open ?? openCall(state, chunk);
  const input = chunk['input'] as JsonValue | undefined;
  const noted = note['invalid'] === undefined ? note['arguments'] : input;
  const argumentsText = argumentsOf(call, input, noted);
  const { name, block, executor, format } = call;
  if (call.text === '' && argumentsText !== '') {
    emitContent(state, { type: 'tool-call-delta', callId, argumentsText, block, choice: 0 });
  }
  call.ended = true;
  call.text = '';
  const isOwn = note['invalid'] !== undefined;
  if (chunk.type === 'tool-input-error' && !isOwn) state.inputErrors.set(callId, textField(chunk, 'errorText'));
  emitContent(state, { type: 'tool-call-end', callId, name, argumentsText, block, choice: 0, executor, format });
}

function absentCall(state: DecoderState, chunk: Chunk): ReadCall {
  const { steps: step } = state;
  return { name: textField(chunk, 'toolName'), block: -1, step, executor: 'provider', format: 'json', text: '', ended: true };
}

/** The argument text that was streamed, unless the server changed the arguments after that. */
function argumentsOf({ text, format }: ReadCall, input: JsonValue | undefined, noted: unknown): string {
  if (typeof noted === 'string') return noted;
  if (format === 'text' && typeof input === 'string') return input;
  if (input === undefined) return text;
  const json = JSON.stringify(input);
  const streamed = text.trim() === '' ? {} : tryParseRawJson(text);
  if (streamed === undefined) return typeof input === 'string' ? input : json;
  return isWrittenAs(json, streamed) ? text : json;
}

/** Whether a value has this JSON. One that is nested too deeply to be written has not: the depth of what has arrived as JSON is checked. */
function isWrittenAs(json: string, value: JsonValue): boolean {
  try {
    return JSON.stringify(value) === json;
  } catch {
    return false;
  }
}

/** Emits the results that the server left out, once its step has ended: the model got these errors. */
export function emitInputErrors(state: DecoderState): void {
  for (const [callId, output] of state.inputErrors) {
    const name = state.calls.get(callId)?.name ?? '';
    emitContent(state, { type: 'tool-result', callId, name, output, isError: true, preliminary: false });
  }
  state.inputErrors.clear();
}

export function emitResult(state: DecoderState, chunk: Chunk): void {
  const callId = textField(chunk, 'toolCallId');
  const note = noteOf(chunk['providerMetadata']);
  const isError = chunk.type === 'tool-output-error';
  const noted = fromText(note['output']);
  state.inputErrors.delete(callId);
  const shown = isError ? textField(chunk, 'errorText') : ((chunk['output'] ?? null) as JsonValue);
  emitContent(state, {
    type: 'tool-result',
    callId,
    name: state.calls.get(callId)?.name ?? '',
    output: noted === undefined ? shown : noted,
    isError: isError || note['isError'] === true,
    preliminary: !isError && chunk['preliminary'] === true,
  });
}

export function emitApproval(state: DecoderState, chunk: Chunk): void {
  if (chunk.type === 'tool-approval-response') {
    const callId = state.approvals.get(textField(chunk, 'approvalId'));
    if (callId === undefined || typeof chunk['approved'] !== 'boolean') return emitRaw(state, chunk);
    return emitContent(state, { type: 'tool-approval', callId, approved: chunk['approved'] });
  }
  const callId = textField(chunk, 'toolCallId');
  const isDenied = chunk.type === 'tool-output-denied';
  if (!isDenied) state.approvals.set(textField(chunk, 'approvalId'), callId);
  if (noteOf(chunk)['decided'] === true) return;
  emitContent(state, { type: 'tool-approval', callId, approved: isDenied ? false : undefined });
}
