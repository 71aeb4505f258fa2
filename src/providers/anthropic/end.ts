import { nonEmptyText, objectOf } from '../../codecs/json/jsonFields.js';
import { EmptyStreamError, ProviderError } from '../../errors.js';
import type { FinishReason } from '../../events.js';
import { providerError } from '../http/responseErrors.js';
import { type FinishFault, finishMeaning, isFinishFault } from '../wire/finishReasons.js';
import type { Emit } from '../wire/wireFormat.js';
import { endOpenBlocks, openBlock, stopBlock } from './blocks.js';
import type { MessagesState } from './state.js';

/**
 * Ends the open blocks and emits `finish`, at `message_stop`.
 *
 * @throws EmptyStreamError if nothing came before, or nothing of what the stop reason promises; ProviderError for a stop reason that reports a
 * fault.
 */
export function endMessage(state: MessagesState, emit: Emit): void {
  if (!state.started) throw new EmptyStreamError();
  if (state.blockCount === 0) tellWhole(state, emit);
  const { stopReason } = state;
  const meaning = stopReason === undefined ? 'tool-calls' : finishMeaning(stopReason);
  if (stopReason !== undefined && isFinishFault(meaning)) throw stopFault(meaning, stopReason);
  if (state.blockCount === 0 && meaning === 'tool-calls') throw new EmptyStreamError();
  endOpenBlocks(state, cutsContent(stopReason), emit);
  state.finished = true;
  const reason = toFinishReason(stopReason, state.calledClient);
  const rawReason = stopReason;
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

/** Tells the content of a message that came whole. */
function tellWhole(state: MessagesState, emit: Emit): void {
  state.whole.forEach((block, index) => {
    openBlock(state, index, objectOf(block), emit);
    stopBlock(state, index, emit);
  });
}

function stopFault(kind: FinishFault, word: string): ProviderError {
  const { message, code } = providerError({ code: word, message: `The provider ended the answer with an error (${word})` });
  return new ProviderError(message, { kind, code });
}

/** Whether this reason stops the model in the middle of its content. */
export function cutsContent(stopReason: string | undefined): boolean {
  const meaning = stopReason === undefined ? 'other' : finishMeaning(stopReason);
  return meaning === 'length' || meaning === 'refusal' || meaning === 'content-filter' || isFinishFault(meaning);
}

/**
 * Some servers report the end of the turn, or no reason, after a tool call: then the content decides. And a tool call that did not come is no
 * reason: who waits for its result would wait in vain.
 *
 * @param calledClient Whether a call of one of the caller's own tools has ended.
 */
function toFinishReason(stopReason: string | undefined, calledClient: boolean): FinishReason {
  const meaning = stopReason === undefined ? 'other' : finishMeaning(stopReason);
  const isVague = stopReason === undefined || (meaning === 'stop' && stopReason !== 'stop_sequence');
  if (calledClient && isVague) return 'tool-calls';
  if (meaning === 'unfinished' || isFinishFault(meaning)) return 'other';
  return meaning === 'tool-calls' && !calledClient ? 'other' : meaning;
}
