import { isObject, nonEmptyText, objectOf } from '../../../codecs/json/jsonFields.js';
import { wholeText } from '../../../codecs/text/growingText.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import type { ChatChoice, ChatState } from './state.js';
import { usageIn } from './usage.js';

export const provider = 'openai';

/** Emits `start` and returns true at the first payload with an id or with content: the first chunk of Azure has neither. */
export function startResponse(state: ChatState, payload: JsonObject, emit: Emit): boolean {
  const id = nonEmptyText(payload['id']);
  if (id === undefined && !hasContent(payload)) return false;
  state.id = id;
  state.model = nonEmptyText(payload['model']);
  state.started = true;
  emit({ type: 'start', id, model: state.model, provider });
  return true;
}

/**
 * The part of a whole message that the deltas before it lack: all of it if there were none, else the end of its text. If it contradicts the
 * deltas, they stand.
 */
export function missingContent(choice: ChatChoice, message: JsonObject): JsonObject {
  if (choice.blocks.length === 0) return message;
  const { content } = message;
  const text = choice.blocks.map((block) => (block.kind === 'text' ? wholeText(block.text) : '')).join('');
  const isExtended = typeof content === 'string' && content.startsWith(text);
  return isExtended ? { content: content.slice(text.length) } : {};
}

const knownObjects: ReadonlySet<string> = new Set(['chat.completion.chunk', 'chat.completion', 'text_completion']);

/** Whether a payload is an object of unknown type. */
export function isUnknown(payload: JsonObject): boolean {
  const object = nonEmptyText(payload['object']);
  return object === undefined ? usageIn(payload) === undefined : !knownObjects.has(object);
}

function hasContent(payload: JsonObject): boolean {
  const { choices } = payload;
  if (!Array.isArray(choices)) return isUnknown(payload) || usageIn(payload) !== undefined;
  return usageIn(payload) !== undefined || choices.some((choice) => isChoiceWithContent(objectOf(choice)));
}

/** Whether any field but the role has a value. */
function isChoiceWithContent({ delta, message, text, finish_reason: finishReason }: JsonObject): boolean {
  const { role: _, ...content } = isObject(delta) ? delta : objectOf(message);
  const hasValue = (value: JsonValue | undefined): boolean => value !== undefined && value !== null && value !== '';
  return hasValue(text) || hasValue(finishReason) || Object.values(content).some(hasValue);
}
