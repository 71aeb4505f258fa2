import { append, createGrowingText } from '../../../codecs/text/growingText.js';
import type { JsonValue } from '../../../events.js';
import type { EmitEvent } from '../wire.js';
import { contentOutput } from './contents.js';
import {
  beginContent,
  beginRun,
  blockOf,
  type CallPart,
  type Decoding,
  endCall,
  extendCall,
  type Frame,
  startCall,
} from './decoding.js';
import { noteIn, tanStackNoteIn } from './notes.js';
import { parseShallow } from './shallowJson.js';

/** Emits what a frame of a tool call means. @returns Whether it is one. */
export function decodeCall(state: Decoding, type: string, frame: Frame, emit: EmitEvent): boolean {
  const { toolCallId } = frame;
  const id = typeof toolCallId === 'string' ? toolCallId : '';
  switch (type) {
    case 'TOOL_CALL_START':
      start(state, id, frame, emit);
      return true;
    case 'TOOL_CALL_ARGS':
      extend(state.calls.get(id), frame, emit);
      return true;
    case 'TOOL_CALL_END':
      end(state, id, frame, emit);
      return true;
    case 'TOOL_CALL_RESULT':
      answer(state, id, frame, emit);
      return true;
    case 'TOOL_CALL_CHUNK':
      chunk(state, id, frame, emit);
      return true;
    default:
      return false;
  }
}

function start(state: Decoding, id: string, frame: Frame, emit: EmitEvent): void {
  const note = noteIn(frame['metadata']);
  const known = state.calls.get(id);
  // Its arguments come again, as they are after all.
  if (known && note?.['again'] === true) known.argumentsText = createGrowingText();
  else begin(state, id, frame, emit);
}

function begin(state: Decoding, id: string, frame: Frame, emit: EmitEvent): void {
  const note = noteIn(frame['metadata']);
  const { toolCallName: name } = frame;
  beginContent(state, emit);
  const call = {
    callId: typeof note?.['callId'] === 'string' ? note['callId'] : id,
    name: typeof name === 'string' ? name : '',
    block: blockOf(state, note),
    executor: note?.['executor'] === 'provider' ? 'provider' : 'client',
    format: note?.['format'] === 'text' ? 'text' : 'json',
  } as const;
  startCall(state, id, call, emit);
}

function extend(call: CallPart | undefined, frame: Frame, emit: EmitEvent): void {
  const { delta } = frame;
  if (!call || call.ended || typeof delta !== 'string' || delta === '') return;
  if (noteIn(frame['metadata'])?.['again'] === true) append(call.argumentsText, delta);
  else extendCall(call, delta, emit);
}

function end(state: Decoding, id: string, frame: Frame, emit: EmitEvent): void {
  const call = state.calls.get(id);
  const note = noteIn(frame['metadata']);
  if (!call || note?.['again'] === true) return;
  if (note?.['dropped'] === true) return void state.calls.delete(id);
  const input = frame['input'] ?? tanStackNoteIn(frame['metadata'])?.['input'];
  // Servers that have the input as a whole send it with the end.
  if (!call.ended && call.argumentsText.length === 0 && input !== undefined) extendCall(call, JSON.stringify(input), emit);
  endCall(call, emit);
}

function answer(state: Decoding, id: string, frame: Frame, emit: EmitEvent): void {
  const { content, metadata } = frame;
  const call = state.calls.get(id);
  const note = noteIn(metadata);
  const isError = note?.['isError'] === true || tanStackNoteIn(metadata)?.['state'] === 'output-error';
  const name = note?.['name'];
  beginRun(state, emit);
  if (call) {
    endCall(call, emit);
    call.answered = true;
  }
  state.hasResult = true;
  emit({
    type: 'tool-result',
    callId: call?.callId ?? id,
    name: typeof name === 'string' ? name : (call?.name ?? ''),
    output: note?.['json'] === true ? parsed(content) : contentOutput(content),
    isError,
    preliminary: false,
  });
}

function parsed(content: unknown): JsonValue {
  const value = typeof content === 'string' ? parseShallow(content) : undefined;
  return value === undefined ? contentOutput(content) : value;
}

/** A chunk is any part of a call: it begins the call, and goes on with it. */
function chunk(state: Decoding, id: string, frame: Frame, emit: EmitEvent): void {
  if (id !== '' && id !== state.chunkCall) {
    const latest = state.calls.get(state.chunkCall ?? '');
    if (latest) endCall(latest, emit);
    state.chunkCall = id;
    start(state, id, frame, emit);
  }
  extend(state.calls.get(state.chunkCall ?? ''), frame, emit);
}
