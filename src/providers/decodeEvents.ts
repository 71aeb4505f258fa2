import { createSseDecoder, type SseDecoder } from '../codecs/sse.js';
import { EmptyStreamError, isStreamError, MalformedEventError, TruncatedError } from '../errors.js';
import type { DeltaEvent, JsonObject, JsonValue, RawEvent } from '../events.js';
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

export function createEventDecoder<State extends WireState>(
  format: WireFormat<State>,
  deliver: Emit,
  { maxEventBytes, includeRaw = false }: Pick<SourceOptions, 'maxEventBytes' | 'includeRaw'>,
): EventDecoder {
  const state = format.createState();
  let payloads = 0;
  /** Known before the state says so, for a subscriber that leaves while it is told. */
  let finishing = false;

  /** Copies of payloads that came before `start`, which nothing but pings may precede. */
  let held: RawEvent[] | undefined = [];

  function emit(event: DeltaEvent): void {
    if (event.type === 'finish') finishing = true;
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
      message(data, name, whole) {
        if (data.charCodeAt(0) === openingBrace) decode(parse(data, whole), name);
        else readOther(data.trim(), name, whole);
        if (state.finished) sse.stop();
      },
    },
    { maxEventBytes },
  );

  /** Whatever is not plainly an object: markers, nothing, and what should not be there. */
  function readOther(data: string, name: string, whole: boolean): void {
    if (data === '') return;
    if (data === '[DONE]') return endMarked();
    if (name === 'error' && !data.startsWith('{')) throw providerError(readText(data));
    const payload = parse(data, whole);
    if (payload !== null) decode(payload, name);
  }

  function decode(payload: JsonValue, name: string): void {
    if (!isObject(payload)) throw new MalformedEventError('An event is not a JSON object');
    payloads++;
    if (includeRaw) copy(payload);
    format.decode(state, payload, name, emit);
  }

  function endMarked(): void {
    payloads++;
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
        if (!state.finished) format.end(state, false, emit);
      });
      if (!state.finished) throw state.started || cut ? new TruncatedError() : new EmptyStreamError();
    },
    settle: () => guard(() => format.end(state, false, emit)),
    stop: () => sse.stop(),
  };
}

/** A decoder that stumbles over a payload met a form that it does not know. */
function guard(work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw isStreamError(cause) ? cause : new MalformedEventError('An event has an unexpected form', { cause });
  }
}

function parse(data: string, whole: boolean): JsonValue {
  try {
    return JSON.parse(data) as JsonValue;
  } catch {
    // Without its cause, which would quote the payload.
    throw whole ? new MalformedEventError() : new TruncatedError();
  }
}

function readText(data: string): JsonValue {
  try {
    return JSON.parse(data) as JsonValue;
  } catch {
    return data;
  }
}
