import { nonEmptyText, objectOf, textOf } from '../../codecs/json/jsonFields.js';
import type { JsonObject } from '../../events.js';
import { providerError } from '../http/responseErrors.js';
import type { Emit, WireFormat } from '../wire/wireFormat.js';
import { openBlock, resolvePendingCall, stopBlock } from './blocks.js';
import { decodeDelta } from './deltas.js';
import { cutsContent, endMessage } from './end.js';
import { emitRaw, ensureStarted, provider } from './start.js';
import { createMessagesState, type MessagesState } from './state.js';
import { mergeUsage, messageUsage, usageIn } from './usage.js';

type DecodeEvent = (state: MessagesState, payload: JsonObject, emit: Emit) => void;

const eventTypes: ReadonlyMap<string, DecodeEvent> = new Map<string, DecodeEvent>([
  ['message_start', decodeMessageStart],
  ['content_block_start', (state, { index, content_block }, emit) => void openBlock(state, index, objectOf(content_block), emit)],
  ['content_block_delta', decodeDelta],
  ['content_block_stop', (state, { index }, emit) => stopBlock(state, index, emit)],
  ['message_delta', decodeMessageDelta],
  ['message_stop', (state, _payload, emit) => endMessage(state, emit)],
  ['ping', (_state, _payload, emit) => emit({ type: 'ping' })],
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
  decode(state, payload, name, emit) {
    const type = textOf(payload['type']) || name;
    const decode = eventTypes.get(type);
    if (decode) decode(state, payload, emit);
    else if (isError(payload, name)) throwError(state, payload);
    else emitRaw(state, type || 'message', payload, emit);
  },
  // Only `message_stop` is terminal evidence: after a [DONE] marker or a stop reason, content may still be missing.
  end: () => undefined,
};

function decodeMessageStart(state: MessagesState, payload: JsonObject, emit: Emit): void {
  const message = objectOf(payload['message']);
  state.id ??= nonEmptyText(message['id']);
  state.model ??= nonEmptyText(message['model']);
  state.container = message['container'] ?? state.container;
  ensureStarted(state, emit);
  readUsage(state, payload, emit);
}

function decodeMessageDelta(state: MessagesState, payload: JsonObject, emit: Emit): void {
  const delta = objectOf(payload['delta']);
  state.stopReason = nonEmptyText(delta['stop_reason']) ?? state.stopReason;
  state.stopSequence = nonEmptyText(delta['stop_sequence']) ?? state.stopSequence;
  state.stopDetails = delta['stop_details'] ?? state.stopDetails;
  state.container = delta['container'] ?? state.container;
  ensureStarted(state, emit);
  if (state.stopReason !== undefined) resolvePendingCall(state, cutsContent(state.stopReason), emit);
  readUsage(state, payload, emit);
}

function readUsage(state: MessagesState, payload: JsonObject, emit: Emit): void {
  if (mergeUsage(state.usage, usageIn(payload))) emit(messageUsage(state));
}

/** Some gateways drop the type: then an event named `error`, or a payload with an `error`, is an error. */
function isError({ type, error }: JsonObject, name: string): boolean {
  return name === 'error' || (type === undefined && error !== undefined && error !== null);
}

function throwError(_state: MessagesState, payload: JsonObject): never {
  throw providerError(payload);
}
