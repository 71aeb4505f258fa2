import { isObject } from '../../codecs/json/jsonFields.js';
import { type JsonTemplate, valueIn } from '../../codecs/jsonTemplate/template.js';
import { formOf, learnForm, releaseForm } from '../../codecs/jsonTemplate/templates.js';
import { createSseDecoder } from '../../codecs/sse/sseDecoder.js';
import { append, createGrowingText } from '../../codecs/text/growingText.js';
import { EmptyStreamError, isStreamError, MalformedEventError, TruncatedError } from '../../errors.js';
import type { DeltaEvent, JsonObject, JsonValue, RawEvent } from '../../events.js';
import { pieceText, withText } from '../../message/deltas.js';
import { providerError } from '../http/providerError.js';
import { type EventDecoder, noteRepeated, type Repetition } from './eventDecoder.js';
import { parsePayload, parseText } from './parsePayload.js';

const ping: DeltaEvent = { type: 'ping' };
const openingBrace = 123;

/** @throws StreamError for what cannot be decoded, and in-band errors. */
export function decodeChunk(decoder: EventDecoder, chunk: Uint8Array): void {
  guard(() => sse.write(decoder, chunk));
}

/**
 * The end of the body.
 * @param compressed Whether it came compressed: decompression may swallow a cut, and all that came before it.
 * @throws TruncatedError, EmptyStreamError
 */
export function endDecoding(decoder: EventDecoder, compressed = false): void {
  const { state } = decoder;
  let cut = compressed;
  guard(() => {
    if (sse.end(decoder)) cut = true;
    if (!state.finished) endUnmarked(decoder);
  });
  if (!state.finished) throw state.started || cut ? new TruncatedError() : new EmptyStreamError();
}

/** Accepts the end though no marker came. */
export function settleDecoding(decoder: EventDecoder): void {
  guard(() => endUnmarked(decoder));
}

/** Nothing is told any more, also of a chunk that is being decoded. */
export function stopDecoding(decoder: EventDecoder): void {
  sse.stop(decoder);
}

const sse = createSseDecoder<EventDecoder>({
  comment: ({ emit }) => emit(ping),
  endOfKnown(decoder, text, from, head) {
    const form = lookUp(decoder, text, from, head);
    return form ? form.end : -1;
  },
  known: decodeKnown,
  message(decoder, data, name, whole) {
    const { forms, state } = decoder;
    if (lookUp(decoder, data, 0)?.end === data.length) return decodeKnown(decoder, data, name);
    if (data.charCodeAt(0) === openingBrace) {
      decoder.repeatable = undefined;
      decode(decoder, parsePayload(data, whole), name);
      // Last, so that no event waits for it; and not before the first delta, so that it does not wait either.
      if (forms && decoder.repeatable && !state.finished && isOneLine(data)) learnForm(forms, data);
    } else readOther(decoder, data.trim(), name, whole);
    if (state.finished) sse.stop(decoder);
  },
});

function lookUp(decoder: EventDecoder, text: string, from: number, head?: string): JsonTemplate | undefined {
  const { forms } = decoder;
  decoder.form = forms && formOf(forms, text, from, head);
  return decoder.form;
}

/** Decodes the payload whose form was found last. */
function decodeKnown(decoder: EventDecoder, text: string, name: string): void {
  const { form, forms, repeated, state } = decoder;
  if (form === undefined) return;
  const { said } = form;
  if (said && repeated?.form === form && repeated.name === name) {
    decoder.payloads++;
    append(repeated.said, said);
    return decoder.deliver(withText(repeated.delta, said));
  }
  decoder.repeatable = undefined;
  decoder.emitted = 0;
  decoder.kept = false;
  decode(decoder, valueIn(form, text), name);
  decoder.repeated = repetition(decoder, form, name);
  if (decoder.kept && forms) releaseForm(forms);
  if (state.finished) sse.stop(decoder);
}

/** What the payload that was decoded last did, if it only added its text to another and told so. */
function repetition({ state, emitted, repeatable }: EventDecoder, form: JsonTemplate, name: string): Repetition | undefined {
  const { growing } = state;
  const isOne = emitted === 1 && repeatable && pieceText(repeatable) === form.said;
  return isOne && growing ? { form, name, text: growing, delta: repeatable, said: createGrowingText() } : undefined;
}

/** Whatever is not plainly an object: markers, nothing, and what should not be there. */
function readOther(decoder: EventDecoder, data: string, name: string, whole: boolean): void {
  if (data === '') return;
  if (data === '[DONE]') return endMarked(decoder);
  if (name === 'error' && !data.startsWith('{')) throw providerError(parseText(data));
  const payload = parsePayload(data, whole);
  if (payload !== null) decode(decoder, payload, name);
}

function decode(decoder: EventDecoder, payload: JsonValue, name: string): void {
  const { format, state, emit } = decoder;
  if (!isObject(payload)) throw new MalformedEventError('An event is not a JSON object');
  decoder.payloads++;
  noteRepeated(decoder);
  decoder.repeated = undefined;
  state.growing = undefined;
  if (decoder.includeRaw) copy(decoder, payload);
  format.decode(state, payload, name, emit);
}

function endMarked(decoder: EventDecoder): void {
  const { format, state, emit } = decoder;
  decoder.payloads++;
  noteRepeated(decoder);
  format.end(state, true, emit);
  if (!state.finished && !state.started) throw new EmptyStreamError();
}

function endUnmarked(decoder: EventDecoder): void {
  noteRepeated(decoder);
  decoder.format.end(decoder.state, false, decoder.emit);
}

function copy({ format, held, deliver }: EventDecoder, payload: JsonObject): void {
  const raw: RawEvent = { type: 'raw', provider: format.provider, name: 'payload', data: payload };
  if (held) held.push(raw);
  else deliver(raw);
}

/** Data of several lines looks like something else where it stands. */
function isOneLine(data: string): boolean {
  return !data.includes('\n');
}

/** A decoder that stumbles over a payload met a form that it does not know. */
function guard(work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw isStreamError(cause) ? cause : new MalformedEventError('An event has an unexpected form', { cause });
  }
}
