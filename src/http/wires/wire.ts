import type { DeltaEvent, ErrorInfo, PartialMessage } from '../../events.js';

/** Writes the data of one server-sent event: one line of text. */
export type WriteData = (data: string) => void;

/** Emits one event. */
export type EmitEvent = (event: DeltaEvent) => void;

/**
 * A protocol by which events cross HTTP, as server-sent events. Pure: hosts frame what it writes and add ids and keep-alive comments; readers
 * give it the data of the frames. Neither needs RxJS.
 */
export interface Wire {
  /** The headers of a response on this wire, beside `content-type`. Names are lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** How its hosts encode: {@link createEncoder}. */
  readonly encoding: WireEncoding;
  /**
   * Whether each frame is understood without those before it, so that the rest of a stream can be encoded alone; else what came before is encoded
   * again, and not sent. @defaultValue false
   */
  readonly isStateless?: boolean | undefined;
  /**
   * Whether its client resumes without an id, and begins again with the first frame: of a stream that has ended it wants nothing, by the status
   * 204. @defaultValue false
   */
  readonly replays?: boolean | undefined;
  /** @returns A new decoder; one stream has one, also where it is read from several responses. */
  createDecoder(): WireDecoder;
}

/**
 * How a wire encodes: a protocol of this package, or for one of your own a function that creates an encoder. Ours are plain data, which
 * hosts look up, so that a page that only reads bundles no encoder.
 */
export type WireEncoding = WireProtocol | (() => WireEncoder);

/** A protocol of this package with the options of its encoder. */
export interface WireProtocol {
  readonly protocol: 'sse' | 'uiMessages' | 'agUi';
}

/** Encodes the events of one stream. */
export interface WireEncoder {
  /**
   * True once nothing else is written, also where an event ended the stream that its protocol cannot express: the host unsubscribes from the
   * source. @defaultValue the stream ends with its `finish`
   */
  readonly ended?: boolean;
  /**
   * Writes what an event becomes: nothing, one frame or several. After `finish` nothing else is written.
   *
   * @throws LimitError for an event that is too large or too deep: the host ends the stream with it.
   */
  encode(event: DeltaEvent, write: WriteData): void;
  /** Ends the stream with an error: ends what is open and writes the error as this wire reports errors. After that nothing else is written. */
  fail(error: ErrorInfo, write: WriteData): void;
}

/** Decodes the frames of one stream. */
export interface WireDecoder {
  /** True once `finish` was emitted: what follows is not read. */
  readonly finished: boolean;
  /**
   * Decodes one frame.
   *
   * @param data The data of the frame.
   * @param name The name of the frame's event, empty if it has none.
   * @throws StreamError: the error that the frame reports, or one for a frame that is not of this wire.
   */
  decode(data: string, name: string, emit: EmitEvent): void;
  /**
   * The body ended.
   *
   * @throws TruncatedError if it ended without terminal evidence; EmptyStreamError if nothing came.
   */
  end(emit: EmitEvent): void;
  /** The message so far: what the events add up to. Errors that it throws carry it. */
  partial(): PartialMessage;
}
