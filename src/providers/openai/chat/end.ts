import { isObject, nonEmptyText, objectOf } from '../../../codecs/json/jsonFields.js';
import { EmptyStreamError, ProviderError } from '../../../errors.js';
import type { ChoiceFinish, FinishEvent, FinishReason, JsonObject } from '../../../events.js';
import { providerError } from '../../http/responseErrors.js';
import { type FinishFault, type FinishMeaning, finishMeaning, isFinishFault } from '../../wire/finishReasons.js';
import type { Emit } from '../../wire/wireFormat.js';
import { isCall } from './blocks.js';
import { endCall, isWhole } from './call.js';
import type { ChatChoice, ChatState } from './state.js';
import { nativeFragment } from './turn.js';

/** Reads the finish reason of a choice, and ends its blocks; usage and other choices may follow. */
export function readFinish(state: ChatState, choice: ChatChoice, payload: JsonObject, emit: Emit): void {
  const word = finishWord(payload);
  if (word === undefined) return;
  const meaning = finishMeaning(word);
  if (meaning === 'unfinished') return;
  if (choice.finishReason === undefined) state.unfinished--;
  state.settled = state.unfinished === 0;
  // A gateway that sends `stop` with every chunk sends the right reason with the last one.
  if (choice.finishReason === undefined || isVague(choice.finishReason)) choice.finishReason = word;
  if (isFinishFault(meaning)) state.failure ??= finishFault(meaning, word, payload);
  else endBlocks(state, choice, meaning !== 'stop' && meaning !== 'tool-calls', emit);
}

/** Most servers send a text, SGLang an object that has it as `type`. */
function finishWord({ finish_reason: reason, finishReason, delta }: JsonObject): string | undefined {
  const found = reason ?? finishReason ?? objectOf(delta)['finish_reason'];
  return nonEmptyText(found) ?? (isObject(found) ? nonEmptyText(found['type']) : undefined);
}

function finishFault(kind: FinishFault, word: string, payload: JsonObject): ProviderError {
  const native = nonEmptyText(payload['native_finish_reason']) ?? word;
  const code = native.slice(native.lastIndexOf(':') + 1).trim();
  const said = nonEmptyText(objectOf(payload['finish_reason'])['message']);
  const named = code.toLowerCase() === 'error' ? '' : ` (${code})`;
  const { message, code: told } = providerError({ code, message: said ?? `The provider ended the answer with an error${named}` });
  return new ProviderError(message, { kind, code: told });
}

/**
 * Ends the open blocks and emits `finish` if there is terminal evidence: a marker, or a finish reason for every choice.
 *
 * @throws ProviderError if a finish reason reports a fault; EmptyStreamError if the provider has said nothing.
 */
export function endResponse(state: ChatState, marked: boolean, emit: Emit): void {
  if (state.failure) throw state.failure;
  if (!state.started || !(marked || state.settled)) return;
  const choices = [...state.choices.values()];
  if (choices.every(({ blocks, finishReason }) => blocks.length === 0 && finishReason === undefined))
    throw new EmptyStreamError();
  for (const choice of choices) endBlocks(state, choice, true, emit);
  emit(finishEvent(state));
  state.finished = true;
}

/** @param all End also a call whose arguments this payload has begun: a finish reason beside them may be sent with every chunk. */
function endBlocks(state: ChatState, choice: ChatChoice, all: boolean, emit: Emit): void {
  const cut = cutsContent(choice.finishReason);
  for (; choice.endedBlocks < choice.blocks.length; choice.endedBlocks++) {
    const block = choice.blocks[choice.endedBlocks];
    if (block === undefined) break;
    if (isCall(block)) {
      if (!all && block === choice.latestCall && choice.touches > 0 && !isWhole(block)) return;
      endCall(state, choice, block, cut && block === choice.latestCall, emit);
    }
    const { kind } = block;
    if (kind === 'image' || kind === 'other') continue;
    const native = nativeFragment(block);
    emit({ type: 'block-end', block: block.number, choice: choice.index, kind, native, format: 'chat' });
  }
  choice.current = undefined;
  choice.latestCall = undefined;
  choice.calls = undefined;
}

function finishEvent(state: ChatState): FinishEvent {
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

/**
 * Some servers report `stop`, or no reason, after a tool call or a refusal: then the content decides. And `tool_calls` without any call is no
 * reason: who waits for their results would wait in vain.
 */
function finishOf({ index, finishReason, calledClient, hasRefusal, hasText, blocks }: ChatChoice): ChoiceFinish {
  const reported = reasonOf(finishReason);
  const said = reported === 'tool-calls' && !blocks.some(isCall) ? 'other' : reported;
  const implied = calledClient ? 'tool-calls' : hasRefusal && !hasText ? 'refusal' : said;
  return { choice: index, reason: isVague(finishReason) ? implied : said, rawReason: finishReason };
}

function reasonOf(finishReason: string | undefined): FinishReason {
  const meaning: FinishMeaning = finishReason === undefined ? 'other' : finishMeaning(finishReason);
  return meaning === 'unfinished' || isFinishFault(meaning) ? 'other' : meaning;
}

/** Whether a reason leaves it to the content what the answer is. */
function isVague(finishReason: string | undefined): boolean {
  return finishReason === undefined || reasonOf(finishReason) === 'stop';
}

/** Whether this reason may stop the model in the middle of its content: any but the two that end it. */
function cutsContent(finishReason: string | undefined): boolean {
  return !isVague(finishReason) && reasonOf(finishReason) !== 'tool-calls';
}
