import type { ToolCall, Turn, TurnPart } from '../events.js';

/** The calls of the caller's own tools that have no result yet, in order. A call that broke off in its arguments is none. */
export function openCalls(parts: readonly TurnPart[]): readonly ToolCall[] {
  const answered = new Set(parts.flatMap((part) => (part.type === 'tool-result' ? [part.callId] : [])));
  return parts.flatMap((part) =>
    part.type === 'tool-call' && part.executor === 'client' && part.ended && !answered.has(part.callId) ? [part] : [],
  );
}

/** The decision on a call, or that it waits for one; `undefined` if approval was not asked for. */
export function decisionOn(parts: readonly TurnPart[], callId: string): boolean | 'waiting' | undefined {
  const part = parts.findLast((each) => each.type === 'approval' && each.callId === callId);
  return part?.type === 'approval' ? (part.approved ?? 'waiting') : undefined;
}

/** The index of the assistant's turn that a conversation ends with, if nothing but results follow it; else -1. */
export function lastAnswer(turns: readonly Turn[]): number {
  const index = turns.findLastIndex(({ role }) => role !== 'tool');
  return turns[index]?.role === 'assistant' ? index : -1;
}
