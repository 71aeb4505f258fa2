import type { OpenAI } from 'openai';
import { isObject } from '../../../codecs/json/jsonFields.js';
import { wholeText } from '../../../codecs/text/growingText.js';
import type { JsonObject, JsonValue, Message, MessagePart } from '../../../events.js';
import type { CallBlock, ChatBlock, ReasoningBlock, TextBlock } from './blocks.js';

/**
 * The assistant's turn for the next chat request: the native fragments of all parts, merged. Calls have the ids of their events, so that tool
 * messages can refer to them. Without text, the content is `null` beside calls, and else the empty text, which the API requires then.
 */
export function chatTurn(message: Message): OpenAI.ChatCompletionAssistantMessageParam {
  const turn = new Map<string, JsonValue>();
  for (const part of message.parts) {
    for (const [field, value] of Object.entries(fragmentOf(part))) {
      if (value !== undefined) turn.set(field, merge(turn.get(field), value));
    }
  }
  if (turn.get('content') === '') turn.delete('content');
  const content = standAlone.some((field) => turn.has(field)) ? null : '';
  return { role: 'assistant', content, ...Object.fromEntries(turn) };
}

/** What the API takes without content. */
const standAlone = ['tool_calls', 'function_call', 'refusal', 'audio', 'images'];

function fragmentOf(part: MessagePart): JsonObject {
  const native = isObject(part.native) ? part.native : unendedFragment(part);
  const calls = native['tool_calls'];
  if (part.type !== 'tool-call' || !Array.isArray(calls)) return native;
  return { ...native, tool_calls: calls.map((call) => (isObject(call) ? { ...call, id: part.callId } : call)) };
}

/** A block of an aborted answer. The API rejects a call that was cut. */
function unendedFragment(part: MessagePart): JsonObject {
  if (part.type === 'text') return { content: part.text };
  return part.type === 'refusal' ? { refusal: part.text } : {};
}

function merge(earlier: JsonValue | undefined, later: JsonValue): JsonValue {
  if (typeof earlier === 'string' && typeof later === 'string') return earlier + later;
  if (Array.isArray(earlier) || (Array.isArray(later) && earlier !== undefined)) return [...asParts(earlier), ...asParts(later)];
  return isObject(earlier) && isObject(later) ? { ...earlier, ...later } : later;
}

/** Content comes as text or as a list of parts, and in rare streams as both. */
function asParts(value: JsonValue): readonly JsonValue[] {
  if (Array.isArray(value)) return value;
  return value === '' ? [] : [{ type: 'text', text: value }];
}

/**
 * The native form of a block: a fragment of the assistant message, in the fields that the server used. The fragments of all blocks, merged,
 * are the message that goes back on the next turn.
 */
export function nativeFragment(block: ChatBlock): JsonObject {
  switch (block.kind) {
    case 'text':
      return textFragment(block);
    case 'reasoning':
      return reasoningFragment(block);
    case 'refusal':
      return { refusal: wholeText(block.text) };
    case 'tool_call':
      return { tool_calls: [nativeCall(block)] };
    case 'function_call':
      return { function_call: nativeFunction(block) };
    case 'audio':
      return block.id === undefined ? {} : { audio: { id: block.id } };
    case 'image':
    case 'other':
      return block.native;
  }
}

function textFragment({ text, parts, annotations, extraContent }: TextBlock): JsonObject {
  const list = parts && [...parts, ...(text.length === 0 ? [] : [{ type: 'text', text: wholeText(text) }])];
  return {
    ...(list ? { content: list } : text.length > 0 && { content: wholeText(text) }),
    ...(annotations && { annotations }),
    ...(extraContent !== undefined && { extra_content: extraContent }),
  };
}

function reasoningFragment({ texts, details, opaque }: ReasoningBlock): JsonObject {
  return {
    ...Object.fromEntries([...texts].map(([field, text]) => [field, wholeText(text)])),
    ...(details && Object.fromEntries(details)),
    ...(opaque && Object.fromEntries(opaque)),
  };
}

function nativeCall(call: CallBlock): JsonValue {
  const { id, format, name, argumentsText, extras, functionExtras } = call;
  return {
    ...(id !== undefined && { id }),
    ...(format === 'text'
      ? { type: 'custom', custom: { name, input: wholeText(argumentsText), ...Object.fromEntries(functionExtras) } }
      : { type: 'function', function: nativeFunction(call) }),
    ...Object.fromEntries(extras),
  };
}

function nativeFunction({ name, argumentsText, functionExtras }: CallBlock): JsonObject {
  return { name, arguments: wholeText(argumentsText), ...Object.fromEntries(functionExtras) };
}
