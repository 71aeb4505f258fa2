import { isObject, nonEmptyText, objectOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject, JsonValue, RawEvent } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import type { ChatState } from './state.js';
import { usageIn } from './usage.js';

export const provider = 'openai';

const mostEarly = 32;

/**
 * Emits `start` and returns true at the first payload with an id or with content: the first chunk of Azure has neither.
 *
 * @param failing Whether the payload reports an error: then only its content or its usage begins the response.
 */
export function startResponse(state: ChatState, payload: JsonObject, name: string, failing: boolean, emit: Emit): boolean {
  const id = nonEmptyText(payload['id']);
  if ((failing || id === undefined) && !hasContent(payload)) {
    if (!failing && isUnknown(payload)) holdEarly(state, payload, name);
    return false;
  }
  state.id = id;
  state.model = nonEmptyText(payload['model']);
  state.started = true;
  emit({ type: 'start', id, model: state.model, provider });
  state.early?.forEach(emit);
  state.early = undefined;
  return true;
}

function holdEarly(state: ChatState, payload: JsonObject, name: string): void {
  state.early ??= [];
  if (state.early.length < mostEarly) state.early.push(rawEvent(payload, name));
}

/** The event of a payload of unknown type. */
export function rawEvent(payload: JsonObject, name: string): RawEvent {
  return { type: 'raw', provider, name: nonEmptyText(payload['object']) ?? (name || 'unknown'), data: payload };
}

const knownObjects: ReadonlySet<string> = new Set(['chat.completion.chunk', 'chat.completion', 'text_completion']);

/** Whether a payload is an object of unknown type. */
export function isUnknown(payload: JsonObject): boolean {
  if (Array.isArray(payload['choices'])) return false;
  const object = nonEmptyText(payload['object']);
  return object === undefined ? usageIn(payload) === undefined : !knownObjects.has(object);
}

function hasContent(payload: JsonObject): boolean {
  const { choices } = payload;
  if (usageIn(payload) !== undefined) return true;
  return Array.isArray(choices) && choices.some((choice) => isChoiceWithContent(objectOf(choice)));
}

/** Whether any field but the role has a value. */
function isChoiceWithContent({ delta, message, text, finish_reason: finishReason }: JsonObject): boolean {
  const content = isObject(delta) ? delta : objectOf(message);
  return hasValue(text) || hasValue(finishReason) || (typeof delta === 'string' && delta !== '') || saysAnything(content);
}

/** Whether a delta has any field with a value but the role. */
export function saysAnything(delta: JsonObject): boolean {
  for (const field in delta) if (field !== 'role' && hasValue(delta[field])) return true;
  return false;
}

function hasValue(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}
