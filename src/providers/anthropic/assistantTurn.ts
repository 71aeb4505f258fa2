import type { BetaContentBlockParam } from '@anthropic-ai/sdk/resources/beta/messages';
import type { ContentBlockParam } from '@anthropic-ai/sdk/resources/messages';
import type { MessagePart, PartialMessage } from '../../events.js';

/** What an assistant said, as an element of `params.messages`, for the messages resource and for its beta. */
export interface AssistantTurn {
  readonly role: 'assistant';
  content: Array<ContentBlockParam & BetaContentBlockParam>;
}

/**
 * Gives an answer back as the next turn's input, losslessly: the provider's own content blocks in order, with their signatures, citations,
 * server tools and their results.
 *
 * Of a message that was aborted, the text of an unfinished block goes back, and unfinished thinking or calls do not: the API refuses them.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 * @example messages.push(assistantTurn(message), { role: 'user', content: toolResults })
 */
export function assistantTurn({ parts }: Pick<PartialMessage, 'parts'>): AssistantTurn {
  // The provider's own blocks, which its type for input takes back.
  return { role: 'assistant', content: parts.flatMap(toBlocks) as AssistantTurn['content'] };
}

function toBlocks(part: MessagePart): readonly unknown[] {
  if (part.native !== undefined) return [part.native];
  return part.type === 'text' && part.text !== '' ? [{ type: 'text', text: part.text }] : [];
}
