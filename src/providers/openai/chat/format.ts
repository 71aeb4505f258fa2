import { isObject, nonEmptyText, numberOf, objectOf } from '../../../codecs/json/jsonFields.js';
import type { VariablePaths } from '../../../codecs/jsonTemplate/variables.js';
import type { JsonObject } from '../../../events.js';
import { providerError } from '../../http/responseErrors.js';
import type { Emit, WireFormat } from '../../wire/wireFormat.js';
import { readAnnotations, readCitations, readLogprobs } from './annotations.js';
import { readFunctionCall, readToolCalls } from './calls.js';
import { readContent } from './content.js';
import { endResponse, finishChoice } from './end.js';
import { readAudio, readImages } from './files.js';
import { readReasoning } from './reasoning.js';
import { isUnknown, missingContent, provider, startResponse } from './start.js';
import { type ChatChoice, type ChatState, choiceOf, createChatState } from './state.js';
import { extendText, readExtraContent, readRefusal } from './texts.js';
import { readUsage } from './usage.js';

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
  const { choices, type } = payload;
  return Array.isArray(choices) || (choices === undefined && type === undefined && !isUnknown(payload));
}

function decode(state: ChatState, payload: JsonObject, name: string, emit: Emit): void {
  const { error, choices } = payload;
  if ((error !== undefined && error !== null) || name === 'error' || payload['object'] === 'error') throw providerError(payload);
  state.systemFingerprint = nonEmptyText(payload['system_fingerprint']) ?? state.systemFingerprint;
  state.serviceTier = nonEmptyText(payload['service_tier']) ?? state.serviceTier;
  if (!state.started && !startResponse(state, payload, emit)) return;
  if (Array.isArray(choices)) {
    for (let position = 0; position < choices.length; position++) {
      readChoice(state, objectOf(choices[position]), position, emit);
    }
  } else if (isUnknown(payload)) {
    emit({ type: 'raw', provider, name: nonEmptyText(payload['object']) ?? (name || 'unknown'), data: payload });
  }
  readCitations(state, payload, emit);
  readUsage(state, payload, emit);
}

function readChoice(state: ChatState, payload: JsonObject, position: number, emit: Emit): void {
  const choice = choiceOf(state, numberOf(payload['index']) ?? position);
  const { delta, message, text, logprobs } = payload;
  choice.growing = undefined;
  if (isObject(delta)) readDelta(state, choice, delta, emit);
  else if (isObject(message)) readDelta(state, choice, missingContent(choice, message), emit);
  // The older form of completions, before chat.
  if (typeof text === 'string') extendText(choice, text, emit);
  if (isObject(logprobs)) readLogprobs(choice, logprobs, emit);
  const finishReason = nonEmptyText(payload['finish_reason']);
  if (finishReason !== undefined) finishChoice(state, choice, finishReason, payload, emit);
  state.growing = choice.growing;
}

function readDelta(state: ChatState, choice: ChatChoice, delta: JsonObject, emit: Emit): void {
  readReasoning(choice, delta, emit);
  readContent(choice, delta, emit);
  readRefusal(choice, delta, emit);
  readToolCalls(state, choice, delta, emit);
  readFunctionCall(state, choice, delta, emit);
  readAudio(state, choice, delta, emit);
  readImages(choice, delta, emit);
  readAnnotations(choice, delta, emit);
  readExtraContent(choice, delta);
}
