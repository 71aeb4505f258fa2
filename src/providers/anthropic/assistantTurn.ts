import { isObject, objectOf, textOf } from '../../codecs/json/jsonFields.js';
import type { JsonObject, JsonValue, MessagePart, PartialMessage } from '../../events.js';

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

/**
 * Converts an answer to the next turn's input, losslessly: the provider's own content blocks in order, with their signatures, citations, server
 * tools and results. Calls have the ids of their events, so that tool results can refer to them.
 *
 * Empty text is omitted, because the API refuses it; a message without any content becomes the text "(no content)". Of an aborted message, the text of an unfinished block is kept; unfinished thinking and calls are not, because the API rejects them.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 * @example messages.push(assistantTurn(message), { role: 'user', content: toolResults })
 */
export function assistantTurn({ parts }: Pick<PartialMessage, 'parts'>): AssistantTurn {
  const blocks = parts.flatMap(toBlocks);
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

function toBlocks(part: MessagePart): readonly unknown[] {
  const { native } = part;
  if (isObject(native)) return isRefused(native) ? [] : [withCallId(part, native)];
  if (native !== undefined) return [native];
  return part.type === 'text' && part.text !== '' ? [{ type: 'text', text: part.text }] : [];
}

/** The API refuses empty text, empty thinking without a signature, and a block without a type. */
function isRefused({ type, text, thinking, signature }: JsonObject): boolean {
  if (type === 'text') return textOf(text) === '';
  if (type === 'thinking') return textOf(thinking) === '' && textOf(signature) === '';
  return type === undefined;
}

/** The native form with the callId of its events, which differs from the provider's id where that is missing, repeated or too long. */
function withCallId(part: MessagePart, native: JsonObject): JsonObject {
  if (part.type === 'tool-call') return { ...native, id: part.callId };
  const isResult = part.type === 'tool-result' && textOf(native['tool_use_id']) !== '';
  return isResult ? { ...native, tool_use_id: part.callId } : native;
}
