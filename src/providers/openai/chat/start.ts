import { isObject, nonEmptyText, objectOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import type { ChatState } from './state.js';
import { usageIn } from './usage.js';

/** Waits for an id or for content: Azure first sends a chunk that has neither. */
export function startResponse(state: ChatState, payload: JsonObject, emit: Emit): boolean {
  const id = nonEmptyText(payload['id']);
  if (id === undefined && !saysSomething(payload)) return false;
  state.id = id;
  state.model = nonEmptyText(payload['model']);
  state.started = true;
  emit({ type: 'start', id, model: state.model, provider: 'openai' });
  return true;
}

function saysSomething(payload: JsonObject): boolean {
  const { choices } = payload;
  if (!Array.isArray(choices)) return isUnknown(payload) || usageIn(payload) !== undefined;
  return usageIn(payload) !== undefined || choices.some((choice) => hasContent(objectOf(choice)));
}

/** Whether any field but the role says something. */
function hasContent({ delta, message, text, finish_reason: finishReason }: JsonObject): boolean {
  const { role: _, ...content } = isObject(delta) ? delta : objectOf(message);
  const isSaid = (value: JsonValue | undefined): boolean => value !== undefined && value !== null && value !== '';
  return isSaid(text) || isSaid(finishReason) || Object.values(content).some(isSaid);
}

const knownObjects: ReadonlySet<string> = new Set(['chat.completion.chunk', 'chat.completion', 'text_completion']);

/** Whether a payload is none of the objects that we know. */
export function isUnknown(payload: JsonObject): boolean {
  const object = nonEmptyText(payload['object']);
  return object === undefined ? usageIn(payload) === undefined : !knownObjects.has(object);
}
