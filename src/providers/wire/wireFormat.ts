import type { VariablePaths } from '../../codecs/jsonTemplate/variables.js';
import type { GrowingText } from '../../codecs/text/growingText.js';
import type { DeltaEvent, JsonObject } from '../../events.js';
import type { Demand } from '../../handles/createDemand.js';
import type { ResponseHead } from '../../limits/responseHead.js';

/** Takes one event. After the subscriber is gone it does nothing. */
export type Emit = (event: DeltaEvent) => void;

/** What every decoder's per-request state has; the rest is the decoder's own. */
export interface WireState {
  /** True once anything but a ping, an error or a terminal marker was seen: without it the stream is empty. */
  started: boolean;
  /** True once `finish` was emitted: the stream completes at once, without waiting for the socket. */
  finished: boolean;
  /** True while every choice has its end but the terminal marker has not come: the stream completes after `graceMs` of silence. */
  settled: boolean;
  /**
   * The text to which the payload that is decoded adds what it says. Where it emits one delta, of what it says, and sets this, the same
   * payload with another text must emit the same delta with that text, add it here, and do nothing else: it is not decoded again.
   */
  growing: GrowingText | undefined;
}

/**
 * One provider's stream format: how a payload becomes events. Pure, so that a recorded stream tests it without a network.
 */
export interface WireFormat<State extends WireState = WireState> {
  /** `start.provider` and `raw.provider` of its events. */
  readonly provider: string;
  /** In what one delta's payload differs from another's: how most of them are read without being parsed. */
  readonly variables: VariablePaths;
  createState(): State;
  /**
   * Decodes one payload: emits its events at once, in order, and updates the state.
   * @param name The SSE event name, empty if none was sent.
   * @throws ProviderError for an in-band error.
   */
  decode(state: State, payload: JsonObject, name: string, emit: Emit): void;
  /**
   * Asks for the end: at a `[DONE]` marker (`marked`), at a clean end of the body, and after the grace period.
   * Where the state holds terminal evidence (a marker is evidence too where the format knows one), it ends what is open, emits `finish` and sets `finished`; else it does nothing.
   */
  end(state: State, marked: boolean, emit: Emit): void;
}

/** Options of every source. */
export interface SourceOptions {
  /** Aborts the request; the stream then errors with StreamAbortedError. @defaultValue none */
  readonly signal?: AbortSignal;
  /** Largest server-sent event to hold, in bytes. @defaultValue 16 MiB */
  readonly maxEventBytes?: number;
  /** Emit each provider payload as a `raw` event named `payload` before its events, the first ones right after `start`. @defaultValue false */
  readonly includeRaw?: boolean;
  /**
   * Read payloads that equal an earlier one but for their text without parsing all of them: the same events for less work. `false` parses
   * every payload, as `includeRaw` does too. @defaultValue true
   */
  readonly templates?: boolean;
  /** After every choice has finished and no terminal marker came: the silence after which the stream completes, in milliseconds. @defaultValue 2,000 */
  readonly graceMs?: number;
  /**
   * Called with the status and headers of the response, of an error too, before anything of its body is told: for request ids and rate limits
   * (`createRateLimiter().observe`). What it throws becomes the error notification, and aborts the request. @defaultValue none
   */
  readonly onResponse?: (response: ResponseHead) => void;
  /**
   * Made by `createDemand()`: while it is paused the body is not read, so that the provider waits and little is held. What was being pushed is
   * pushed to its end; an error of the connection and an abort come at once. @defaultValue everything is read as it comes
   */
  readonly demand?: Demand;
}
