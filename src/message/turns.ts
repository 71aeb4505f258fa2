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
  return [...rounds.values()].flatMap(({ said, replies }): readonly Turn[] => {
    // Without an answer there are only decisions on the calls of an earlier one, and their results.
    if (said.every(({ type }) => type === 'approval')) return [{ role: 'tool', parts: [...said, ...replies] }];
    const answer: Turn = { role: 'assistant', parts: said };
    return replies.length === 0 ? [answer] : [answer, { role: 'tool', parts: inCallOrder(replies, said) }];
  });
}

/** A result is late if its call waited for a decision; what is no result of these calls is last. */
function inCallOrder(replies: readonly MessagePart[], said: readonly MessagePart[]): readonly MessagePart[] {
  const places = new Map(said.map((part, place) => [part.type === 'tool-call' ? part.callId : undefined, place]));
  const placeOf = (part: MessagePart): number =>
    (part.type === 'tool-result' ? places.get(part.callId) : undefined) ?? said.length;
  return [...replies].sort((a, b) => placeOf(a) - placeOf(b));
}
