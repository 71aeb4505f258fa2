import type { PartialMessage } from '../../events.js';
import { type AssistantTurn, messagesTurn } from './turn.js';

export type { AssistantBlock, AssistantTurn } from './turn.js';

/**
 * Converts an answer to the next turn's input, losslessly: the provider's own content blocks in order, with their signatures, citations, server
 * tools and results. Calls have the ids of their events, so that tool results can refer to them.
 *
 * Empty text is left out, because the API refuses it; a message without any content becomes the text "(no content)". Of an aborted message, the text of an unfinished block is kept; unfinished thinking and calls are not, because the API rejects them.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 * @example messages.push(assistantTurn(message), { role: 'user', content: toolResults })
 */
export function assistantTurn(message: Pick<PartialMessage, 'parts'>): AssistantTurn {
  return messagesTurn(message);
}
