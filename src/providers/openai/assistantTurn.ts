import type { Message } from '../../events.js';
import { type AssistantMessage, chatTurn } from './chat/turn.js';
import { responsesTurn } from './responses/turn.js';

export type { AssistantMessage } from './chat/turn.js';

/**
 * Converts an answer to the next turn's input, losslessly, in the form of its API: one message for a chat completion, and for a response the
 * list of its output items, with their ids, encrypted reasoning, phases and fingerprints.
 *
 * @example messages: [...messages, assistantTurn(message), ...toolMessages]
 * @example input: [...input, ...assistantTurn<ResponseInputItem[]>(message), ...toolOutputs]
 * @see https://platform.openai.com/docs/guides/conversation-state
 */
export function assistantTurn(message: Message): AssistantMessage;
export function assistantTurn<Turn extends object[]>(message: Message): Turn;
export function assistantTurn(message: Message): AssistantMessage | object[] {
  return isResponse(message) ? responsesTurn(message) : chatTurn(message);
}

/** The native forms decide. Without one, or with that of another provider, the id of the message does. */
function isResponse({ id, parts }: Message): boolean {
  const format = parts.find((part) => part.nativeFormat !== undefined)?.nativeFormat;
  return format === 'responses' || (format === undefined && (id?.startsWith('resp') ?? false));
}
