import { nonEmptyText, objectOf, textOf } from '../../codecs/json/jsonFields.js';
import { EmptyStreamError } from '../../errors.js';
import type { JsonObject, JsonValue } from '../../events.js';
import { providerError } from '../http/responseErrors.js';
import type { Emit, WireFormat } from '../wire/wireFormat.js';
import { begin } from './begin.js';
import { endOpenBlocks, openBlock, settleDoubt, stopBlock } from './blocks.js';
import { decodeDelta } from './deltas.js';
import { emitRaw } from './emitRaw.js';
import { createMessagesState, type MessagesState } from './state.js';
import { isCut, toFinishReason } from './stopReasons.js';
import { mergeUsage, toUsage } from './usage.js';

type DecodeEvent = (state: MessagesState, payload: JsonObject, emit: Emit) => void;

const eventTypes: ReadonlyMap<string, DecodeEvent> = new Map<string, DecodeEvent>([
  ['message_start', decodeMessageStart],
  ['content_block_start', (state, { index, content_block }, emit) => void openBlock(state, index, objectOf(content_block), emit)],
  ['content_block_delta', decodeDelta],
  ['content_block_stop', (state, { index }, emit) => stopBlock(state, index, emit)],
  ['message_delta', decodeMessageDelta],
  ['message_stop', decodeMessageStop],
  ['ping', (_state, _payload, emit) => emit({ type: 'ping' })],
  ['error', throwError],
]);

/**
 * The stream format of Anthropic's messages.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export const messagesFormat: WireFormat<MessagesState> = {
  provider: 'anthropic',
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
  // Only message_stop is terminal evidence: neither a [DONE] marker nor a stop reason says that nothing is missing.
  end: () => undefined,
};

function decodeMessageStart(state: MessagesState, payload: JsonObject, emit: Emit): void {
  const message = objectOf(payload['message']);
  state.id ??= nonEmptyText(message['id']);
  state.model ??= nonEmptyText(message['model']);
  state.container = message['container'] ?? state.container;
  begin(state, emit);
  takeUsage(state, message['usage'], emit);
}

function decodeMessageDelta(state: MessagesState, payload: JsonObject, emit: Emit): void {
  const delta = objectOf(payload['delta']);
  state.stopReason = nonEmptyText(delta['stop_reason']) ?? state.stopReason;
  state.stopSequence = nonEmptyText(delta['stop_sequence']) ?? state.stopSequence;
  state.stopDetails = delta['stop_details'] ?? state.stopDetails;
  state.container = delta['container'] ?? state.container;
  begin(state, emit);
  if (state.stopReason !== undefined) settleDoubt(state, isCut(state.stopReason), emit);
  takeUsage(state, payload['usage'], emit);
}

function takeUsage(state: MessagesState, usage: JsonValue | undefined, emit: Emit): void {
  if (mergeUsage(state.usage, objectOf(usage))) emit({ type: 'usage', usage: toUsage(state.usage), requests: undefined });
}

function decodeMessageStop(state: MessagesState, _payload: JsonObject, emit: Emit): void {
  if (!state.started) throw new EmptyStreamError();
  endOpenBlocks(state, emit);
  state.finished = true;
  const reason = toFinishReason(state.stopReason, state.calledClient);
  const rawReason = state.stopReason;
  emit({
    type: 'finish',
    reason,
    rawReason,
    choices: [{ choice: 0, reason, rawReason }],
    metadata: {
      stopSequence: state.stopSequence,
      stopDetails: state.stopDetails,
      container: state.container,
      serviceTier: nonEmptyText(state.usage.get('service_tier')),
      systemFingerprint: undefined,
    },
    timing: undefined,
  });
}

/** Some gateways leave out the type: then the event's name tells, or a lone `error`. */
function isError({ type, error }: JsonObject, name: string): boolean {
  return name === 'error' || (type === undefined && error !== undefined && error !== null);
}

function throwError(_state: MessagesState, payload: JsonObject): never {
  throw providerError(payload);
}
