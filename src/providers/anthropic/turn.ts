import { isObject, objectOf, textOf } from '../../codecs/json/jsonFields.js';
import { tryParseJson } from '../../codecs/json/tryParseJson.js';
import type { JsonObject, JsonValue, TurnPart } from '../../events.js';
import { type CallNames, createCallNames } from '../../message/callNames.js';
import { type CallPart, isPlainCall, textOfPart } from '../../message/turnContent.js';

/** A block of the assistant's turn. Blocks of server tools and of later kinds are there too, as the provider sent them. */
export type AssistantBlock =
  | { type: 'text'; text: string }
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'redacted_thinking'; data: string }
  | { type: 'tool_use'; id: string; name: string; input: unknown };

/** The assistant's turn as an element of `params.messages`, for the messages resource and for its beta. */
export interface AssistantTurn {
  readonly role: 'assistant';
  content: AssistantBlock[];
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
  const blocks = parts.flatMap((part) => toBlocks(part, names));
  // The provider's own blocks, which its type for input accepts.
  const content = (blocks.every(isBlank) ? [noContent] : blocks) as AssistantTurn['content'];
  return { role: 'assistant', content };
}

/** The API refuses a message without content, and one of blank text. */
const noContent = { type: 'text', text: '(no content)' };

function isBlank(block: unknown): boolean {
  const { type, text } = objectOf(block as JsonValue);
  return type === 'text' && textOf(text).trim() === '';
}

function toBlocks(part: TurnPart, names: CallNames): readonly unknown[] {
  const native = 'native' in part && part.nativeFormat === 'messages' ? part.native : undefined;
  if (part.type === 'tool-call') {
    const id = names.call(part);
    if (native !== undefined) return [isObject(native) ? { ...native, id } : native];
    return isPlainCall(part) ? [plainCall(part, id)] : [];
  }
  if (isObject(native)) return isRefused(native) ? [] : [withCallId(part, native, names)];
  if (native !== undefined) return [native];
  const text = textOfPart(part);
  // The API rejects blank text.
  return text.trim() === '' ? [] : [{ type: 'text', text } satisfies AssistantBlock];
}

/** The API refuses empty text, empty thinking without a signature, and a block without a type. */
function isRefused({ type, text, thinking, signature }: JsonObject): boolean {
  if (type === 'text') return textOf(text) === '';
  if (type === 'thinking') return textOf(thinking) === '' && textOf(signature) === '';
  return type === undefined;
}

/** The API accepts only an object as input. */
function plainCall({ name, argumentsText, format }: CallPart, id: string): AssistantBlock {
  if (format === 'text') return { type: 'tool_use', id, name, input: { input: argumentsText } };
  const parsed = argumentsText.trim() === '' ? {} : tryParseJson(argumentsText);
  return { type: 'tool_use', id, name, input: isObject(parsed) ? parsed : { INVALID_JSON: argumentsText } };
}

/** The native form of a result with the id of its call, which differs from the provider's where that is missing or repeated. */
function withCallId(part: TurnPart, native: JsonObject, names: CallNames): JsonObject {
  const isResult = part.type === 'tool-result' && textOf(native['tool_use_id']) !== '';
  return isResult ? { ...native, tool_use_id: names.result(part.callId) } : native;
}
