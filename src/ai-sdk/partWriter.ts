import { isObject, listOf, nonEmptyText, numberOf, objectOf, textOf } from '../codecs/json/jsonFields.js';
import { tryParseJson } from '../codecs/json/tryParseJson.js';
import { writeJson } from '../codecs/json/writeJson.js';
import { StreamAbortedError, TruncatedError } from '../errors.js';
import type { DeltaEvent, FinishReason, JsonObject, RequestUsage, Usage } from '../events.js';
import { sumUsage } from '../metering/usageArithmetic.js';
import { createWriterState, type WriterState } from '../providers/custom/answerState.js';
import { createEventWriter, type EventWriter } from '../providers/custom/eventWriter.js';
import { finishMeaning } from '../providers/wire/finishReasons.js';
import { requestOf, toUsage } from '../providers/wire/reportedUsage.js';
import { plainValue } from './plainValue.js';
import { streamErrorOf } from './sdkError.js';

/** What the writer knows of one stream. */
interface Reading {
  readonly write: EventWriter;
  readonly state: WriterState;
  readonly provider: string;
  readonly emit: (event: DeltaEvent) => void;
  model: string | undefined;
  /** The number of the round that runs, and whether one has ended. */
  step: number;
  ended: { readonly reason: FinishReason; readonly rawReason: string | undefined } | undefined;
  /** Blocks by the kind and the id of the SDK, which uses its ids again. */
  readonly blocks: Map<string, string>;
  blockCount: number;
  /** The callIds of calls by the SDK's ids, and their argument texts so far. */
  readonly calls: Map<string, string>;
  readonly args: Map<string, string>;
  /** The calls of the caller's tools that have no result, and those that wait for a decision. */
  readonly unanswered: Set<string>;
  readonly waiting: Set<string>;
  readonly requests: RequestUsage[];
}

/** Writes the events of one part; returns once `finish` is written. */
export type PartWriter = (part: unknown) => void;

export interface PartWriterState {
  readonly write: PartWriter;
  readonly state: WriterState;
}

/** Creates the writer of one stream. */
export function createPartWriter(
  provider: string,
  model: string | undefined,
  emit: (event: DeltaEvent) => void,
): PartWriterState {
  const state = createWriterState();
  const reading: Reading = {
    write: createEventWriter(provider, state, emit),
    state,
    provider,
    emit,
    model,
    step: 0,
    ended: undefined,
    blocks: new Map(),
    blockCount: 0,
    calls: new Map(),
    args: new Map(),
    unanswered: new Set(),
    waiting: new Set(),
    requests: [],
  };
  return {
    state,
    write(part) {
      const given = Object(part) as Readonly<Record<string, unknown>>;
      const type = typeof given['type'] === 'string' ? given['type'] : '';
      if (type === 'error') throw streamErrorOf(given['error']);
      // Everything else is JSON, but for files, which have getters.
      const plain = type === 'file' ? {} : objectOf(plainValue(given));
      (writers.get(type) ?? writeUnknown)(reading, plain, given);
    },
  };
}

type WritePart = (reading: Reading, part: JsonObject, given: Readonly<Record<string, unknown>>) => void;

const ignore: WritePart = () => undefined;

const writers: ReadonlyMap<string, WritePart> = new Map<string, WritePart>([
  ['start', ignore],
  ['start-step', startStep],
  ['finish-step', finishStep],
  ['finish', finish],
  ['abort', abort],
  ['ping', ({ write }) => write.ping()],
  ['raw', ({ write }, { rawValue }) => write.raw('raw', rawValue ?? null)],
  ['text-start', (reading, part) => openBlock(reading, 'text', part)],
  ['text-delta', (reading, part) => reading.write.text(deltaOf(part), { block: blockOf(reading, 'text', part) })],
  ['text-end', endText],
  ['reasoning-start', (reading, part) => openBlock(reading, 'reasoning', part)],
  ['reasoning-delta', (reading, part) => reading.write.reasoning(deltaOf(part), { block: blockOf(reading, 'reasoning', part) })],
  ['reasoning-end', (reading, part) => endBlock(reading, 'reasoning', part)],
  ['tool-input-start', (reading, part) => void startCall(reading, textOf(part['id']), part)],
  ['tool-input-delta', extendCall],
  ['tool-input-end', ignore],
  ['tool-call', endCall],
  ['tool-result', writeResult],
  ['tool-error', writeResult],
  ['tool-output-denied', (reading, part) => decide(reading, textOf(part['toolCallId']), false)],
  ['tool-approval-request', (reading, part) => decide(reading, calledIn(part), undefined)],
  ['tool-approval-response', (reading, part) => decide(reading, calledIn(part), part['approved'] === true)],
  ['source', writeSource],
  ['file', writeFile],
  ['custom', (reading, part) => reading.write.blockEnd(part, { kind: 'custom', block: `custom ${reading.blockCount++}` })],
]);

