import { Observable } from 'rxjs';
import { ConnectionError, isStreamError } from '../../errors.js';
import type { DeltaEvent } from '../../events.js';
import { readBounded, releaseBody } from '../../providers/http/bodies.js';
import { createFrameReader } from '../wires/frameReader.js';
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

/** Sends the request, and reads one response. Unsubscribing aborts it, also in the middle of a chunk. */
export function connect(stream: WireStream): Observable<DeltaEvent> {
  return new Observable((subscriber) => {
    const { decoder, send, lastId } = stream;
    const controller = new AbortController();
    const emit = (event: DeltaEvent): void => subscriber.next(event);
    const frames = createFrameReader(decoder, emit, lastId);
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
    stream.moved = false;
    stream.cut = false;

    async function open(): Promise<void> {
      const response = await send({ signal: controller.signal, lastEventId: lastId || undefined });
      if (subscriber.closed) return releaseBody(response.body);
      checkResponse(response);
      const { ok, status, headers, body } = response;
      // There is no stream. Of one that was cut, the rest is gone.
      if (status === 204 && !lastId) return subscriber.complete();
      if (ok && !body) return decoder.end(emit);
      const contentType = headers.get('content-type') ?? '';
      if (ok && body && !/html|json/i.test(contentType)) {
        reader = body.getReader();
        return readNext();
      }
      const text = body ? await readBounded(body) : '';
      const error = ok ? contentError(contentType, text) : statusError(status, text, headers.get('retry-after'));
      stream.cut = error.retryable;
      throw error;
    }

    /** Uses callbacks: a function that awaits the next chunk would retain the last one, and the response, until it arrives. */
    function readNext(): void {
      reader?.read().then(push, breakOff);
    }

    function push({ done, value }: ReadableStreamReadResult<Uint8Array>): void {
      if (subscriber.closed) return;
      // A body that ends without a finish was cut, unless the decoder finds another fault in its end.
      stream.cut = done;
      try {
        if (done) frames.end();
        else frames.read(value);
      } catch (error) {
        return subscriber.error(error);
      } finally {
        stream.lastId = resumableId(frames.lastId);
        stream.moved = frames.moved;
      }
      if (decoder.finished) subscriber.complete();
      else readNext();
    }

    /** The connection failed, or the request. */
    function breakOff(cause: unknown): void {
      if (isStreamError(cause)) return subscriber.error(cause);
      stream.cut = true;
      subscriber.error(new ConnectionError(undefined, { cause }));
    }

    subscriber.add(() => {
      frames.stop();
      const abort = (): void => {
        controller.abort();
        releaseBody(reader);
      };
      // The end of the body comes right after the finish, and only a body that was read to its end frees its connection for the next request.
      if (decoder.finished && reader) reader.read().then(({ done }) => done || abort(), abort);
      else abort();
    });
    open().catch(breakOff);
  });
}

/** An id that a header can carry. */
function resumableId(id: string): string {
  return /^[\x21-\x7e]{1,512}$/.test(id) ? id : '';
}
