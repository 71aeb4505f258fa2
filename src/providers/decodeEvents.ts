import { type JsonTemplate, valueIn } from '../codecs/jsonTemplate.js';
import { createJsonTemplates, formOf, learnForm, releaseForm } from '../codecs/jsonTemplates.js';
import { createSseDecoder, type SseDecoder } from '../codecs/sse.js';
import { EmptyStreamError, isStreamError, MalformedEventError, TruncatedError } from '../errors.js';
import type { DeltaEvent, JsonObject, JsonValue, PartialMessage, RawEvent } from '../events.js';
import { type AddingEvent, addedText, adding, isAdding } from '../internal/addingEvent.js';
import { createMessageFold } from '../internal/fold.js';
import { append, createGrowingText, type GrowingText, wholeText } from '../internal/growingText.js';
import { isObject } from './jsonFields.js';
import { providerError } from './providerError.js';
import type { Emit, SourceOptions, WireFormat, WireState } from './wireFormat.js';

const ping: DeltaEvent = { type: 'ping' };
const openingBrace = 123;

/** Bytes in, events out, for one response. All of it is synchronous. */
export interface EventDecoder {
  /** True once `finish` was emitted. */
  readonly finished: boolean;
  /** True while only the terminal marker is missing. */
  readonly settled: boolean;
  /** How many payloads came so far. */
  readonly payloads: number;
  /** What was said so far. */
  partial(): PartialMessage;
  write(chunk: Uint8Array): void;
  /**
   * The end of the body.
   * @param compressed Whether it came compressed: decompression may swallow a cut, and all that came before it.
   * @throws TruncatedError, EmptyStreamError
   */
  end(compressed?: boolean): void;
  /** Accepts the end though no marker came. */
  settle(): void;
  stop(): void;
}

export type DecodingOptions = Pick<SourceOptions, 'maxEventBytes' | 'includeRaw' | 'templates'>;