function writeUnknown({ write }: Reading, part: JsonObject): void {
  write.raw(textOf(part['type']) || 'unknown', part);
}

function deltaOf({ text, delta }: JsonObject): string {
  return textOf(text) || textOf(delta);
}

function openBlock(reading: Reading, kind: string, { id }: JsonObject): void {
  reading.blocks.set(`${kind} ${textOf(id)}`, `${kind} ${reading.blockCount++}`);
}

function blockOf(reading: Reading, kind: string, part: JsonObject): string {
  const key = `${kind} ${textOf(part['id'])}`;
  if (!reading.blocks.has(key)) openBlock(reading, kind, part);
  return reading.blocks.get(key) ?? key;
}

/** The metadata of the provider, for instance a signature, goes back with the block. */
function endBlock(reading: Reading, kind: string, part: JsonObject): void {
  const { providerMetadata } = part;
  if (isObject(providerMetadata)) reading.write.blockEnd({ providerMetadata }, { kind, block: blockOf(reading, kind, part) });
}

function endText(reading: Reading, part: JsonObject): void {
  const block = blockOf(reading, 'text', part);
  for (const citation of listOf(part['citations'])) reading.write.citation(citationOf(objectOf(citation)), { block });
  endBlock(reading, 'text', part);
}

function startCall(reading: Reading, id: string, part: JsonObject): string {
  const { toolName, providerExecuted, inputEncoding } = part;
  const executor = providerExecuted === true ? 'provider' : 'client';
  const format = inputEncoding === 'text' ? 'text' : 'json';
  const callId = reading.write.callStart({ id, name: textOf(toolName), executor, format });
  reading.calls.set(id, callId);
  reading.args.set(callId, '');
  return callId;
}

function extendCall(reading: Reading, part: JsonObject): void {
  const callId = reading.calls.get(textOf(part['id']));
  if (callId === undefined) return;
  reading.args.set(callId, (reading.args.get(callId) ?? '') + deltaOf(part));
  reading.write.callDelta(callId, deltaOf(part));
}

/** The SDK has parsed the arguments: their own text stands, if it is JSON. */
function endCall(reading: Reading, part: JsonObject): void {
  const { toolCallId, input = null, providerExecuted, providerMetadata } = part;
  const id = textOf(toolCallId);
  const callId = reading.calls.get(id) ?? startCall(reading, id, part);
  const said = reading.args.get(callId) ?? '';
  const isWhole = said !== '' && tryParseJson(said) !== undefined;
  reading.write.callEnd(callId, isWhole || typeof input === 'string' ? undefined : writeJson(input));
  if (providerExecuted !== true) reading.unanswered.add(callId);
  if (isObject(providerMetadata)) reading.write.blockEnd({ providerMetadata }, { kind: 'tool-call', callId });
}

function writeResult(reading: Reading, part: JsonObject, { error }: Readonly<Record<string, unknown>>): void {
  const { type, toolCallId, toolName, output = null, preliminary } = part;
  const callId = reading.calls.get(textOf(toolCallId)) ?? textOf(toolCallId);
  const isError = type === 'tool-error';
  const told = error instanceof Error ? error.message : (plainValue(error) ?? null);
  if (preliminary !== true) reading.unanswered.delete(callId);
  reading.write.toolResult({
    callId,
    name: textOf(toolName),
    output: isError ? told : output,
    isError,
    preliminary: preliminary === true,
  });
}

function calledIn({ toolCall, toolCallId }: JsonObject): string {
  return textOf(objectOf(toolCall)['toolCallId']) || textOf(toolCallId);
}

function decide(reading: Reading, id: string, approved: boolean | undefined): void {
  const callId = reading.calls.get(id) ?? id;
  if (approved === undefined) reading.waiting.add(callId);
  else reading.waiting.delete(callId);
  reading.write.toolApproval(callId, approved);
}

