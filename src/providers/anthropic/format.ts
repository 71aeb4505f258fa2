import { listOf, nonEmptyText, objectOf, textOf } from '../../codecs/json/jsonFields.js';
import { TruncatedError } from '../../errors.js';
import type { JsonObject } from '../../events.js';
import { providerError } from '../http/responseErrors.js';
import { finishMeaning } from '../wire/finishReasons.js';
import { isHeartbeat } from '../wire/heartbeats.js';
import type { Emit, WireFormat } from '../wire/wireFormat.js';
import { openBlock, resolvePendingCall, stopBlock } from './blocks.js';
import { decodeDelta, indexOf } from './deltas.js';
import { cutsContent, endMessage } from './end.js';
import { emitRaw, ensureStarted, provider } from './start.js';
import { createMessagesState, type MessagesState } from './state.js';
import { mergeUsage, messageUsage, usageIn } from './usage.js';

type DecodeEvent = (state: MessagesState, payload: JsonObject, emit: Emit) => void;

const eventTypes: ReadonlyMap<string, DecodeEvent> = new Map<string, DecodeEvent>([
  ['message_start', decodeMessageStart],
  [
    'content_block_start',
    (state, { index, content_block }, emit) => void openBlock(state, indexOf(index), objectOf(content_block), emit),
  ],
  ['content_block_delta', decodeDelta],
  ['content_block_stop', (state, { index }, emit) => stopBlock(state, indexOf(index), emit)],
  ['message_delta', decodeMessageDelta],
  ['message_stop', decodeMessageStop],
  ['message', decodeWholeMessage],
  ['error', throwError],
]);

/**
 * The stream format of Anthropic's messages.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export const messagesFormat: WireFormat<MessagesState> = {
  provider,
  variables: {
    text: [
      ['delta', 'text'],
      ['delta', 'thinking'],
      ['delta', 'partial_json'],
    ],
    padding: [],
  },
  createState: createMessagesState,
  knows: ({ type }, name) => eventTypes.has(textOf(type) || name),
  decode(state, payload, name, emit) {
    const type = textOf(payload['type']) || name;
    const decode = eventTypes.get(type);
    if (decode) decode(state, payload, emit);
    else if (isError(payload, name)) throwError(state, payload, emit);
    else if (isHeartbeat(payload, name)) emit({ type: 'ping' });
    else emitRaw(state, type || 'message', payload, emit);
  },
  // After a stop reason alone, content may still be missing: the marker of a gateway shows that all came.
  end(state, marked, emit) {
    if (marked && state.stopReason !== undefined) endMessage(state, emit);
  },
};

function decodeMessageStart(state: MessagesState, payload: JsonObject, emit: Emit): void {
  beginMessage(state, objectOf(payload['message']), emit);
}

/** @throws TruncatedError if another message begins before this one has ended, as a gateway sends it that repeats the request. */
function beginMessage(state: MessagesState, message: JsonObject, emit: Emit): void {
  const id = nonEmptyText(message['id']);
  if (state.blockCount > 0 && id !== undefined && state.id !== undefined && id !== state.id) {
    throw new TruncatedError('Another message began before this one was complete');
  }
  state.id ??= id;
  state.model ??= nonEmptyText(message['model']);
  state.container = message['container'] ?? state.container;
  if (state.whole.length === 0) state.whole = listOf(message['content']);
  ensureStarted(state, emit);
  readUsage(state, message, emit);
}

/** A server that does not stream sends the message whole. */
function decodeWholeMessage(state: MessagesState, payload: JsonObject, emit: Emit): void {
  beginMessage(state, payload, emit);
  readStop(state, payload);
  if (state.stopReason !== undefined) endMessage(state, emit);
}

function decodeMessageDelta(state: MessagesState, payload: JsonObject, emit: Emit): void {
  readStop(state, payload);
  readStop(state, objectOf(payload['delta']));
  ensureStarted(state, emit);
  if (state.stopReason !== undefined) resolvePendingCall(state, cutsContent(state.stopReason), emit);
  readUsage(state, payload, emit);
}

function decodeMessageStop(state: MessagesState, payload: JsonObject, emit: Emit): void {
  if (state.started) readUsage(state, payload, emit);
  endMessage(state, emit);
}

function readStop(state: MessagesState, fields: JsonObject): void {
  const word = nonEmptyText(fields['stop_reason']) ?? nonEmptyText(fields['stopReason']);
  if (word !== undefined && finishMeaning(word) !== 'unfinished') state.stopReason = word;
  state.stopSequence = nonEmptyText(fields['stop_sequence']) ?? state.stopSequence;
  state.stopDetails = fields['stop_details'] ?? state.stopDetails;
  state.container = fields['container'] ?? state.container;
}

function readUsage(state: MessagesState, payload: JsonObject, emit: Emit): void {
  if (mergeUsage(state.usage, usageIn(payload))) emit(messageUsage(state));
}

/**
 * Some gateways drop the type, or give the error a type of their own: then an event named `error`, or a payload with an `error`, is an error.
 */
function isError({ error }: JsonObject, name: string): boolean {
  return name === 'error' || (error !== undefined && error !== null && error !== false);
}

/** Throws the error that a payload reports, after the usage that it has. */
function throwError(state: MessagesState, payload: JsonObject, emit: Emit): never {
  if (Object.keys(usageIn(payload)).length > 0) {
    ensureStarted(state, emit);
    readUsage(state, payload, emit);
  }
  throw providerError(payload);
}
