import type { OpenAI } from 'openai';
import { isObject, listOf, objectOf, textOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject, MessagePart, PartialMessage } from '../../../events.js';

/**
 * The assistant's turn as items of the next request's input: the provider's own items, in order. Calls have the ids of their events, so that
 * tool outputs can refer to them.
 *
 * Of an aborted message, the text of an unfinished item is kept; unfinished reasoning and calls are not, because the API rejects them.
 */
export function responsesTurn({ parts }: Pick<PartialMessage, 'parts'>): OpenAI.Responses.ResponseInputItem[] {
  // The provider's own items, which its type for input accepts.
  return toItems(parts) as OpenAI.Responses.ResponseInputItem[];
}

function toItems(parts: readonly MessagePart[]): readonly unknown[] {
  const items: unknown[] = [];
  /** The rest of the text of the item that ended last: its native form is on the first of its parts. */
  let rest = '';
  for (const part of parts) {
    const text = part.type === 'text' ? part.text : '';
    if (isObject(part.native)) {
      items.push(withCallId(part, part.native));
      rest = restOf(textsOf(part.native), text);
    } else if (text !== '' && rest.startsWith(text)) rest = rest.slice(text.length);
    else if (part.type === 'text' && text !== '') {
      items.push({ role: 'assistant', content: text, ...(part.phase === 'commentary' && { phase: part.phase }) });
    }
  }
  return items;
}

function restOf(whole: string, text: string): string {
  return whole.startsWith(text) ? whole.slice(text.length) : '';
}

function textsOf(native: JsonObject): string {
  return listOf(native['content'])
    .map((content) => textOf(objectOf(content)['text']))
    .join('');
}

/** The native form with the callId of its events, which differs from the provider's id where that is missing or repeated. */
function withCallId(part: MessagePart, native: JsonObject): JsonObject {
  if (part.type !== 'tool-call' && part.type !== 'tool-result') return native;
  const isClients = part.type === 'tool-call' && part.executor === 'client';
  return isClients || textOf(native['call_id']) !== '' ? { ...native, call_id: part.callId } : native;
}