function citationOf(source: JsonObject): Parameters<EventWriter['citation']>[0] {
  const { url, title, filename, text, citedText } = source;
  return {
    url: nonEmptyText(url),
    title: nonEmptyText(title) ?? nonEmptyText(filename),
    text: nonEmptyText(text) ?? nonEmptyText(citedText),
    native: source,
  };
}

function writeSource({ write }: Reading, { type: _type, ...source }: JsonObject): void {
  write.citation(citationOf(source));
}

function writeFile({ write }: Reading, _part: JsonObject, { file, providerMetadata }: Readonly<Record<string, unknown>>): void {
  const { base64, mediaType } = Object(file) as Readonly<Record<string, unknown>>;
  if (typeof base64 !== 'string' || typeof mediaType !== 'string') return;
  write.file({ mediaType, data: base64 });
  const metadata = plainValue(providerMetadata);
  if (isObject(metadata)) write.blockEnd({ providerMetadata: metadata }, { kind: 'file' });
}

function startStep(reading: Reading): void {
  const { ended, emit, model, write } = reading;
  write.start({ model });
  if (!ended) return;
  reading.step++;
  reading.ended = undefined;
  emit({ type: 'step', step: reading.step, id: undefined, model, ...ended });
}

/** The usage so far is that of all rounds: each is a request of its own. */
function finishStep(reading: Reading, part: JsonObject): void {
  const { provider, emit, requests, step, write } = reading;
  const { response, usage: native } = part;
  const model = nonEmptyText(objectOf(response)['modelId']) ?? reading.model;
  write.start({ model });
  reading.ended = { reason: reasonOf(reading, part), rawReason: nonEmptyText(part['rawFinishReason']) };
  const own = usageOf(objectOf(native));
  if (own === undefined) return;
  const traits = { serviceTier: undefined, speed: undefined, region: undefined, batch: undefined };
  requests.push({ ...requestOf(own, model, provider, traits), step });
  emit({ type: 'usage', usage: sumUsage(requests) ?? own, requests: [...requests] });
}

/** The usage in the form of the AI SDK, of which version 6 has the parts beside the totals too. */
function usageOf(native: JsonObject): Usage | undefined {
  const input = objectOf(native['inputTokenDetails']);
  const output = objectOf(native['outputTokenDetails']);
  const figures = {
    input: numberOf(native['inputTokens']),
    output: numberOf(native['outputTokens']),
    total: numberOf(native['totalTokens']),
    cached: numberOf(input['cacheReadTokens']) ?? numberOf(native['cachedInputTokens']),
    cacheWrite: numberOf(input['cacheWriteTokens']),
    reasoning: numberOf(output['reasoningTokens']) ?? numberOf(native['reasoningTokens']),
  };
  if (Object.values(figures).every((figure) => figure === undefined)) return undefined;
  return toUsage(figures, undefined, { serverTools: undefined, cost: undefined, native: native['raw'] ?? native });
}

const reasons: ReadonlySet<string> = new Set(['stop', 'length', 'content-filter', 'tool-calls'] satisfies FinishReason[]);

function reasonOf({ unanswered, waiting }: Reading, { finishReason, rawFinishReason }: JsonObject): FinishReason {
  const raw = nonEmptyText(rawFinishReason);
  const meaning = raw === undefined ? 'other' : finishMeaning(raw);
  const known = ['refusal', 'paused'].includes(meaning) || !reasons.has(textOf(finishReason));
  const reason = (known ? meaning : textOf(finishReason)) as FinishReason;
  if (reason !== 'stop' && reason !== 'tool-calls') return reason;
  if (waiting.size > 0) return 'paused';
  return unanswered.size > 0 ? 'tool-calls' : reason;
}

/** A stream that was cut has no reason of the provider; what reports a fault is an error. */
function finish(reading: Reading, part: JsonObject): void {
  const { finishReason, rawFinishReason } = part;
  const raw = nonEmptyText(rawFinishReason);
  if (finishReason === 'interrupted' || (raw === undefined && !reasons.has(textOf(finishReason)))) throw new TruncatedError();
  const reason = finishReason === 'error' ? undefined : reasonOf(reading, part);
  reading.write.finish(raw ?? textOf(finishReason), { reason });
}

function abort(_reading: Reading, { reason }: JsonObject): void {
  throw new StreamAbortedError('The stream was aborted', { cause: reason });
}
