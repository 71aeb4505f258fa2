import type { OpenAI } from 'openai';
import { isObject, listOf, textOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject, MessagePart, PartialMessage } from '../../../events.js';

/**
 * What an assistant said, as items of the next response's input: the provider's own items in order.
 *
 * Of a message that was aborted, the text of an unfinished item goes back; unfinished reasoning and calls do not, because the API
 * refuses them. Calls have the ids that their events had, so that the answers to them find them.
 */
export function responsesTurn({ parts }: Pick<PartialMessage, 'parts'>): OpenAI.Responses.ResponseInputItem[] {
  // The provider's own items, which its type for input takes back.
  return parts.flatMap(toItems) as OpenAI.Responses.ResponseInputItem[];
}

function toItems(part: MessagePart, index: number, parts: readonly MessagePart[]): readonly unknown[] {
  if (isObject(part.native)) return [withCallId(part, part.native)];
  if (part.type !== 'text' || part.text === '' || isPartOf(part.text, parts.slice(0, index))) return [];
  return [{ role: 'assistant', content: part.text, ...(part.phase === 'commentary' && { phase: part.phase }) }];
}

function withCallId(part: MessagePart, native: JsonObject): JsonObject {
  return part.type === 'tool-call' && textOf(native['call_id']) !== '' ? { ...native, call_id: part.callId } : native;
}

/** Whether a text belongs to the item that ended last: an item of several texts is the native form of its first. */
function isPartOf(text: string, earlier: readonly MessagePart[]): boolean {
  const native = earlier.findLast((part) => part.native !== undefined)?.native;
  return isObject(native) && listOf(native['content']).some((content) => isObject(content) && content['text'] === text);
}
