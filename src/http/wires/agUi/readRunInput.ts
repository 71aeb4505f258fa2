import type { Turn, TurnPart } from '../../../events.js';
import { readAnswer } from './answerTurns.js';
import { checkRunInput } from './checkRunInput.js';
import { contentPart } from './contents.js';
import type { RunInput, RunMessage } from './runInput.js';

/** docs */
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
    if (turn) turns[at] = { ...turn, parts: [...turn.parts, part] };
    else turns.push({ role: 'assistant', parts: [part] });
  }
  return turns;
}

/** Only a clear answer is a decision: without it the call goes on waiting. */
function decisionOf(payload: unknown): boolean | undefined {
  const { approved = payload } = Object(payload) as { readonly approved?: unknown };
  return typeof approved === 'boolean' ? approved : undefined;
}
