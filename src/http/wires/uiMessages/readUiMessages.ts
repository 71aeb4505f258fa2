import type { Turn } from '../../../events.js';
import { isRecord } from '../fields/readers.js';
import { assistantTurns } from './assistantParts.js';
import { type Body, fieldOf, listOf, rejected, textOf } from './bodyFields.js';
import { userTurn } from './userParts.js';

/**
 * Reads the request of the AI SDK's front ends (`useChat`, `AbstractChat`): the conversation as turns, of which `chatMessages`,
 * `responsesInput` and `messagesParams` make the input of a provider.
 *
 * An answer that {@link uiMessages} wrote comes back with its native forms: reasoning with signatures and encrypted forms, the provider's own
 * tools and their results, the argument text as sent. On its own API the input is the one that `assistantTurn` makes. Of the answers of an AI SDK
 * server, reasoning of Anthropic and OpenAI has its signature or encrypted form.
 *
 * Each step is a turn, and the results of its calls are the turn after it. A denied call, and one with arguments that are not JSON, is answered with
 * the error that the client shows; progress is no result. Messages that steered a run (version 7) are turns of the user. Omitted are sources,
 * `data-*` parts of others, and parts that this version does not know.
 *
 * The client is not trusted: the body is checked, but the answers and results in it may be inventions of the client. System messages are
 * turns, too; omit them if the client must not write them.
 *
 * @param body The parsed body, or its list of messages.
 * @throws TypeError with the path of what is wrong.
 * @example const { messages } = await request.json(); fromMessages(client, { model, max_tokens, ...messagesParams(readUiMessages(messages)) })
 */
export function readUiMessages(body: unknown): Turn[] {
  const root: Body = { value: body, path: 'body' };
  const messages = Array.isArray(body) ? root : fieldOf(root, 'messages');
  return listOf(messages).flatMap(toTurns);
}

function toTurns(message: Body): readonly Turn[] {
  if (!isRecord(message.value)) throw rejected(message, 'an object');
  const role = fieldOf(message, 'role');
  const parts = listOf(fieldOf(message, 'parts')).map(checkPart);
  switch (textOf(role)) {
    case 'assistant':
      return assistantTurns(parts);
    case 'user':
      return [userTurn('user', parts)];
    case 'system':
      return [userTurn('system', parts)];
    default:
      throw rejected(role, '"system", "user" or "assistant"');
  }
}

function checkPart(part: Body): Body {
  textOf(fieldOf(part, 'type'));
  return part;
}
