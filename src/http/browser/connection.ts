import { Observable, type Subscriber } from 'rxjs';
import { ConnectionError, isStreamError } from '../../errors.js';
import type { DeltaEvent } from '../../events.js';
import { readBounded, releaseBody } from '../../providers/http/bodies.js';
import { createFrameReader, endBytes, type FrameReader, readBytes, stopReading } from '../wires/frameReader.js';
import type { WireDecoder } from '../wires/wire.js';
import { contentError, statusError } from './responseError.js';
import { checkResponse, type WireRequestOptions } from './wireRequest.js';

/** A stream over all of its responses. */
export interface WireStream {
  readonly decoder: WireDecoder;
  readonly send: (options: WireRequestOptions) => Promise<Response>;
  /** The id of the last frame that was read; empty if none had one. */
  lastId: string;
  /** Whether the latest response had a frame that no earlier one had. */
  moved: boolean;
  /** Whether the error of the latest response is that it broke off, and no word of the server. */
  cut: boolean;
}

/** The state of one response. */
interface Reading {
  readonly stream: WireStream;
  readonly subscriber: Subscriber<DeltaEvent>;
  readonly controller: AbortController;
  readonly frames: FrameReader;
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
}

/** Sends the request, and reads one response. Unsubscribing aborts it, also in the middle of a chunk. */
export function connect(stream: WireStream): Observable<DeltaEvent> {
  return new Observable((subscriber) => {
    const frames = createFrameReader(stream.decoder, (event) => subscriber.next(event), stream.lastId);
    const reading: Reading = { stream, subscriber, controller: new AbortController(), frames, reader: undefined };
    stream.moved = false;
    stream.cut = false;
    subscriber.add(() => release(reading));
    open(reading).catch((error: unknown) => breakOff(reading, error));
  });
}

async function open(reading: Reading): Promise<void> {
  const { stream, subscriber, controller } = reading;
  const response = await stream.send({ signal: controller.signal, lastEventId: stream.lastId || undefined });
  if (subscriber.closed) return releaseBody(response.body);
  checkResponse(response);
  const { ok, status, headers, body } = response;
  // There is no stream. Of one that was cut, the rest is gone.
  if (status === 204 && stream.lastId === '') return subscriber.complete();
  if (ok && !body) return stream.decoder.end((event) => subscriber.next(event));
  const contentType = headers.get('content-type') ?? '';
  if (ok && body && !/html|json/i.test(contentType)) {
    reading.reader = body.getReader();
    return readNext(reading);
  }
  const text = body ? await readBounded(body) : '';
  const error = ok ? contentError(contentType, text) : statusError(status, text, headers.get('retry-after'));
  stream.cut = error.retryable;
  throw error;
}

/** Uses callbacks: a function that awaits the next chunk would retain the last one, and the response, until it arrives. */
function readNext(reading: Reading): void {
  reading.reader?.read().then(
    (result) => push(reading, result),
    (error: unknown) => breakOff(reading, error),
  );
}

function push(reading: Reading, result: ReadableStreamReadResult<Uint8Array>): void {
  const { stream, subscriber, frames } = reading;
  if (subscriber.closed) return;
  try {
    if (result.done) end(reading);
    else readBytes(frames, result.value);
  } catch (error) {
    return subscriber.error(error);
  } finally {
    stream.lastId = resumableId(frames.lastId);
    stream.moved = frames.moved;
  }
  if (stream.decoder.finished) subscriber.complete();
  else readNext(reading);
}

/** A body that ends without a finish was cut, unless the decoder finds another fault in its end. */
function end({ stream, frames }: Reading): void {
  stream.cut = true;
  endBytes(frames);
}

/** The connection failed, or the request. */
function breakOff({ stream, subscriber }: Reading, cause: unknown): void {
  if (isStreamError(cause)) return subscriber.error(cause);
  stream.cut = true;
  subscriber.error(new ConnectionError(undefined, { cause }));
}

/** An id that a header can carry. */
function resumableId(id: string): string {
  return /^[\x21-\x7e]{1,512}$/.test(id) ? id : '';
}

function release({ stream, controller, frames, reader }: Reading): void {
  stopReading(frames);
  const abort = (): void => {
    controller.abort();
    releaseBody(reader);
  };
  // The end of the body comes right after the finish, and only a body that was read to its end frees its connection for the next request.
  if (stream.decoder.finished && reader) reader.read().then(({ done }) => done || abort(), abort);
  else abort();
}