export function createEventDecoder<State extends WireState>(
  format: WireFormat<State>,
  deliver: Emit,
  { maxEventBytes, includeRaw = false, templates = true }: DecodingOptions,
): EventDecoder {
  const state = format.createState();
  const fold = createMessageFold();
  const forms = templates && !includeRaw ? createJsonTemplates(format.holes) : undefined;
  /** Whether an event was emitted that may hold a part of its payload. */
  let kept = false;
  let emitted = 0;
  /** The form of the payload that was looked at last. */
  let form: JsonTemplate | undefined;
  let repeatable: AddingEvent | undefined;
  let repeated: Repetition | undefined;
  let payloads = 0;
  /** Known before the state says so, for a subscriber that leaves while it is told. */
  let finishing = false;

  /** Copies of payloads that came before `start`, which nothing but pings may precede. */
  let held: RawEvent[] | undefined = [];

  function emit(event: DeltaEvent): void {
    if (event.type === 'finish') finishing = true;
    emitted++;
    if (isAdding(event)) repeatable = event;
    else kept ||= event.type !== 'ping';
    fold.push(event);
    deliver(event);
    if (held && event.type === 'start') {
      held.forEach(deliver);
      held = undefined;
    }
  }

  function copy(payload: JsonObject): void {
    const raw: RawEvent = { type: 'raw', provider: format.provider, name: 'payload', data: payload };
    if (held) held.push(raw);
    else deliver(raw);
  }

  const sse: SseDecoder = createSseDecoder(
    {
      comment: () => emit(ping),
      endOfKnown,
      known: decodeKnown,
      message(data, name, whole) {
        if (endOfKnown(data, 0, '') === data.length) return decodeKnown(data, name);
        if (data.charCodeAt(0) === openingBrace) {
          repeatable = undefined;
          decode(parse(data, whole), name);
          // Last, so that no event waits for it; and not before the first delta, so that it does not wait either.
          if (forms && repeatable && !state.finished && isOneLine(data)) learnForm(forms, data);
        } else readOther(data.trim(), name, whole);
        if (state.finished) sse.stop();
      },
    },
    { maxEventBytes },
  );

  /** Where a payload of known form ends, of which nothing was decoded yet; negative if it has none. */
  function endOfKnown(text: string, from: number, head: string): number {
    form = forms && formOf(forms, text, from, head);
    return form ? form.end : -1;
  }

  /** Decodes the payload whose form was found last. */
  function decodeKnown(text: string, name: string): void {
    if (form === undefined) return;
    const { said } = form;
    if (said && repeated?.form === form && repeated.name === name) {
      payloads++;
      append(repeated.said, said);
      return deliver(adding(repeated.delta, said));
    }
    repeatable = undefined;
    emitted = 0;
    kept = false;
    decode(valueIn(form, text), name);
    repeated = repetition(form, name);
    if (kept && forms) releaseForm(forms);
    if (state.finished) sse.stop();
  }

  /** What the payload that was decoded last did, if it only added its text to another and told so. */
  function repetition(form: JsonTemplate, name: string): Repetition | undefined {
    const { growing } = state;
    const isOne = emitted === 1 && repeatable && addedText(repeatable) === form.said;
    if (!isOne || !growing) return undefined;
    return { form, name, text: growing, delta: repeatable as AddingEvent, said: createGrowingText() };
  }

  /** Tells the decoder, and the message so far, of all repetitions at once. */
  function noteRepeated(): void {
    if (repeated === undefined || repeated.said.length === 0) return;
    const said = wholeText(repeated.said);
    repeated.said = createGrowingText();
    append(repeated.text, said);
    fold.push(adding(repeated.delta, said));
  }

  /** Whatever is not plainly an object: markers, nothing, and what should not be there. */
  function readOther(data: string, name: string, whole: boolean): void {
    if (data === '') return;
    if (data === '[DONE]') return endMarked();
    if (name === 'error' && !data.startsWith('{')) throw providerError(readText(data));
    const payload = parse(data, whole);
    if (payload !== null) decode(payload, name);
  }

  function parse(data: string, whole: boolean): JsonValue {
    try {
      return JSON.parse(data) as JsonValue;
    } catch {
      // Without its cause, which would quote the payload.
      throw whole ? new MalformedEventError() : new TruncatedError();
    }
  }

  function decode(payload: JsonValue, name: string): void {
    if (!isObject(payload)) throw new MalformedEventError('An event is not a JSON object');
    payloads++;
    noteRepeated();
    repeated = undefined;
    state.growing = undefined;
    if (includeRaw) copy(payload);
    format.decode(state, payload, name, emit);
  }

  function endMarked(): void {
    payloads++;
    noteRepeated();
    format.end(state, true, emit);
    if (!state.finished && !state.started) throw new EmptyStreamError();
  }

  return {
    get finished() {
      return finishing || state.finished;
    },
    get settled() {
      return state.settled;
    },
    get payloads() {
      return payloads;
    },
    write: (chunk) => guard(() => sse.write(chunk)),
    end(compressed = false) {
      let cut = compressed;
      guard(() => {
        if (sse.end()) cut = true;
        noteRepeated();
        if (!state.finished) format.end(state, false, emit);
      });
      if (!state.finished) throw state.started || cut ? new TruncatedError() : new EmptyStreamError();
    },
    settle() {
      noteRepeated();
      guard(() => format.end(state, false, emit));
    },
    partial() {
      noteRepeated();
      return fold.partial();
    },
    stop: () => sse.stop(),
  };
}

/** A payload that was decoded: one of the same form does the same with another text. */
interface Repetition {
  readonly form: JsonTemplate;
  readonly name: string;
  /** To what it adds, once the repetitions are noted. */
  readonly text: GrowingText;
  readonly delta: AddingEvent;
  /** What was said by repetitions that are not noted yet. */
  said: GrowingText;
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

function readText(data: string): JsonValue {
  try {
    return JSON.parse(data) as JsonValue;
  } catch {
    return data;
  }
}
