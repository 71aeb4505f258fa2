import { nonEmptyText } from '../../codecs/json/jsonFields.js';
import { EmptyStreamError } from '../../errors.js';
import type { FinishReason } from '../../events.js';
import type { Emit } from '../wire/wireFormat.js';
import { endOpenBlocks } from './blocks.js';
import type { MessagesState } from './state.js';

/** Ends the open blocks and emits `finish`, at `message_stop`. @throws EmptyStreamError if nothing came before. */
export function endMessage(state: MessagesState, emit: Emit): void {
  if (!state.started) throw new EmptyStreamError();
  endOpenBlocks(state, cutsContent(state.stopReason), emit);
  state.finished = true;
  const reason = toFinishReason(state.stopReason, state.calledClient);
  const rawReason = state.stopReason;
  emit({
    type: 'finish',
    reason,
    rawReason,
    choices: [{ choice: 0, reason, rawReason }],
    metadata: {
      stopSequence: state.stopSequence,
      stopDetails: state.stopDetails,
      container: state.container,
      serviceTier: nonEmptyText(state.usage.get('service_tier')),
      systemFingerprint: undefined,
    },
    timing: undefined,
  });
}

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

const cuttingReasons: ReadonlySet<FinishReason> = new Set<FinishReason>(['length', 'refusal']);

/** Whether this reason stops the model in the middle of its content. */
export function cutsContent(stopReason: string | undefined): boolean {
  return cuttingReasons.has(toFinishReason(stopReason, false));
}

/** @param calledClient Whether a call of one of the caller's own tools has ended. */
function toFinishReason(stopReason: string | undefined, calledClient: boolean): FinishReason {
  const isVague = stopReason === undefined || stopReason === 'end_turn';
  if (calledClient && isVague) return 'tool-calls';
  return (stopReason === undefined ? undefined : finishReasons.get(stopReason)) ?? 'other';
}
