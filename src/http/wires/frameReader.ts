import { createSseDecoder } from '../../codecs/sse/sseDecoder.js';
import { createSseOwner, type SseOwner } from '../../codecs/sse/sseState.js';
import { isStreamError, TruncatedError } from '../../errors.js';
import { maxEventBytes } from './bounds.js';
import type { EmitEvent, WireDecoder } from './wire.js';

/** The reading state of one response. */
export interface FrameReader extends SseOwner {
  readonly decoder: WireDecoder;
  readonly emit: EmitEvent;
  /** The id of the last frame that was read, of this response or an earlier one of the same stream; empty if none had one. */
  lastId: string;
  /** Whether a frame came that an earlier response did not have. */
  moved: boolean;
}

/**
 * @param decoder It goes on where an earlier response of the same stream was cut.
 * @param lastId The id of the last frame of that response.
 */
export function createFrameReader(decoder: WireDecoder, emit: EmitEvent, lastId = ''): FrameReader {
  return { ...createSseOwner({ maxEventBytes }), decoder, emit, lastId, moved: lastId === '' };
}

const frames = createSseDecoder<FrameReader>({
  message(reader, data, name, whole) {
    const { decoder, emit, sse, lastId } = reader;
    const id = sse.lastEventId;
    // A server may begin again with what it has sent.
    if (!reader.moved && isSeen(id, lastId)) return;
    // What is cut comes again, where there are ids.
    if (!whole && lastId !== '') return;
    reader.moved = true;
    try {
      decoder.decode(data, name, emit);
    } catch (error) {
      // The data of a cut frame is no evidence against the server. That of a whole one, without its blank line, is read.
      if (whole || !isStreamError(error, 'malformed-event')) throw error;
    }
    reader.lastId = id || lastId;
  },
  comment({ decoder, emit }) {
    if (!decoder.finished) emit({ type: 'ping' });
  },
});

/** Whether a frame came before the last one that was read, or is that one: `epoch-7` comes before `epoch-12`. */
function isSeen(id: string, lastId: string): boolean {
  if (id === lastId) return true;
  const [from, last] = [numberAt(id), numberAt(lastId)];
  return id.slice(0, from) === lastId.slice(0, last) && Number(id.slice(from)) <= Number(lastId.slice(last));
}

/** Where the number begins that an id ends with. */
function numberAt(id: string): number {
  return id.search(/\d{1,15}$/);
}

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
