import { isObject, listOf, nonEmptyText, numberOf } from '../../../codecs/json/jsonFields.js';
import type { VariablePaths } from '../../../codecs/jsonTemplate/variables.js';
import { wholeText } from '../../../codecs/text/growingText.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import { hasError, reportsError } from '../../http/reportedError.js';
import { providerError } from '../../http/responseErrors.js';
import { isHeartbeat } from '../../wire/heartbeats.js';
import type { Emit, WireFormat } from '../../wire/wireFormat.js';
import { readCitations, readLogprobs } from './annotations.js';
import { readDelta } from './delta.js';
import { endResponse, readFinish } from './end.js';
import { missingContent } from './missingContent.js';
import { isUnknown, provider, rawEvent, saysAnything, startResponse } from './start.js';
import { type ChatChoice, type ChatState, choiceOf, createChatState } from './state.js';
import { extendText } from './texts.js';
import { readUsage, usageIn } from './usage.js';

const variables: VariablePaths = {
  text: [
    ['choices', 0, 'delta', 'content'],
    ['choices', 0, 'delta', 'reasoning_content'],
    ['choices', 0, 'delta', 'reasoning'],
    ['choices', 0, 'delta', 'reasoning_text'],
    ['choices', 0, 'delta', 'refusal'],
    ['choices', 0, 'delta', 'tool_calls', 0, 'function', 'arguments'],
  ],
  padding: [['obfuscation'], ['created']],
};

/**
 * The stream format of chat completions, as OpenAI and compatible servers send it.
 *
 * @param audioType The media type of audio. Only the request has it.
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export function chatFormat(audioType = 'audio/pcm'): WireFormat<ChatState> {
  return { provider, variables, createState: () => createChatState(audioType), knows, decode, end: endResponse };
}

function knows(payload: JsonObject): boolean {
  const { choices, type, usage } = payload;
  if (Array.isArray(choices) || (isObject(usage) && reportsError(payload))) return true;
  return choices === undefined && type === undefined && !isUnknown(payload);
}

function decode(state: ChatState, payload: JsonObject, name: string, emit: Emit): void {
  const choices = listOf(payload['choices']);
  const error = errorIn(payload, choices, name);
  if (error === undefined && !choices.some(isObject) && usageIn(payload) === undefined && isHeartbeat(payload, name)) {
    return emit({ type: 'ping' });
  }
  if (state.started || startResponse(state, payload, name, error !== undefined, emit)) {
    readPayload(state, payload, choices, name, error !== undefined, emit);
  }
  if (error !== undefined) throw providerError(error);
}

/** The error that a payload reports, of itself or of a choice, as `providerError` reads it. */
function errorIn(payload: JsonObject, choices: readonly JsonValue[], name: string): JsonValue | undefined {
  if (name === 'error' || hasError(payload)) return payload;
  for (const choice of choices) {
    if (isObject(choice) && choice['error'] !== undefined && hasError(choice)) return choice['error'];
  }
  return !choices.some(isObject) && reportsError(payload) ? payload : undefined;
}

function readPayload(
  state: ChatState,
  payload: JsonObject,
  choices: readonly JsonValue[],
  name: string,
  failing: boolean,
  emit: Emit,
): void {
  state.systemFingerprint = nonEmptyText(payload['system_fingerprint']) ?? state.systemFingerprint;
  state.serviceTier = nonEmptyText(payload['service_tier']) ?? state.serviceTier;
  let position = 0;
  for (const choice of choices) if (isObject(choice)) readChoice(state, choice, position++, emit);
  if (!failing && isUnknown(payload)) emit(rawEvent(payload, name));
  readCitations(state, payload, emit);
  readUsage(state, payload, emit);
}

function readChoice(state: ChatState, payload: JsonObject, position: number, emit: Emit): void {
  const choice = choiceOf(state, numberOf(payload['index']) ?? position);
  const { delta, message, logprobs } = payload;
  choice.growing = undefined;
  if (isObject(delta) && isWholeAgain(choice, payload, delta)) readDelta(state, choice, { ...delta, content: null }, emit);
  else if (isObject(delta) && (!isObject(message) || saysAnything(delta))) readDelta(state, choice, delta, emit);
  else if (isObject(message)) readDelta(state, choice, missingContent(choice, message), emit);
  else if (typeof delta === 'string') extendText(choice, delta, emit);
  readOlderText(choice, payload, emit);
  if (isObject(logprobs)) readLogprobs(choice, logprobs, emit);
  readFinish(state, choice, payload, emit);
  state.growing = choice.growing;
}

const leastRepeated = 20;

/** Whether the delta at the end is all of the text once more, as some servers send it; a short one may be the model's. */
function isWholeAgain({ blocks }: ChatChoice, { finish_reason: reason }: JsonObject, { content }: JsonObject): boolean {
  if (typeof content !== 'string' || content.length < leastRepeated || nonEmptyText(reason) === undefined) return false;
  return content === blocks.map((block) => (block.kind === 'text' ? wholeText(block.text) : '')).join('');
}

/** Reads the text of the older form of completions, before chat. Some servers repeat in it what the delta says. */
function readOlderText(choice: ChatChoice, { delta, message, text }: JsonObject, emit: Emit): void {
  if (typeof text !== 'string' || text === '' || typeof delta === 'string' || isObject(message)) return;
  if (isObject(delta) && (Boolean(delta['content']) || Object.values(delta).includes(text))) return;
  extendText(choice, text, emit);
  if (isObject(delta)) choice.growing = undefined;
}
