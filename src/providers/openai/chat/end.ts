import type { ChoiceFinish, FinishEvent, FinishReason, JsonObject } from '../../../events.js';
import { providerError } from '../../http/responseErrors.js';
import type { Emit } from '../../wire/wireFormat.js';
import { isCall } from './blocks.js';
import { endCall } from './call.js';
import { type ChatChoice, type ChatState, choiceOf } from './state.js';
import { nativeFragment } from './turn.js';

/** Ends the blocks of a choice at its finish reason; usage and other choices may follow. */
export function finishChoice(state: ChatState, choice: ChatChoice, reason: string, payload: JsonObject, emit: Emit): void {
  if (reason === 'error') throw providerError(payload['error'] ?? { message: 'The provider ended the answer with an error' });
  if (choice.finishReason === undefined) {
    choice.finishReason = reason;
    state.unfinished--;
  }
  state.settled = state.unfinished === 0;
  endBlocks(state, choice, emit);
}

/** Ends the open blocks and emits `finish` if there is terminal evidence: a marker, or a finish reason for every choice. */
export function endResponse(state: ChatState, marked: boolean, emit: Emit): void {
  if (!state.started || !(marked || state.settled)) return;
  for (const choice of state.choices.values()) endBlocks(state, choice, emit);
  emit(finishEvent(state));
  state.finished = true;
}

function endBlocks(state: ChatState, choice: ChatChoice, emit: Emit): void {
  const cut = cutsContent(choice.finishReason);
  for (; choice.endedBlocks < choice.blocks.length; choice.endedBlocks++) {
    const block = choice.blocks[choice.endedBlocks];
    if (block === undefined) break;
    if (isCall(block)) endCall(state, choice, block, cut && block === choice.latestCall, emit);
    const kind = block.kind === 'other' ? block.type : block.kind;
    const native = nativeFragment(block);
    emit({ type: 'block-end', block: block.number, choice: choice.index, kind, native, format: 'chat' });
  }
  choice.current = undefined;
  choice.latestCall = undefined;
  choice.calls = undefined;
}

function finishEvent(state: ChatState): FinishEvent {
  // A stream may have no choice, for instance if the request asked for nothing but usage.
  if (state.choices.size === 0) choiceOf(state, 0);
  const choices = [...state.choices.values()].sort((a, b) => a.index - b.index).map(finishOf);
  const first = choices.find(({ choice }) => choice === 0) ?? choices[0];
  const { systemFingerprint, serviceTier } = state;
  const none = { stopSequence: undefined, stopDetails: undefined, container: undefined };
  return {
    type: 'finish',
    reason: first?.reason ?? 'other',
    rawReason: first?.rawReason,
    choices,
    metadata: { ...none, serviceTier, systemFingerprint },
    timing: undefined,
  };
}

/** Some servers report `stop`, or no reason, after a tool call or a refusal: then the content decides. */
function finishOf({ index, finishReason, calledClient, hasRefusal, hasText }: ChatChoice): ChoiceFinish {
  const reported = reasonOf(finishReason);
  const isVague = finishReason === undefined || reported === 'stop';
  const implied = calledClient ? 'tool-calls' : hasRefusal && !hasText ? 'refusal' : reported;
  return { choice: index, reason: isVague ? implied : reported, rawReason: finishReason };
}

const finishReasons: ReadonlyMap<string, FinishReason> = new Map(
  Object.entries({
    stop: 'stop end_turn stop_sequence completed',
    length: 'length max_tokens max_output_tokens model_length model_context_window_exceeded',
    'tool-calls': 'tool_calls function_call tool_use',
    'content-filter': 'content_filter safety',
    refusal: 'refusal',
    paused: 'pause_turn compaction',
  } satisfies Partial<Record<FinishReason, string>>).flatMap(([reason, words]) =>
    words.split(' ').map((word) => [word, reason as FinishReason] as const),
  ),
);

function reasonOf(finishReason: string | undefined): FinishReason {
  return finishReasons.get(finishReason?.toLowerCase() ?? '') ?? 'other';
}

/** Whether this reason stops the model in the middle of its content. */
function cutsContent(finishReason: string | undefined): boolean {
  const reason = reasonOf(finishReason);
  return reason === 'length' || reason === 'content-filter';
}
