import { isObject } from '../../../codecs/json/jsonFields.js';
import { wholeText } from '../../../codecs/text/growingText.js';
import type { JsonObject, JsonValue, TurnPart } from '../../../events.js';
import { shortCallId } from '../../../message/callIds.js';
import { type CallNames, createCallNames } from '../../../message/callNames.js';
import { type CallPart, isPlainCall, nativeOf, textOfPart } from '../../../message/turnContent.js';
import type { CallBlock, ChatBlock, ReasoningBlock, TextBlock } from './blocks.js';

/** The assistant's message of a chat completion, as `messages` takes it. Its native fields, such as reasoning, are there too. */
export interface AssistantMessage {
  role: 'assistant';
  content: string | ({ type: 'text'; text: string } | { type: 'refusal'; refusal: string })[] | null;
  refusal?: string | null;
  tool_calls?: { id: string; type: 'function'; function: { name: string; arguments: string } }[];
}

export function chatCallNames(): CallNames {
  return createCallNames('chat', shortCallId);
}

/**
 * The assistant's turn for the next chat request: the fragments of all parts, merged. The ids of calls are those of their events, so that tool
 * messages can refer to them. Without text, the content is `null` beside calls, and else the empty text, which the API requires then.
 */
export function chatTurn(
  { parts }: { readonly parts: readonly TurnPart[] },
  names: CallNames = chatCallNames(),
): AssistantMessage {
  const turn = new Map<string, JsonValue>();
  for (const part of parts) {
    for (const [field, value] of Object.entries(fragmentOf(part, names))) {
      if (value !== undefined) turn.set(field, merge(turn.get(field), value));
    }
  }
  if (turn.get('content') === '') turn.delete('content');
  const content = standAlone.some((field) => turn.has(field)) ? null : '';
  return { role: 'assistant', content, ...Object.fromEntries(turn) };
}

/** What the API takes without content. */
const standAlone = ['tool_calls', 'function_call', 'refusal', 'audio', 'images'];

function fragmentOf(part: TurnPart, names: CallNames): JsonObject {
  const native = nativeOf(part, 'chat');
  if (part.type !== 'tool-call') return native ?? plainFragment(part);
  const id = names.call(part);
  if (!native) return isPlainCall(part) ? { tool_calls: [plainCall(part, id)] } : {};
  const calls = native['tool_calls'];
  if (!Array.isArray(calls)) return native;
  return { ...native, tool_calls: calls.map((call) => (isObject(call) ? { ...call, id } : call)) };
}

/** A block of an aborted answer, or of another API. */
function plainFragment(part: TurnPart): JsonObject {
  const text = textOfPart(part);
  if (text === '') return {};
  return part.type === 'refusal' ? { refusal: text } : { content: text };
}

function plainCall({ name, argumentsText, format }: CallPart, id: string): JsonValue {
  if (format === 'text') return { id, type: 'custom', custom: { name, input: argumentsText } };
  return { id, type: 'function', function: { name, arguments: argumentsText.trim() === '' ? '{}' : argumentsText } };
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
