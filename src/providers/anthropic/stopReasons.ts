import type { FinishReason } from '../../events.js';

const finishReasons: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool-calls'],
  ['pause_turn', 'paused'],
  ['compaction', 'paused'],
  ['refusal', 'refusal'],
]);

/** @param calledClient Whether the model made a whole call of one of the caller's own tools. */
export function toFinishReason(stopReason: string | undefined, calledClient: boolean): FinishReason {
  const unsaid = stopReason === undefined || stopReason === 'end_turn';
  if (calledClient && unsaid) return 'tool-calls';
  return (stopReason === undefined ? undefined : finishReasons.get(stopReason)) ?? 'other';
}

const cuttingReasons: ReadonlySet<FinishReason> = new Set<FinishReason>(['length', 'refusal']);

/** Whether this reason stops the model in the middle of what it says. */
export function isCut(stopReason: string | undefined): boolean {
  return cuttingReasons.has(toFinishReason(stopReason, false));
}
