import type { BetaContentBlockParam } from '@anthropic-ai/sdk/resources/beta/messages';
import type { ContentBlockParam, TextBlockParam, ToolUseBlockParam } from '@anthropic-ai/sdk/resources/messages';
import { isObject, textOf } from '../../codecs/json/jsonFields.js';
import { tryParseJson } from '../../codecs/json/tryParseJson.js';
import type { JsonObject, TurnPart } from '../../events.js';
import { type CallNames, createCallNames } from '../../message/callNames.js';
import { type CallPart, isPlainCall, textOfPart } from '../../message/turnContent.js';

/** The assistant's turn as an element of `params.messages`, for the messages resource and for its beta. */
export interface AssistantTurn {
  readonly role: 'assistant';
  content: Array<ContentBlockParam & BetaContentBlockParam>;
}

/** Ids from elsewhere may have characters that the API rejects, for instance `functions.clock:0`. */
export function messagesCallNames(): CallNames {
  return createCallNames('messages', (callId) => callId.replace(/[^\w-]/g, '_'));
}

/** The blocks of a turn: the provider's own, in order, and what other APIs said in their place. */
export function messagesTurn(
  { parts }: { readonly parts: readonly TurnPart[] },
  names: CallNames = messagesCallNames(),
): AssistantTurn {
  // The provider's own blocks, which its type for input accepts.
  return { role: 'assistant', content: parts.flatMap((part) => toBlocks(part, names)) as AssistantTurn['content'] };
}

function toBlocks(part: TurnPart, names: CallNames): readonly unknown[] {
  const native = 'native' in part && part.nativeFormat === 'messages' ? part.native : undefined;
  if (part.type === 'tool-call') {
    const id = names.call(part);
    if (native !== undefined) return [isObject(native) ? { ...native, id } : native];
    return isPlainCall(part) ? [plainCall(part, id)] : [];
  }
  if (native !== undefined) return [isObject(native) ? withCallId(part, native, names) : native];
  const text = textOfPart(part);
  // The API rejects blank text.
  return text.trim() === '' ? [] : [{ type: 'text', text } satisfies TextBlockParam];
}

/** The API accepts only an object as input. */
function plainCall({ name, argumentsText, format }: CallPart, id: string): ToolUseBlockParam {
  if (format === 'text') return { type: 'tool_use', id, name, input: { input: argumentsText } };
  const parsed = argumentsText.trim() === '' ? {} : tryParseJson(argumentsText);
  return { type: 'tool_use', id, name, input: isObject(parsed) ? parsed : { INVALID_JSON: argumentsText } };
}

/** The native form of a result with the id of its call, which differs from the provider's where that is missing or repeated. */
function withCallId(part: TurnPart, native: JsonObject, names: CallNames): JsonObject {
  const isResult = part.type === 'tool-result' && textOf(native['tool_use_id']) !== '';
  return isResult ? { ...native, tool_use_id: names.result(part.callId) } : native;
}
