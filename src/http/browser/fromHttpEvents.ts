import type { OperatorFunction } from 'rxjs';
import { ConnectionError, fillPartial } from '../../errors.js';
import type { DeltaEvent } from '../../events.js';
import { operate } from '../../kernel/operate.js';
import { checkWire } from '../wires/checkWire.js';
import { createFrameReader } from '../wires/frameReader.js';
import type { Wire } from '../wires/wire.js';
import { contentError, statusError } from './responseError.js';

/** What is used of an event of Angular's `HttpClient`. */
export interface HttpEventLike {
  /** The `HttpEventType`. */
  readonly type: number;
  readonly status?: number;
  /** All text so far, of a `DownloadProgress`. */
  readonly partialText?: string | undefined;
  /** All text, of a `Response`. */
  readonly body?: unknown;
}

/** The values of Angular's `HttpEventType`. */
const [responseHeader, downloadProgress, wholeResponse] = [2, 3, 4];

/**
 * Reads the events that a server sends on a wire out of those of Angular's `HttpClient`, so that a stream passes its interceptors.
 *
 *     source          -h--p-----p-------r|     h: ResponseHeader, p: DownloadProgress with all text so far, r: Response
 *     result          ----(sa)--b-------(f|)
 *
 * Ask with `{ observe: 'events', responseType: 'text', reportProgress: true }`. A body that is cut, which `HttpClient` takes for a whole one, is a
 * `TruncatedError`; the body of an error is the error of the server, of the same class and kind, as with {@link fromWire}. `HttpClient` holds all
 * text until the end.
 *
 * @throws TypeError at call time for what is not a wire.
 * @emitsError The error of the server, `ConnectionError`, `TruncatedError`; each with the message so far as `partial`. Other errors of the source
 * are passed on.
 * @unsubscribe Aborts the request.
 * @reset Emits those of the server.
 * @cost Holds the message so far, for `partial`. Each progress costs a copy of the text so far, because it has all of it.
 * @example
 * inject(HttpClient)
 *   .post('/api/answer', question, { observe: 'events', responseType: 'text', reportProgress: true })
 *   .pipe(fromHttpEvents(sse()), accumulateText())
 */
export function fromHttpEvents(wire: Wire): OperatorFunction<HttpEventLike, DeltaEvent> {
  checkWire('fromHttpEvents: wire', wire);
  return operate<HttpEventLike, DeltaEvent>((destination) => {
    const decoder = wire.createDecoder();
    const frames = createFrameReader(decoder, (event) => {
      if (!destination.closed) destination.next(event);
    });
    const encoder = new TextEncoder();
    let read = 0;
    let isError = false;

    function readMore(text: string): void {
      if (isError || text.length <= read) return;
      const added = encoder.encode(text.slice(read));
      read = text.length;
      frames.read(added);
      if (decoder.finished) destination.complete();
    }

    /** The errors of a decoder have it already. */
    function fail(error: unknown): void {
      destination.error(fillPartial(error, decoder.partial));
    }

    return {
      next({ type, status = 200, partialText, body }) {
        if (type === responseHeader) isError = status < 200 || status > 299;
        else if (type === downloadProgress) readMore(partialText ?? '');
        else if (type === wholeResponse && typeof body === 'string') readMore(body);
      },
      error: (error) => fail(toStreamError(error)),
      complete() {
        if (!decoder.finished) frames.end();
        destination.complete();
      },
    };
  });
}

/** An `HttpErrorResponse` has the body of an error as `error`; its status is 0 where the connection failed. */
function toStreamError(cause: unknown): unknown {
  const { name, status, error } = Object(cause) as Readonly<Record<string, unknown>>;
  if (name !== 'HttpErrorResponse' || typeof status !== 'number') return cause;
  if (status === 0) return new ConnectionError(undefined, { cause });
  const body = typeof error === 'string' ? error : '';
  return status < 300 ? contentError('', body) : statusError(status, body, null);
}
