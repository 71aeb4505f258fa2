import { concat, defer, EMPTY, first, fromEvent, ignoreElements, interval, merge, type Observable, retry, timer } from 'rxjs';
import { type BackoffOptions, backoffChecks, backoffMs } from '../../attempts/backoff.js';
import { fillPartial, isStreamError } from '../../errors.js';
import type { DeltaEvent } from '../../events.js';
import { checkCount, checkEach } from '../../kernel/options.js';
import { checkWire } from '../wires/checkWire.js';
import type { Wire } from '../wires/wire.js';
import { connect, type WireStream } from './connection.js';
import { checkRequest, sendWith, type WireRequest } from './wireRequest.js';

/** How a stream is resumed whose connection broke off. */
export interface ReconnectOptions extends BackoffOptions {
  /** How often in a row it is tried without a new frame. @defaultValue 10 */
  readonly maxRetries?: number;
}

/** How events are read. */
export interface FromWireOptions {
  /** The protocol by which the server sends the events. */
  readonly wire: Wire;
  /**
   * How to resume the stream when its connection breaks off, which needs a server that gives its frames ids and keeps them; `false`: not at all.
   * @defaultValue 10 retries without a new frame, of which the first comes after 100 ms
   */
  readonly reconnect?: ReconnectOptions | false;
}

/**
 * Creates a source that reads the events which a server sends on a wire: in a page, a worker, Node, Bun or Deno.
 *
 *     request   -----r           r: response
 *     body           --[s]-[ab]-[cf]|     a chunk may hold several frames
 *     result    -------s-(ab)-(cf|)       completes at `finish`
 *
 * Cold: each subscription sends the request. A stream completes only with a `finish`: a body that is cut, however cleanly, is a
 * `TruncatedError`. An error of the server is one of the same class and kind, before the first event and after it.
 *
 * Where the server gives frames an id, it can send the rest, so that a connection that breaks off is opened again, with `Last-Event-ID`: nothing
 * is lost and nothing emitted twice. While the browser is offline it waits. Without an id nothing is repeated, because a request may cost
 * money: `retryStream` does that, with a `reset`.
 *
 * @param request A URL or a `Request`, which is sent unchanged each time with `Last-Event-ID` and an `X-Run-Id` that is the same for all
 * connections of a subscription; or a function that sends a request.
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError for a number out of range.
 * @emitsError The error of the server, `ConnectionError`, `TruncatedError`, `ContentTypeError` for what is no event stream; each with the
 * message so far as `partial`.
 * @unsubscribe Aborts the request at once, and a wait.
 * @reset Emits those of the server.
 * @cost Holds the message so far, for `partial`, and one frame at most.
 * @example
 * fromWire('/api/answer', { wire: sse() }).pipe(accumulateText())
 */
export function fromWire(request: WireRequest, options: FromWireOptions): Observable<DeltaEvent> {
  checkRequest(request);
  checkEach('fromWire', options, { wire: checkWire, reconnect: checkReconnect });
  const { wire, reconnect = {} } = options;
  return defer(() => {
    const send = sendWith(request, reconnect !== false);
    const stream: WireStream = { decoder: wire.createDecoder(), send, lastId: '', moved: false, cut: false };
    let failures = 0;

    function resume(error: unknown): Observable<unknown> {
      const { cut, moved, lastId } = stream;
      failures = moved ? 0 : failures + 1;
      const delayMs =
        reconnect !== false && cut && lastId !== '' && failures < (reconnect.maxRetries ?? 10)
          ? backoffMs({ initialDelayMs: 100, ...reconnect }, failures, isStreamError(error) ? error.retryAfterMs : undefined)
          : undefined;
      if (delayMs === undefined) throw fillPartial(error, stream.decoder.partial);
      return concat(online(), timer(delayMs));
    }

    return connect(stream).pipe(retry({ delay: resume }));
  });
}

function checkReconnect(name: string, reconnect: ReconnectOptions | false | undefined): void {
  if (reconnect) checkEach(name, reconnect, { ...backoffChecks, maxRetries: checkCount });
}

/** How often it looks whether the browser is online, because a worker may miss the event. */
const lookMs = 1_000;

/** Completes when the browser is online, which is at once where nothing is known of it. */
function online(): Observable<never> {
  if (!isOffline()) return EMPTY;
  return merge(fromEvent(globalThis, 'online'), interval(lookMs)).pipe(
    first(() => !isOffline()),
    ignoreElements(),
  );
}

function isOffline(): boolean {
  return globalThis.navigator?.onLine === false;
}
