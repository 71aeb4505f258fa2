import type { ChoiceFinish, FinishEvent, FinishReason } from '../../../events.js';
import { type ChatChoice, type ChatState, choiceOf } from './state.js';

const reasons: ReadonlyMap<string, FinishReason> = new Map(
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

/** Whether this reason stops the model in the middle of what it says. */
export function cutsShort(finishReason: string | undefined): boolean {
  const reason = reasonOf(finishReason);
  return reason === 'length' || reason === 'content-filter';
}

/** The end of all choices, as one event. */
export function finishEvent(state: ChatState): FinishEvent {
  // A stream may end with none, for instance when all that was asked for is usage.
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

/** Some servers say `stop`, or nothing, after a tool call or a refusal. */
function finishOf({ index, finishReason, calledClient, refused, saidText }: ChatChoice): ChoiceFinish {
  const said = reasonOf(finishReason);
  const vague = finishReason === undefined || said === 'stop';
  const implied = calledClient ? 'tool-calls' : refused && !saidText ? 'refusal' : said;
  return { choice: index, reason: vague ? implied : said, rawReason: finishReason };
}

function reasonOf(finishReason: string | undefined): FinishReason {
  return reasons.get(finishReason?.toLowerCase() ?? '') ?? 'other';
}
