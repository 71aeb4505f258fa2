import type { OpenAI } from 'openai';
import { isObject, listOf, textOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject, MessagePart, PartialMessage } from '../../../events.js';

/**
 * The assistant's turn as items of the next request's input: the provider's own items, in order. Calls have the ids of their events, so that
 * tool outputs can refer to them.
 *
 * Of an aborted message, the text of an unfinished item is kept; unfinished reasoning and calls are not, because the API rejects them.
 */
export function responsesTurn({ parts }: Pick<PartialMessage, 'parts'>): OpenAI.Responses.ResponseInputItem[] {
  // The provider's own items, which its type for input accepts.
  return parts.flatMap(toItems) as OpenAI.Responses.ResponseInputItem[];
}

function toItems(part: MessagePart, index: number, parts: readonly MessagePart[]): readonly unknown[] {
  if (isObject(part.native)) return [withCallId(part, part.native)];
  if (part.type !== 'text' || part.text === '' || isPartOf(part.text, parts.slice(0, index))) return [];
  return [{ role: 'assistant', content: part.text, ...(part.phase === 'commentary' && { phase: part.phase }) }];
}

/** The native form with the callId of its events, which differs from the provider's id where that is repeated or too long. */
function withCallId(part: MessagePart, native: JsonObject): JsonObject {
  const hasCallId = (part.type === 'tool-call' || part.type === 'tool-result') && textOf(native['call_id']) !== '';
  return hasCallId ? { ...native, call_id: part.callId } : native;
}

/** Whether a text belongs to the item that ended last: the native form of an item with several texts is on the first of them. */
function isPartOf(text: string, earlier: readonly MessagePart[]): boolean {
  const native = earlier.findLast((part) => part.native !== undefined)?.native;
  return isObject(native) && listOf(native['content']).some((content) => isObject(content) && content['text'] === text);
}
