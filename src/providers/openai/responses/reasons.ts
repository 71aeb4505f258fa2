import type { FinishReason } from '../../../events.js';
import type { ResponsesState, TextKind } from './state.js';

const stopReasons: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ['max_output_tokens', 'length'],
  ['content_filter', 'content-filter'],
]);

/** Why a response is incomplete. */
export function stoppedReason(reason: string): FinishReason {
  return stopReasons.get(reason) ?? 'other';
}

/** What a complete response waits for, if anything. */
export function completedReason(state: ResponsesState): FinishReason {
  if (state.awaitsApproval) return 'paused';
  if (state.unanswered.size > 0) return 'tool-calls';
  if (says(state, 'refusal') && !says(state, 'text')) return 'refusal';
  return isCompactionOnly(state) ? 'paused' : 'stop';
}

function says({ items }: ResponsesState, kind: TextKind): boolean {
  return items.some(({ texts }) => [...texts[kind].values()].some(({ text }) => text.length > 0));
}

/** The provider stopped to make room, and goes on when asked again. */
function isCompactionOnly({ items }: ResponsesState): boolean {
  const isCompaction = (type: string): boolean => type === 'compaction';
  return items.some(({ type }) => isCompaction(type)) && items.every(({ type }) => isCompaction(type) || type === 'reasoning');
}
