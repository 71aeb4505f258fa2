import { isObject } from '../../codecs/json/jsonFields.js';
import { tryParseJson } from '../../codecs/json/tryParseJson.js';
import { readTemplateValue } from '../../codecs/jsonTemplate/template.js';
import { createJsonTemplates } from '../../codecs/jsonTemplate/templates.js';
import { createSseDecoder } from '../../codecs/sse/sseDecoder.js';
import { createSseOwner, type SseOwner } from '../../codecs/sse/sseState.js';
import { EmptyStreamError, isStreamError, MalformedEventError, type StreamError, TruncatedError } from '../../errors.js';
import type { DeltaEvent, JsonObject, JsonValue, PartialMessage, RawEvent } from '../../events.js';
import { createPartialFold } from '../../message/partialFold.js';
import { jsonOrText } from '../http/bodies.js';
import { providerError } from '../http/responseErrors.js';
import { isErrorBody } from '../http/serviceFault.js';
import { isHeartbeat, isHeartbeatText } from './heartbeats.js';
import {
  appendRepeated,
  emitRepeated,
  learnPayload,
  matchPayload,
  noteRepeatable,
  observeEvent,
  type PayloadRepeater,
  startObserving,
} from './repeatedPayloads.js';
import { appendStray, errorInText, strayContent, strayError } from './strayText.js';
import type { Emit, SourceOptions, WireFormat } from './wireFormat.js';
import { type ForeignEvent, foreignEvent, wrongWire } from './wrongWire.js';

/** Decodes the bytes of one response to events, synchronously. Plain data: each subscription has one, and a service has thousands. */
export interface EventDecoder extends SseOwner, PayloadRepeater {
  readonly format: WireFormat;
  readonly includeRaw: boolean;
  /** Emits an event to the subscriber and adds it to the message. */
  readonly emit: Emit;
  /** True from the moment `finish` is emitted: the state may not have it yet when the subscriber unsubscribes in `next`. */
  finishing: boolean;
  /** Copies of payloads that came before `start`, held back because only pings may precede it. */
  held: RawEvent[] | undefined;
  /** The beginning of what stands outside of the fields of events. */
  stray: string;
  /** False until a payload came that the format knows; until then, the first one that it does not know. */
  known: boolean;
  foreign: ForeignEvent | undefined;
}

export type DecodingOptions = Pick<SourceOptions, 'maxEventBytes' | 'includeRaw' | 'templates'>;

/** @param deliver Emits an event to the subscriber. */
export function createEventDecoder(format: WireFormat, deliver: Emit, options: DecodingOptions): EventDecoder {
  const { maxEventBytes, includeRaw = false, templates = true } = options;
  const { lines, sse } = createSseOwner({ maxEventBytes });
  const decoder: EventDecoder = {
    lines,
    sse,
    format,
    state: format.createState(),
    includeRaw,
    fold: createPartialFold(),
    templates: templates && !includeRaw ? createJsonTemplates(format.variables) : undefined,
    deliver,
    emit: (event) => emitEvent(decoder, event),
    payloads: 0,
    finishing: false,
    held: includeRaw ? [] : undefined,
    stray: '',
    known: false,
    foreign: undefined,
    template: undefined,
    emitted: 0,
    repeatable: undefined,
    kept: false,
    repeated: undefined,
  };
  return decoder;
}

/** @throws StreamError for bytes that cannot be decoded, and for an error that the provider reports in the stream. */
export function decodeChunk(decoder: EventDecoder, chunk: Uint8Array): void {
  guard(() => sse.write(decoder, chunk));
}

/**
 * Decodes the end of the body.
 *
 * @param compressed Whether the body was compressed: decompression may drop the end of a cut body, and everything before it.
 * @throws TruncatedError or EmptyStreamError without terminal evidence; the error that stands outside of the events, if there is one;
 * ProtocolError if no event was one of this wire.
 */
export function endDecoding(decoder: EventDecoder, compressed = false): void {
  const { state } = decoder;
  let cut = compressed;
  guard(() => {
    if (sse.end(decoder)) cut = true;
    if (!state.finished) end(decoder, false);
  });
  if (!state.finished) throw withoutEvidence(decoder, cut);
}

/** Ends a response whose terminal marker did not come within the grace period. */
export function endAfterGrace(decoder: EventDecoder): void {
  guard(() => end(decoder, false));
}

/** Emits nothing more, also of a chunk that is being decoded. */
export function stopDecoding(decoder: EventDecoder): void {
  sse.stop(decoder);
}

/** True once `finish` was emitted. */
export function hasFinished({ finishing, state }: EventDecoder): boolean {
  return finishing || state.finished;
}

/** The message so far, for the `partial` of an error. */
export function partialMessage(decoder: EventDecoder): PartialMessage {
  appendRepeated(decoder);
  return decoder.fold.partial();
}

const ping: DeltaEvent = { type: 'ping' };
const openingBrace = 123;

const sse = createSseDecoder<EventDecoder>({
  comment: ({ emit }) => emit(ping),
  stray(decoder, line) {
    decoder.stray = appendStray(decoder.stray, line);
  },
  matchData(decoder, text, from, prefix) {
    const template = matchPayload(decoder, text, from, prefix);
    return template ? template.end : -1;
  },
  matched: decodeMatched,
  message(decoder, data, name, whole) {
    if (matchPayload(decoder, data, 0)?.end === data.length) return decodeMatched(decoder, data, name);
    if (data.charCodeAt(0) === openingBrace) {
      startObserving(decoder);
      if (decodeJson(decoder, data, name, whole)) learnPayload(decoder, data);
    } else decodeOther(decoder, data.trim(), name, whole);
    if (decoder.state.finished) sse.stop(decoder);
  },
});

