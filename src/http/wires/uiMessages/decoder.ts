import { EmptyStreamError, MalformedEventError, TruncatedError } from '../../../errors.js';
import { checkBytes, checkDepth, maxDepth } from '../bounds.js';
import { isRecord } from '../fields/readers.js';
import type { EventDecoder } from '../keepPartial.js';
import type { Chunk } from './chunks.js';
import { emitApproval, emitInputErrors, emitResult, endCall, growCall, openCall } from './decodeCalls.js';
import { finishAborted, readFinish, readMetadata, readReset, readStart, readStep, throwReported } from './decodeEnds.js';
import { createDecoderState, type DecoderState, emitContent, emitNative, emitRaw, openBlock, textField } from './decoderState.js';
import { emitSource, endText, growText, openText } from './decodeTexts.js';
import { blockOf, nativeFrom, noteOf, otherResult } from './notes.js';

/** Emits the events of what `createUiEncoder` and the servers of the AI SDK write. */
export function createUiDecoder(): EventDecoder {
  const state = createDecoderState();
  return {
    get finished() {
      return state.finished;
    },
    decode(data, _name, emit) {
      if (state.finished) return;
      state.emit = emit;
      checkBytes(data);
      if (data === '[DONE]') return end(state);
      const chunk = parse(data);
      state.begun = true;
      decodeChunk(state, chunk);
    },
    end(emit) {
      state.emit = emit;
      end(state);
    },
  };
}

/** A server that ends every stream with `[DONE]` ends a cut one in this way too. */
function end(state: DecoderState): void {
  if (state.finished) return;
  if (state.aborted) return finishAborted(state);
  throw state.begun ? new TruncatedError() : new EmptyStreamError();
}

function parse(data: string): Chunk {
  let chunk: unknown;
  try {
    chunk = JSON.parse(data);
  } catch {
    throw new MalformedEventError();
  }
  if (!isRecord(chunk) || !Object.hasOwn(chunk, 'type') || typeof chunk['type'] !== 'string') {
    throw new MalformedEventError('A chunk has no type');
  }
  // A level has at least two characters.
  if (data.length > 2 * maxDepth) checkDepth(chunk);
  return chunk as Chunk;
}

function decodeChunk(state: DecoderState, chunk: Chunk): void {
  switch (chunk.type) {
    case 'text-delta':
      return growText(state, chunk, 'text');
    case 'text-start':
      return void openText(state, chunk, 'text');
    case 'text-end':
      return endText(state, chunk, 'text');
    case 'reasoning-delta':
      return growText(state, chunk, 'reasoning');
    case 'reasoning-start':
      return void openText(state, chunk, 'reasoning');
    case 'reasoning-end':
      return endText(state, chunk, 'reasoning');
    case 'tool-input-start':
      return void openCall(state, chunk);
    case 'tool-input-delta':
      return growCall(state, chunk);
    case 'tool-input-available':
    case 'tool-input-error':
      return endCall(state, chunk);
    case 'tool-output-available':
    case 'tool-output-error':
      return emitResult(state, chunk);
    case 'tool-approval-request':
    case 'tool-approval-response':
    case 'tool-output-denied':
      return emitApproval(state, chunk);
    case 'source-url':
    case 'source-document':
      return emitSource(state, chunk);
    case 'file':
      return readFile(state, chunk);
    case 'data-rxllm':
      return readNative(state, chunk);
    default:
      return decodeLifecycle(state, chunk);
  }
}

function decodeLifecycle(state: DecoderState, chunk: Chunk): void {
  switch (chunk.type) {
    case 'start':
      return readStart(state, chunk);
    case 'start-step':
      return readStep(state, chunk);
    case 'finish-step':
      return emitInputErrors(state);
    case 'reset-step':
      return readReset(state, chunk);
    case 'message-metadata':
      return readMetadata(state, chunk);
    case 'abort':
      state.aborted = true;
      return;
    case 'finish':
      emitInputErrors(state);
      return readFinish(state, chunk);
    case 'error':
      return throwReported(chunk);
    default:
      return emitRaw(state, chunk);
  }
}

const dataUrl = /^data:[^,]{0,200};base64,/i;

/** A file by its address has no equivalent: an event has the data. */
function readFile(state: DecoderState, chunk: Chunk): void {
  const url = textField(chunk, 'url');
  const mediaType = textField(chunk, 'mediaType');
  const prefix = dataUrl.exec(url)?.[0];
  if (prefix === undefined) return emitRaw(state, chunk);
  const note = noteOf(chunk['providerMetadata']);
  const { transcript } = note;
  const block = openBlock(state, note);
  emitContent(state, {
    type: 'file',
    block,
    choice: 0,
    mediaType,
    data: url.slice(prefix.length),
    transcript: typeof transcript === 'string' ? transcript : undefined,
    final: true,
  });
  emitNative(state, block, nativeFrom(note));
}

/** Emits a native form that came after its part, or another result of a call. */
function readNative(state: DecoderState, chunk: Chunk): void {
  const note = isRecord(chunk['data']) ? chunk['data'] : {};
  const result = otherResult(note);
  if (result) return emitContent(state, { type: 'tool-result', ...result, preliminary: false });
  const native = nativeFrom(note);
  if (!native) return emitRaw(state, chunk);
  const block = Math.max(0, blockOf(note) ?? state.nextBlock);
  state.nextBlock = Math.max(state.nextBlock, block + 1);
  emitNative(state, block, native);
}
