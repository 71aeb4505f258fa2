import { tryParseJson } from '../../codecs/json/tryParseJson.js';
import { writeJson } from '../../codecs/json/writeJson.js';
import { append, wholeText } from '../../codecs/text/growingText.js';
import { EmptyStreamError, ProviderError } from '../../errors.js';
import type {
  ArgumentsFormat,
  ChoiceFinish,
  CitationEvent,
  DeltaEvent,
  Executor,
  FileEvent,
  FinishMetadata,
  FinishReason,
  JsonValue,
  Phase,
  RequestTraits,
  Usage,
} from '../../events.js';
import { createCallIds, uniqueCallId } from '../../message/callIds.js';
import { providerError } from '../http/responseErrors.js';
import { finishMeaning, isFinishFault } from '../wire/finishReasons.js';
import { requestOf, toUsage, usageEvent } from '../wire/reportedUsage.js';
import {
  blockOf,
  type Choice,
  choiceOf,
  createAnswerState,
  type OpenBlock,
  openBlock,
  touch,
  type WriterState,
} from './answerState.js';

/** Where a piece of content belongs. */
export interface ContentPlace {
  /** The provider's own index or id of the block. @defaultValue the block that was extended last, if it is of that kind; else a new one */
  readonly block?: string | number | undefined;
  /** Which of several alternatives it belongs to. @defaultValue 0 */
  readonly choice?: number | undefined;
}

/** A call as a provider announces it. */
export interface WrittenCall extends ContentPlace {
  /** The provider's id. A missing or repeated one is replaced. @defaultValue an id of its own */
  readonly id?: string | undefined;
  readonly name: string;
  /** Who runs the tool. @defaultValue 'client' */
  readonly executor?: Executor | undefined;
  /** Whether the arguments are JSON. @defaultValue 'json' */
  readonly format?: ArgumentsFormat | undefined;
}

/** Figures of a usage, cumulative over the response; parts are included in their totals. */
export type WrittenUsage = Partial<Omit<Usage, 'estimated' | 'confidence'>> & Partial<RequestTraits>;

/**
 * Writes the events of one answer, in the grammar that every source keeps: it emits `start` before anything else, numbers the blocks, makes
 * call ids unique, adds up usage and ends what is open. Nothing is emitted after `finish`.
 */
export interface EventWriter {
  /** The response has begun. Each other method begins it too, without an id. */
  start(fields?: { readonly id?: string | undefined; readonly model?: string | undefined }): void;
  /** Visible text. Empty text emits nothing. */
  text(text: string, place?: ContentPlace & { readonly phase?: Phase | undefined }): void;
  /** Reasoning ("thinking"). */
  reasoning(text: string, place?: ContentPlace): void;
  refusal(text: string, place?: ContentPlace): void;
  /** A call begins. @returns Its callId, for the other methods. */
  callStart(call: WrittenCall): string;
  /** A piece of the arguments. */
  callDelta(callId: string, argumentsText: string): void;
  /** The call is complete. @param argumentsText All of the arguments, if the provider repeats them: what the deltas lack is written. */
  callEnd(callId: string, argumentsText?: string): void;
  /** A call that comes whole. @returns Its callId. */
  call(call: WrittenCall & { readonly input: JsonValue }): string;
  /** The result of a tool that the provider has run. */
  toolResult(result: {
    readonly callId: string;
    readonly name?: string | undefined;
    readonly output: JsonValue;
    readonly isError?: boolean | undefined;
    readonly preliminary?: boolean | undefined;
  }): void;
  /** A call waits for a decision, or has one. */
  toolApproval(callId: string, approved?: boolean): void;
  /** An image or audio, or a piece of it (`final: false`). */
  file(
    file: Pick<FileEvent, 'mediaType' | 'data'> & Partial<Pick<FileEvent, 'transcript' | 'final'>>,
    place?: ContentPlace,
  ): void;
  /** A source that the answer cites. */
  citation(citation: Partial<Omit<CitationEvent, 'type' | 'block' | 'choice'>>, place?: ContentPlace): void;
  /**
   * A block is complete; right after a result, the block of that. @param native What the next request has to send back, for instance a signature. Without an open block, one of an
   * unknown kind begins and ends.
   */
  blockEnd(
    native: JsonValue,
    block?: ContentPlace & { readonly kind?: string | undefined; readonly callId?: string | undefined },
  ): void;
  /** The usage so far. No figure falls; what equals the usage before is not emitted. */
  usage(figures: WrittenUsage): void;
  /** The connection is alive. */
  ping(): void;
  /** An event without an equivalent here. */
  raw(name: string, data: JsonValue): void;
  /**
   * Notes why a choice ended, where more may follow, such as its usage: `finish` is then emitted at the marker, at the end of the body or after
   * `graceMs` of silence.
   * @throws ProviderError for a word that reports a fault.
   */
  ending(word: string | undefined, choice?: number): void;
  /**
   * The definite end: emits `finish`, and the source completes.
   * @param word The provider's own reason, in the words of any server. @defaultValue what `ending` has noted
   * @throws ProviderError for a word that reports a fault, EmptyStreamError if nothing was emitted.
   */
  finish(word?: string, more?: { readonly reason?: FinishReason | undefined; readonly metadata?: Partial<FinishMetadata> }): void;
}

