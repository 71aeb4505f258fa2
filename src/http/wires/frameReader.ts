import { createSseDecoder } from '../../codecs/sse/sseDecoder.js';
import { createSseOwner, type SseOwner } from '../../codecs/sse/sseState.js';
import { isStreamError, TruncatedError } from '../../errors.js';
import { maxEventBytes } from './bounds.js';
import type { EmitEvent, WireDecoder } from './wire.js';

/** The reading state of one response. */
export interface FrameReader extends SseOwner {
  readonly decoder: WireDecoder;
  readonly emit: EmitEvent;
}

/** @param decoder It goes on where an earlier response of the same stream was cut. */
export function createFrameReader(decoder: WireDecoder, emit: EmitEvent): FrameReader {
  return { ...createSseOwner({ maxEventBytes }), decoder, emit };
}

const frames = createSseDecoder<FrameReader>({
  message({ decoder, emit }, data, name, whole) {
    try {
      decoder.decode(data, name, emit);
    } catch (error) {
      // The data of a cut frame is no evidence against the server. That of a whole one, without its blank line, is read.
      if (whole || !isStreamError(error, 'malformed-event')) throw error;
    }
  },
  comment({ decoder, emit }) {
    if (!decoder.finished) emit({ type: 'ping' });
  },
});

/** Reads the next bytes: emits their events. @throws StreamError of the decoder, LimitError for a frame that is too large. */
export function readBytes(reader: FrameReader, bytes: Uint8Array): void {
  frames.write(reader, bytes);
}

/** The body ended. @throws TruncatedError if the stream did not, EmptyStreamError if nothing came. */
export function endBytes(reader: FrameReader): void {
  const { decoder, emit } = reader;
  const isInside = frames.end(reader);
  if (decoder.finished) return;
  if (isInside) throw new TruncatedError(undefined, { partial: decoder.partial });
  decoder.end(emit);
}

/** Stops at once, also in the middle of a chunk: nothing is emitted any more. */
export function stopReading(reader: FrameReader): void {
  frames.stop(reader);
}
