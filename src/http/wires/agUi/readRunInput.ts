import type { Turn, TurnPart } from '../../../events.js';
import { readAnswer } from './answerTurns.js';
import { checkRunInput } from './checkRunInput.js';
import { contentPart } from './contents.js';
import type { RunInput, RunMessage } from './runInput.js';

/**
 * Reads the body of an AG-UI request, of any version and of TanStack's client, as turns. `chatMessages` and `responsesInput` (`rxllm/openai`) and
 * `messagesParams` (`rxllm/anthropic`) make the input of a request from them, and {@link agUi} takes the same body as its `input`: a server needs
 * nothing else, and finds tools, context and state in the body.
 *
 * What {@link agUi} wrote comes back as the provider sent it: texts, refusals and reasoning with their signatures, calls and results in their
 * rounds and in their order. Without its notes, what follows the result of a tool is another round.
 *
 * An answer to an interrupt (`resume`) is an approval in the turn with its call: `cancelled` is a refusal, and `resolved` what its payload has, which is
 * `approved: true` or `false`, or one of the two itself. Any other payload is no decision: the call goes on waiting.
 *
 * A client can send any turn, also one of the system: remove those where it must not.
 *
 * @param body The body after `JSON.parse`.
 * @throws TypeError with the path of what is wrong, for instance `readRunInput: body.messages[2].toolCalls[0].id must be text`.
 * @example toResponse(fromMessages(client, { model, max_tokens, ...messagesParams(readRunInput(body)) }), { wire: agUi({ input: body }) })
 */
export function readRunInput(body: unknown): readonly Turn[] {
  checkRunInput(body, 'readRunInput: body');
  const turns: Turn[] = [];
  let answer: RunMessage[] = [];
  for (const message of body.messages) {
    if (isAnswer(message)) answer.push(message);
    else if (message.role !== 'activity') {
      turns.push(...readAnswer(answer), { role: message.role === 'user' ? 'user' : 'system', parts: shownParts(message) });
      answer = [];
    }
  }
  turns.push(...readAnswer(answer));
  return withDecisions(turns, body);
}

function isAnswer({ role }: RunMessage): boolean {
  return role === 'assistant' || role === 'reasoning' || role === 'tool';
}

function shownParts({ content }: RunMessage): readonly TurnPart[] {
  if (Array.isArray(content)) return content.flatMap(contentPart);
  return [{ type: 'text', text: typeof content === 'string' ? content : '' }];
}

/** The answers to interrupts are decisions on calls: each is a part of the turn with the call, or of the last one. */
function withDecisions(turns: Turn[], { resume }: RunInput): readonly Turn[] {
  for (const { interruptId, status, payload } of resume ?? []) {
    const approved = status === 'cancelled' ? false : decisionOf(payload);
    const hasCall = (part: TurnPart): boolean => part.type === 'tool-call' && part.callId === interruptId;
    const found = turns.findLastIndex(({ parts }) => parts.some(hasCall));
    const at = found < 0 ? turns.length - 1 : found;
    const turn = turns[at];
    const part: TurnPart = { type: 'approval', callId: interruptId, approved };
    // TanStack's client sends the same decision twice.
    const isOther = (other: TurnPart): boolean => other.type !== 'approval' || other.callId !== interruptId;
    if (turn) turns[at] = { ...turn, parts: [...turn.parts.filter(isOther), part] };
    else turns.push({ role: 'assistant', parts: [part] });
  }
  return turns;
}

/** Only a clear answer is a decision: without it the call goes on waiting. */
function decisionOf(payload: unknown): boolean | undefined {
  const { approved = payload } = Object(payload) as { readonly approved?: unknown };
  return typeof approved === 'boolean' ? approved : undefined;
}
