import type { VariablePaths } from '../../codecs/jsonTemplate/variables.js';
import type { GrowingText } from '../../codecs/text/growingText.js';
import type { DeltaEvent, JsonObject } from '../../events.js';
import type { Demand } from '../../handles/createDemand.js';
import type { ResponseHead } from '../../limits/retryAfter.js';

/** Emits one event. After unsubscribe it does nothing. */
export type Emit = (event: DeltaEvent) => void;

/** The fields that the state of every format has, one state a subscription; a format adds its own. */
export interface WireState {
  /** True once the response began: a stream that emitted only pings and terminal markers is empty. */
  started: boolean;
  /** True once `finish` was emitted: the stream completes at once, without waiting for the socket. */
  finished: boolean;
  /** True while every choice has its end but no terminal marker came: the stream completes after `graceMs` of silence. */
  settled: boolean;
  /**
   * The text that the payload being decoded extends. A format that sets this and emits exactly one delta promises that the same payload with
   * another text would emit the same delta with that text, extend this text by it, and do nothing else: such a payload is not decoded. Arguments
   * that begin with a brace are always decoded.
   */
  growing: GrowingText | undefined;
}

/** The stream format of one provider: how payloads become events. Pure, so that recorded streams test it without a network. */
export interface WireFormat<State extends WireState = WireState> {
  /** The `provider` of its `start` and `raw` events. */
  readonly provider: string;
  /** Where the payloads of successive deltas differ, so that most of them are read without being parsed. */
  readonly variables: VariablePaths;
  createState(): State;
  /** Whether a payload is one of this wire: a stream without any is of another wire. */
  knows(payload: JsonObject, name: string): boolean;
  /**
   * Decodes one payload: emits its events at once, in order, and updates the state.
   *
   * @param name The SSE event name, empty if none was sent.
   * @throws ProviderError for an error that the provider reports in the stream.
   */
  decode(state: State, payload: JsonObject, name: string, emit: Emit): void;
  /**
   * Called at a `[DONE]` marker (`marked`), at the end of the body, and after the grace period. If the state holds terminal evidence, or if
   * the marker is evidence in this format, it ends the open blocks, emits `finish` and sets `finished`; else it does nothing.
   */
  end(state: State, marked: boolean, emit: Emit): void;
}

/** Options of every source. */
export interface SourceOptions {
  /** Aborts the request of each subscription, which then errors with StreamAbortedError. @defaultValue none */
  readonly signal?: AbortSignal;
  /** Largest server-sent event to hold, in bytes. @defaultValue 16 MiB */
  readonly maxEventBytes?: number;
  /** Emit each provider payload as a `raw` event named `payload` before its events, the first ones right after `start`. @defaultValue false */
  readonly includeRaw?: boolean;
  /**
   * Read payloads that equal an earlier one except for their text without parsing them: the same events for less work. `false` parses every
   * payload, as `includeRaw` does too. @defaultValue true
   */
  readonly templates?: boolean;
  /**
   * Silence after which the stream completes when every choice has finished and no terminal marker came, in milliseconds.
   * @defaultValue 2,000
   */
  readonly graceMs?: number;
  /**
   * Called with the status and headers of each response, also of an error response, before any event of its body is emitted: for request ids
   * and rate limits (`createRateLimiter().observe`), but not after unsubscribe. An exception becomes the error notification and aborts the
   * request. @defaultValue none
   */
  readonly onResponse?: (response: ResponseHead) => void;
  /**
   * A handle of `createDemand()`. While it is paused the body is not read, so that the provider waits and little is held; events that are
   * being pushed when the pause begins are still emitted. Errors of the connection and aborts are emitted at once.
   * @defaultValue the body is read as fast as it arrives
   */
  readonly demand?: Demand;
}
