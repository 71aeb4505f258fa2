import type { OpenAI } from 'openai';
import { isObject } from '../../../codecs/json/jsonFields.js';
import type { JsonObject, JsonValue, Message, MessagePart } from '../../../events.js';

/**
 * The assistant's turn as it goes into the next chat request: the native fragments of all parts, merged.
 *
 * Calls have the ids that their events had, so that the answers to them find them.
 */
export function chatTurn(message: Message): OpenAI.ChatCompletionAssistantMessageParam {
  const turn = new Map<string, JsonValue>();
  for (const part of message.parts) {
    for (const [field, value] of Object.entries(fragmentOf(part))) {
      if (value !== undefined) turn.set(field, merge(turn.get(field), value));
    }
  }
  const content = turn.size === 0 ? '' : null;
  return { role: 'assistant', content, ...Object.fromEntries(turn) };
}

function fragmentOf(part: MessagePart): JsonObject {
  const native = isObject(part.native) ? part.native : unendedFragment(part);
  const calls = native['tool_calls'];
  if (part.type !== 'tool-call' || !Array.isArray(calls)) return native;
  return { ...native, tool_calls: calls.map((call) => (isObject(call) ? { ...call, id: part.callId } : call)) };
}

/** What an answer that was broken off had said; a call that was cut cannot go back. */
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
