import { listOf, objectOf, textOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject, TurnPart } from '../../../events.js';
import { shortCallId } from '../../../message/callIds.js';
import { type CallNames, createCallNames } from '../../../message/callNames.js';
import { type CallPart, isPlainCall, nativeOf, textOfPart } from '../../../message/turnContent.js';

export function responsesCallNames(): CallNames {
  return createCallNames('responses', shortCallId);
}

/**
 * The assistant's turn as items of the next request's input: the provider's own items, in order. The ids of calls are those of their events,
 * so that tool outputs can refer to them.
 *
 * Of an aborted message, the text of an unfinished item is kept; unfinished reasoning and calls are not, because the API rejects them.
 */
export function responsesTurn(
  { parts }: { readonly parts: readonly TurnPart[] },
  names: CallNames = responsesCallNames(),
): object[] {
  const items: object[] = [];
  /** The rest of the text of the item that ended last: its native form is on the first of its parts. */
  let rest = '';
  // An answer of this API has the transcript of its audio in no item.
  const isOwn = parts.some((part) => nativeOf(part, 'responses'));
  for (const part of parts) {
    const native = nativeOf(part, 'responses');
    const text = isOwn && part.type === 'file' ? '' : textOfPart(part);
    if (part.type === 'tool-call') {
      const id = names.call(part);
      if (native) items.push(withCallId(part, native, id));
      else if (isPlainCall(part)) items.push(plainCall(part, id));
      rest = '';
    } else if (native) {
      items.push(part.type === 'tool-result' ? withCallId(part, native, names.result(part.callId)) : native);
      rest = restOf(textsOf(native), text);
    } else if (text !== '' && rest.startsWith(text)) rest = rest.slice(text.length);
    else if (text !== '') {
      const isCommentary = part.type === 'text' && part.phase === 'commentary';
      items.push({ role: 'assistant', content: text, ...(isCommentary && { phase: part.phase }) });
    }
  }
  return items;
}

function plainCall({ name, argumentsText, format }: CallPart, call_id: string): object {
  if (format === 'text') return { type: 'custom_tool_call', call_id, name, input: argumentsText };
  return { type: 'function_call', call_id, name, arguments: argumentsText.trim() === '' ? '{}' : argumentsText };
}

function restOf(whole: string, text: string): string {
  return whole.startsWith(text) ? whole.slice(text.length) : '';
}

function textsOf(native: JsonObject): string {
  return listOf(native['content'])
    .map(objectOf)
    .map(({ text, refusal }) => textOf(text) || textOf(refusal))
    .join('');
}

/** The native form with the id of its call, which differs from the provider's where that is missing or repeated. */
function withCallId(part: TurnPart, native: JsonObject, call_id: string): JsonObject {
  const isClients = part.type === 'tool-call' && part.executor === 'client';
  return isClients || textOf(native['call_id']) !== '' ? { ...native, call_id } : native;
}
