import { EmptyStreamError, MalformedEventError, TruncatedError } from '../../../errors.js';
import type { DeltaEvent, JsonObject, JsonValue } from '../../../events.js';
import { checkBytes, checkDepth, maxDepth } from '../bounds.js';
import { eventFields } from '../fields/eventFields.js';
import { isRecord, readFields } from '../fields/readers.js';
import type { EventDecoder } from '../keepPartial.js';
import type { EmitEvent } from '../wire.js';
import { decodeCall } from './decodeCalls.js';
import { decodeEnd } from './decodeEnd.js';
import { decodeText } from './decodeTexts.js';
import { beginRun, createDecoding, type Decoding, endCall, type Frame } from './decoding.js';
import { countOf, nativeOf, noteIn, noteKey, openNative } from './notes.js';

/** Emits what `createRunEncoder` encoded, and the runs of any other server. Checks it: a frame may come from anywhere. */
export function createRunDecoder(): EventDecoder {
  const state = createDecoding();
  let begun = false;
  return {
    get finished() {
      return state.finished;
    },
    decode(data, _, emit) {
      if (state.finished) return;
      checkBytes(data);
      // Some servers end every stream in this way, also a cut one: it is no evidence.
      if (data === '[DONE]') return;
      begun = true;
      decodeFrame(state, parse(data), emit);
    },
    end() {
      if (state.finished) return;
      throw begun ? new TruncatedError() : new EmptyStreamError();
    },
  };
}

function parse(data: string): Frame & { readonly type: string } {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw new MalformedEventError();
  }
  // A level takes two characters.
  if (data.length > 2 * maxDepth) checkDepth(value);
  if (!isRecord(value) || typeof value['type'] !== 'string') throw new MalformedEventError('An event has no type');
  return value as Frame & { readonly type: string };
}

function decodeFrame(state: Decoding, frame: Frame & { readonly type: string }, emit: EmitEvent): void {
  const { type } = frame;
  if (!standAlone.has(type)) endChunks(state, type, emit);
  if (decodeText(state, type, frame, emit) || decodeCall(state, type, frame, emit) || decodeEnd(state, type, frame, emit)) return;
  switch (type) {
    case 'RUN_STARTED':
      return decodeStart(state, frame, emit);
    case 'STEP_STARTED':
    case 'STEP_FINISHED':
      return state.own ? decodeStep(frame, emit) : emitRaw(state, type, frame, emit);
    case 'REASONING_ENCRYPTED_VALUE':
      return decodeNative(state, frame, emit);
    case 'MESSAGES_SNAPSHOT':
      // Ours comes with the event that it shows.
      return noteIn(frame['metadata']) ? undefined : emitRaw(state, type, frame, emit);
    case 'CUSTOM':
      return decodeCustom(state, frame, emit);
    case 'RAW':
      return decodeRaw(frame, emit);
    default:
      emitRaw(state, type, frame, emit);
  }
}

/** The frames that may come between two chunks of a message or a call. */
const standAlone: ReadonlySet<string> = new Set([
  'RAW',
  'ACTIVITY_SNAPSHOT',
  'ACTIVITY_DELTA',
  'REASONING_ENCRYPTED_VALUE',
  'SUBAGENT_STARTED',
]);

/** Any other frame than a chunk of the same kind ends what chunks are written of: emits the end of a call. */
function endChunks(state: Decoding, type: string, emit: EmitEvent): void {
  if (state.chunkCall !== undefined && type !== 'TOOL_CALL_CHUNK') {
    const call = state.calls.get(state.chunkCall);
    if (call) endCall(call, emit);
    state.chunkCall = undefined;
  }
  if (type !== 'TEXT_MESSAGE_CHUNK') state.chunkText = undefined;
  if (type !== 'REASONING_MESSAGE_CHUNK') state.chunkReasoning = undefined;
}

function decodeStart(state: Decoding, frame: Frame, emit: EmitEvent): void {
  const note = noteIn(frame['metadata']);
  state.own = note !== undefined;
  if (typeof frame['runId'] === 'string') state.runId = frame['runId'];
  if (note === undefined) beginRun(state, emit);
  else if (isRecord(note['start'])) emitFields('start', note['start'], emit);
}

function decodeStep(frame: Frame, emit: EmitEvent): void {
  const step = noteIn(frame['metadata'])?.['step'];
  if (isRecord(step)) emitFields('step', step, emit);
}

function decodeNative(state: Decoding, frame: Frame, emit: EmitEvent): void {
  const note = openNative(frame['encryptedValue']);
  const native = nativeOf(note);
  const block = countOf(note?.['block']);
  if (native && block !== undefined) emit({ type: 'block-end', block, choice: 0, ...native });
  else emitRaw(state, 'REASONING_ENCRYPTED_VALUE', frame, emit);
}

/** The events that no frame of the protocol stands for. */
const customTypes = ['start', 'tool-approval', 'tool-result', 'file', 'citation', 'logprobs', 'block-end', 'reset'] as const;

function decodeCustom(state: Decoding, frame: Frame, emit: EmitEvent): void {
  const { name, value } = frame;
  const type = customTypes.find((each) => name === `${noteKey}.${each}`);
  if (type === undefined || !isRecord(value)) return emitRaw(state, 'CUSTOM', frame, emit);
  emitFields(type, value, (event) => {
    if (event.type === 'tool-approval') noteApproval(state, event.callId, event.approved === undefined);
    emit(event);
  });
}

function noteApproval(state: Decoding, callId: string, waits: boolean): void {
  if (waits) state.waiting.add(callId);
  else state.waiting.delete(callId);
}

function decodeRaw(frame: Frame, emit: EmitEvent): void {
  const { event = null, source } = frame;
  const name = noteIn(frame['metadata'])?.['name'] ?? (isRecord(event) ? event['type'] : undefined);
  emit({
    type: 'raw',
    provider: typeof source === 'string' ? source : 'ag-ui',
    name: typeof name === 'string' ? name : 'RAW',
    data: event as JsonValue,
  });
}

function emitRaw(state: Decoding, name: string, frame: Frame, emit: EmitEvent): void {
  beginRun(state, emit);
  emit({ type: 'raw', provider: 'ag-ui', name, data: frame as JsonObject });
}

function emitFields(type: keyof typeof eventFields, value: Frame, emit: EmitEvent): void {
  emit(readFields(type, eventFields[type], value) as unknown as DeltaEvent);
}
