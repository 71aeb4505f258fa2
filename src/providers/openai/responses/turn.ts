import type { OpenAI } from 'openai';
import { isObject, listOf, textOf } from '../../../codecs/json/jsonFields.js';
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
): OpenAI.Responses.ResponseInputItem[] {
  // The provider's own items, which its type for input accepts.
  return parts.flatMap((part, index) => toItems(part, index, parts, names)) as OpenAI.Responses.ResponseInputItem[];
}

function toItems(part: TurnPart, index: number, parts: readonly TurnPart[], names: CallNames): readonly unknown[] {
  const native = nativeOf(part, 'responses');
  if (part.type === 'tool-call') {
    const id = names.call(part);
    if (native) return [textOf(native['call_id']) === '' ? native : { ...native, call_id: id }];
    return isPlainCall(part) ? [plainCall(part, id)] : [];
  }
  if (native) return [withCallId(part, native, names)];
  const text = textOfPart(part);
  if (text === '' || isPartOf(text, parts.slice(0, index))) return [];
  const isCommentary = part.type === 'text' && part.phase === 'commentary';
  const item: OpenAI.Responses.EasyInputMessage = { role: 'assistant', content: text };
  return [isCommentary ? { ...item, phase: part.phase } : item];
}

function plainCall(
  { name, argumentsText, format }: CallPart,
  call_id: string,
): OpenAI.Responses.ResponseFunctionToolCall | OpenAI.Responses.ResponseCustomToolCall {
  if (format === 'text') return { type: 'custom_tool_call', call_id, name, input: argumentsText };
  return { type: 'function_call', call_id, name, arguments: argumentsText.trim() === '' ? '{}' : argumentsText };
}

/** The native form of a result with the id of its call, which differs from the provider's where that is repeated. */
function withCallId(part: TurnPart, native: JsonObject, names: CallNames): JsonObject {
  const hasCallId = part.type === 'tool-result' && textOf(native['call_id']) !== '';
  return hasCallId ? { ...native, call_id: names.result(part.callId) } : native;
}

/** Whether a text belongs to the item that ended last: the native form of an item with several texts is on the first of them. */
function isPartOf(text: string, earlier: readonly TurnPart[]): boolean {
  const last = earlier.findLast((part) => nativeOf(part, 'responses'));
  const native = last && nativeOf(last, 'responses');
  return listOf(native?.['content']).some((content) => isObject(content) && content['text'] === text);
}
