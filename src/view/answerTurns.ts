import type { TurnPart } from '../events.js';
import { messageTurns } from '../message/turns.js';
import type { AnswerSummary, CallDecision, ConversationTurn } from './conversationState.js';
import type { MessageState } from './messageState.js';

/** The turns of an answer that has ended, the last of them with its summary; none if nothing was said. */
export function answerTurns(live: MessageState): readonly ConversationTurn[] {
  const turns: readonly ConversationTurn[] = messageTurns(live).filter(({ parts }) => parts.length > 0);
  return turns.map((turn, index) => (index === turns.length - 1 ? { ...turn, answer: summaryOf(live) } : turn));
}

function summaryOf({ status, finishReason, id, model, provider, citations, usage, timing, error }: MessageState): AnswerSummary {
  return { status, finishReason, id, model, provider, citations, usage, timing, error: withoutPartial(error) };
}

/** The turns have the answer so far. */
export function withoutPartial(error: MessageState['error']): MessageState['error'] {
  return error && { ...error, partial: undefined };
}

/** Whether a call waits for a decision. */
export function isWaiting(turns: readonly ConversationTurn[]): boolean {
  return turns
    .slice(answerStart(turns))
    .some(({ parts }) => parts.some((part) => part.type === 'approval' && part.approved === undefined));
}

/** The place after the last turn of the user. */
export function answerStart(turns: readonly ConversationTurn[]): number {
  return turns.findLastIndex(({ role }) => role === 'user') + 1;
}

/** Puts a decision where a part waits for it. @returns The same turns if none does. */
export function withDecision(turns: readonly ConversationTurn[], decision: CallDecision): readonly ConversationTurn[] {
  const waits = (part: TurnPart): boolean =>
    part.type === 'approval' && part.callId === decision.callId && part.approved === undefined;
  const start = answerStart(turns);
  const place = turns.findLastIndex(({ parts }, index) => index >= start && parts.some(waits));
  const turn = turns[place];
  if (!turn) return turns;
  return turns.with(place, { ...turn, parts: turn.parts.map((part) => (waits(part) ? { ...part, ...decision } : part)) });
}

/** Adds a decision to the last turn: what a provider asks to be approved is a part of its own form. */
export function addDecision(turns: readonly ConversationTurn[], decision: CallDecision): readonly ConversationTurn[] {
  const last = turns.at(-1);
  if (!last) return turns;
  return turns.with(-1, { ...last, parts: [...last.parts, { type: 'approval', ...decision }] });
}

const notRun = 'The call was not run.';

/** The turns with a result for each call of the last answer that has none: no API takes a call without its result. */
export function withAllResults(turns: readonly ConversationTurn[]): readonly ConversationTurn[] {
  const answer = turns.slice(answerStart(turns));
  const at = answer.findLastIndex(({ role }) => role === 'assistant');
  const replied = new Set(
    answer.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'tool-result' ? [part.callId] : []))),
  );
  const results = (answer[at]?.parts ?? []).flatMap((part): readonly TurnPart[] => {
    if (part.type !== 'tool-call' || part.executor !== 'client' || !part.ended || replied.has(part.callId)) return [];
    const { callId, name } = part;
    return [{ type: 'tool-result', callId, name, output: notRun, isError: true }];
  });
  return results.length === 0 ? turns : [...turns, { role: 'tool', parts: results }];
}
