import type { Turn, TurnPart } from '../events.js';
import { lastAnswer, openCalls } from './openCalls.js';

/**
 * Adds decisions to the turns of a paused run, so that {@link runTools} goes on: approved calls run, and the model reads that the others were
 * not. A call without a decision still waits.
 *
 * @param turns The conversation, which ends with the calls that wait: the turns of the run, then `messageTurns` of its message.
 * @param decisions By callId, whether the call may run.
 * @returns The turns with the decisions, as plain data.
 * @throws TypeError for a decision that is not a boolean, RangeError for one on a call that does not wait.
 * @example runTools(call, { tools, turns: resumeTools([...turns, ...messageTurns(message)], { call_1: true }) })
 */
export function resumeTools(turns: readonly Turn[], decisions: Readonly<Record<string, boolean>>): readonly Turn[] {
  if (!Array.isArray(turns as unknown)) throw new TypeError('resumeTools: turns must be an array');
  const index = lastAnswer(turns);
  const open = openCalls(index < 0 ? [] : turns.slice(index).flatMap(({ parts }) => parts));
  const waiting = new Set(open.map(({ callId }) => callId));
  for (const [callId, approved] of Object.entries(decisions)) {
    if (typeof approved !== 'boolean') throw new TypeError(`resumeTools: the decision on "${callId}" must be a boolean`);
    if (!waiting.has(callId)) throw new RangeError(`resumeTools: no call "${callId}" waits for a decision`);
  }
  const decided = Object.entries(decisions).map(([callId, approved]): TurnPart => ({ type: 'approval', callId, approved }));
  const isOpen = (part: TurnPart): boolean => part.type !== 'approval' || !Object.hasOwn(decisions, part.callId);
  return turns.map((turn, place) => {
    if (index < 0 || place < index) return turn;
    return { ...turn, parts: [...turn.parts.filter(isOpen), ...(place === index ? decided : [])] };
  });
}