/** Decodes the payload that matched a template last. */
function decodeMatched(decoder: EventDecoder, text: string, name: string): void {
  const { template, state } = decoder;
  if (template === undefined || emitRepeated(decoder, template, name)) return;
  startObserving(decoder);
  decodePayload(decoder, readTemplateValue(template, text), name);
  noteRepeatable(decoder, template, name);
  if (state.finished) sse.stop(decoder);
}

/** Decodes data that does not begin like an object: terminal markers, blank data, and data that should not be there. */
function decodeOther(decoder: EventDecoder, data: string, name: string, whole: boolean): void {
  if (data === '') return;
  if (data === '[DONE]') return decodeMarker(decoder);
  // A gateway has put a comment, or a whole field, into the data of an event.
  if (isHeartbeatText(data)) return decoder.emit(ping);
  if (data.startsWith('data:')) return decodeOther(decoder, data.replace(/^(data:\s*)+/, ''), name, whole);
  if (name === 'error' && !data.startsWith('{')) throw providerError(jsonOrText(data));
  const reported = errorInText(data);
  if (reported !== undefined) throw providerError(reported);
  decodeJson(decoder, data, name, whole);
}

/**
 * Decodes data in JSON, also where servers leave out the blank line between two events.
 *
 * @returns Whether the data is one payload.
 * @throws MalformedEventError, or TruncatedError for data that may be cut; neither quotes the data.
 */
function decodeJson(decoder: EventDecoder, data: string, name: string, whole: boolean): boolean {
  const payload = tryParseJson(data);
  if (payload !== undefined) {
    if (payload !== null) decodePayload(decoder, payload, name);
    return true;
  }
  if (name === 'error' && !data.includes('\n')) throw providerError(data);
  const lines = data.split('\n').filter((line) => line.trim() !== '');
  const payloads = lines.map((line) => (line === '[DONE]' ? line : tryParseJson(line)));
  if (lines.length < 2 || !payloads.every((line) => line === '[DONE]' || isObject(line))) {
    // The error of a server that broke off in the middle of an event.
    const error = payloads.find((line) => isObject(line) && isErrorBody(line));
    if (error !== undefined) throw providerError(error);
    throw whole ? new MalformedEventError() : new TruncatedError();
  }
  for (const line of payloads) {
    if (decoder.state.finished) break;
    if (line === '[DONE]') decodeMarker(decoder);
    else if (line !== undefined) decodePayload(decoder, line, '');
  }
  return false;
}

function decodePayload(decoder: EventDecoder, payload: JsonValue, name: string): void {
  const { format, state, emit } = decoder;
  if (!isObject(payload)) throw new MalformedEventError('An event is not a JSON object');
  decoder.payloads++;
  if (!format.knows(payload, name)) readForeign(decoder, payload, name);
  else if (!decoder.known) decoder.known = !isHeartbeat(payload, name);
  appendRepeated(decoder);
  decoder.repeated = undefined;
  state.growing = undefined;
  if (decoder.includeRaw) emitCopy(decoder, payload);
  format.decode(state, payload, name, emit);
}

/** A payload that is none of this wire is an error in a shape of its own, or the first one names the wire. */
function readForeign(decoder: EventDecoder, payload: JsonObject, name: string): void {
  // The format reads an `error` itself, with the usage beside it.
  if ((payload['error'] ?? null) === null && isErrorBody(payload)) throw providerError(payload);
  if (!decoder.known) decoder.foreign ??= foreignEvent(payload, name);
}

function decodeMarker(decoder: EventDecoder): void {
  const { state } = decoder;
  decoder.payloads++;
  // A marker is evidence of an answer only: not of one that nothing came of, and not where an error came in its place.
  if (!state.settled) throwUnread(decoder);
  end(decoder, true);
  if (!state.finished && !state.started) throw withoutEvidence(decoder, false);
}

/** Throws what the stream said outside of this wire's events. */
function throwUnread({ stray, known, foreign }: EventDecoder): void {
  const error = strayError(stray);
  if (error) throw error;
  if (!known && foreign) throw wrongWire(foreign);
}

/** The error of a stream that ended without evidence that its answer is complete. */
function withoutEvidence(decoder: EventDecoder, cut: boolean): StreamError {
  throwUnread(decoder);
  const { stray, state } = decoder;
  const content = state.started ? undefined : strayContent(stray);
  return content ?? (state.started || cut ? new TruncatedError() : new EmptyStreamError());
}

function end(decoder: EventDecoder, marked: boolean): void {
  appendRepeated(decoder);
  decoder.format.end(decoder.state, marked, decoder.emit);
}

function emitEvent(decoder: EventDecoder, event: DeltaEvent): void {
  const { fold, deliver } = decoder;
  if (event.type === 'finish') decoder.finishing = true;
  observeEvent(decoder, event);
  fold.push(event);
  deliver(event);
  if (event.type !== 'start') return;
  decoder.held?.forEach(deliver);
  decoder.held = undefined;
}

/** Emits a copy of a payload to the subscriber only: it is no part of the message. */
function emitCopy({ format, held, deliver }: EventDecoder, payload: JsonObject): void {
  const raw: RawEvent = { type: 'raw', provider: format.provider, name: 'payload', data: payload };
  if (held) held.push(raw);
  else deliver(raw);
}

/** A format that throws anything but a StreamError was given a payload of a form that it does not expect. */
function guard(work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw isStreamError(cause) ? cause : new MalformedEventError('An event has an unexpected form', { cause });
  }
}
