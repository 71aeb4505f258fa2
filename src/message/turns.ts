import type { MessagePart, PartialMessage, Turn } from '../events.js';

/**
 * Splits a message into turns: one of the assistant for each round of a tool loop, and one with the results of its calls between two rounds. A
 * message of one round is one turn. Results of tools that the provider ran stay in the assistant's turn.
 *
 * `chatMessages` and `responsesInput` (`rxllm/openai`) and `messagesParams` (`rxllm/anthropic`) make the input of a request from turns.
 *
 * @example const turns: Turn[] = [...history, ...messageTurns(message), { role: 'user', parts: [{ type: 'text', text: 'And tomorrow?' }] }]
 */
export function messageTurns({ parts }: Pick<PartialMessage, 'parts'>): readonly Turn[] {
  const provided = new Set(
    parts.flatMap((part) => (part.type === 'tool-call' && part.executor === 'provider' ? [part.callId] : [])),
  );
  const isReply = (part: MessagePart): boolean =>
    part.type === 'tool-result' && part.native === undefined && !provided.has(part.callId);
  const rounds = new Map<number, { readonly said: MessagePart[]; readonly replies: MessagePart[] }>();
  for (const part of parts) {
    const round = rounds.get(part.step) ?? { said: [], replies: [] };
    rounds.set(part.step, round);
    (isReply(part) ? round.replies : round.said).push(part);
  }
  if (rounds.size === 0) return [{ role: 'assistant', parts: [] }];
  return [...rounds.values()].flatMap(({ said, replies }): readonly Turn[] => [
    { role: 'assistant', parts: said },
    ...(replies.length === 0 ? [] : [{ role: 'tool', parts: replies } as const]),
  ]);
}