/** Creates a writer for one subscription. It keeps `state`, which the pull loop reads. */
export function createEventWriter(provider: string, state: WriterState, emit: (event: DeltaEvent) => void): EventWriter {
  const answer = createAnswerState(state);

  function begin(): void {
    if (state.started) return;
    state.started = true;
    emit({ type: 'start', id: answer.id, model: answer.model, provider });
  }

  function extend(kind: 'text' | 'reasoning' | 'refusal', text: string, place: ContentPlace, phase: Phase = 'answer'): void {
    if (text === '') return;
    begin();
    const choice = choiceOf(answer, place.choice);
    const { number: block, text: so } = blockOf(choice, kind, place.block);
    append(so, text);
    touch(answer, so);
    choice.has.add(kind);
    const at = { text, block, choice: choice.index };
    if (kind === 'text') emit({ type: 'text-delta', ...at, phase });
    else emit({ type: kind === 'reasoning' ? 'reasoning-delta' : 'refusal-delta', ...at });
  }

  function callStart({ id, name, executor = 'client', format = 'json', choice: index, block: key }: WrittenCall): string {
    begin();
    touch(answer);
    const choice = choiceOf(answer, index);
    answer.callIds ??= createCallIds();
    const callId = uniqueCallId(answer.callIds, id, answer.id);
    const block = openBlock(choice, 'call', key);
    answer.calls.set(callId, { block, choice, name, executor, format, ended: false });
    emit({ type: 'tool-call-start', callId, name, block: block.number, choice: choice.index, executor, format });
    return callId;
  }

  function callDelta(callId: string, argumentsText: string): void {
    const call = answer.calls.get(callId);
    if (!call || call.ended || argumentsText === '') return;
    append(call.block.text, argumentsText);
    touch(answer, call.block.text);
    call.choice.current = call.block;
    emit({ type: 'tool-call-delta', callId, argumentsText, block: call.block.number, choice: call.choice.index });
  }

  function callEnd(callId: string, whole?: string): void {
    const call = answer.calls.get(callId);
    if (!call || call.ended) return;
    const said = wholeText(call.block.text);
    if (whole?.startsWith(said)) callDelta(callId, whole.slice(said.length));
    touch(answer);
    call.ended = true;
    const { name, executor, format, choice, block } = call;
    if (executor === 'client') choice.has.add('call');
    const argumentsText = whole ?? said;
    emit({ type: 'tool-call-end', callId, name, argumentsText, block: block.number, choice: choice.index, executor, format });
  }

  function citedBlock(choice: Choice, key: string | number | undefined): OpenBlock {
    return (key === undefined ? choice.current : undefined) ?? blockOf(choice, 'text', key);
  }

  /** @returns Whether the word is a reason: some say that the answer goes on. */
  function note(word: string | undefined, index: number | undefined, reason?: FinishReason): boolean {
    const choice = choiceOf(answer, index);
    const meaning = reason ?? (word === undefined ? 'other' : finishMeaning(word));
    if (meaning === 'unfinished') return false;
    if (isFinishFault(meaning)) throw finishFault(meaning, word ?? '');
    choice.end = { word, meaning, isGiven: reason !== undefined };
    return true;
  }

  /** Ends the calls that are whole. */
  function endCalls(): void {
    for (const [callId, { ended, format, block, choice }] of answer.calls) {
      const meaning = choice.end?.meaning;
      const isCut = meaning !== undefined && !['stop', 'tool-calls', 'other'].includes(meaning);
      if (!ended && (!isCut || (format === 'json' && tryParseJson(wholeText(block.text)) !== undefined))) callEnd(callId);
    }
  }

  return {
    start({ id, model } = {}) {
      answer.id ??= id || undefined;
      answer.model ??= model || undefined;
      begin();
    },
    text: (text, { phase, ...place } = {}) => extend('text', text, place, phase),
    reasoning: (text, place = {}) => extend('reasoning', text, place),
    refusal: (text, place = {}) => extend('refusal', text, place),
    callStart,
    callDelta,
    callEnd,
    call({ input, ...call }) {
      const callId = callStart(call);
      callEnd(callId, typeof input === 'string' ? input : writeJson(input));
      return callId;
    },
    toolResult({ callId, name = answer.calls.get(callId)?.name ?? '', output, isError = false, preliminary = false }) {
      begin();
      touch(answer);
      emit({ type: 'tool-result', callId, name, output, isError, preliminary });
    },
    toolApproval(callId, approved) {
      begin();
      touch(answer);
      answer.waits ||= approved === undefined;
      emit({ type: 'tool-approval', callId, approved });
    },
    file({ mediaType, data, transcript, final = true }, { block: key, choice: index } = {}) {
      begin();
      touch(answer);
      const choice = choiceOf(answer, index);
      const block = final && key === undefined ? openBlock(choice, 'file', key) : blockOf(choice, 'file', key);
      emit({ type: 'file', block: block.number, choice: choice.index, mediaType, data, transcript, final });
    },
    citation({ url, title, text, start, end, native = null }, { block: key, choice: index } = {}) {
      begin();
      touch(answer);
      const choice = choiceOf(answer, index);
      const { number: block } = citedBlock(choice, key);
      emit({ type: 'citation', block, choice: choice.index, url, title, text, start, end, native });
    },
    blockEnd(native, { callId, kind, block: key, choice: index } = {}) {
      begin();
      touch(answer);
      const call = callId === undefined ? undefined : answer.calls.get(callId);
      const choice = call?.choice ?? choiceOf(answer, index);
      const known = key === undefined ? choice.current : choice.byKey.get(key);
      const block = call?.block ?? known ?? openBlock(choice, kind ?? 'unknown', key);
      if (choice.current === block) choice.current = undefined;
      emit({ type: 'block-end', block: block.number, choice: choice.index, kind: kind ?? block.kind, native, format: undefined });
    },
    usage(figures) {
      begin();
      touch(answer);
      const { cachedInputTokens: cached, cacheWriteTokens: cacheWrite, reasoningTokens: reasoning } = figures;
      const { inputTokens: input, outputTokens: output, totalTokens: total, serverTools, cost, native } = figures;
      const usage = toUsage({ input, output, total, cached, cacheWrite, reasoning }, answer.usage, { serverTools, cost, native });
      const { native: _, ...compared } = usage;
      const text = writeJson({ ...compared } as JsonValue);
      if (text === answer.usageText) return;
      answer.usage = usage;
      answer.usageText = text;
      const { serviceTier, speed, region, batch } = figures;
      emit(usageEvent(usage, [requestOf(usage, answer.model, provider, { serviceTier, speed, region, batch })]));
    },
    ping: () => emit({ type: 'ping' }),
    raw(name, data) {
      begin();
      touch(answer);
      emit({ type: 'raw', provider, name, data });
    },
    ending(word, index) {
      begin();
      touch(answer);
      note(word, index);
      state.settled = [...answer.choices.values()].every(({ end }) => end !== undefined);
    },
    finish(word, { reason, metadata } = {}) {
      if ((word !== undefined || reason !== undefined) && !note(word, undefined, reason)) return;
      const all = [...answer.choices.values()].sort((a, b) => a.index - b.index);
      if (!state.started || all.every(({ count, end }) => count === 0 && (end === undefined || end.meaning === 'tool-calls'))) {
        throw new EmptyStreamError();
      }
      endCalls();
      const choices = all.map((choice): ChoiceFinish => ({ choice: choice.index, ...reasonOf(choice, answer.waits) }));
      const [first] = choices;
      state.finished = true;
      const { reason: why = 'other', rawReason } = first ?? {};
      emit({ type: 'finish', reason: why, rawReason, choices, metadata: { ...noMetadata, ...metadata }, timing: undefined });
    },
  };
}

const noMetadata: FinishMetadata = {
  stopSequence: undefined,
  stopDetails: undefined,
  container: undefined,
  serviceTier: undefined,
  systemFingerprint: undefined,
};

/** A vague reason leaves it to the content what the answer is; the results of calls that did not come would be awaited in vain. */
function reasonOf({ end, has }: Choice, waits: boolean): Pick<ChoiceFinish, 'reason' | 'rawReason'> {
  const { word: rawReason, meaning = 'other', isGiven = false } = end ?? {};
  if (isGiven) return { reason: meaning, rawReason };
  const isVague = rawReason === undefined || meaning === 'stop' || meaning === 'tool-calls';
  if (isVague && waits) return { reason: 'paused', rawReason };
  if (isVague && has.has('call')) return { reason: 'tool-calls', rawReason };
  if (isVague && has.has('refusal') && !has.has('text')) return { reason: 'refusal', rawReason };
  return { reason: meaning === 'tool-calls' ? 'other' : meaning, rawReason };
}

function finishFault(kind: ProviderError['kind'], word: string): ProviderError {
  const { message, code } = providerError({ code: word, message: `The provider ended the answer with an error (${word})` });
  return new ProviderError(message, { kind, code });
}
