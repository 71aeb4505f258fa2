import { concat, defer, EMPTY, fromEvent, ignoreElements, type Observable, retry, take, timer } from 'rxjs';
import { type BackoffOptions, backoffMs, backoffOptionNames, checkBackoff } from '../../attempts/backoff.js';
import { fillPartial, isStreamError } from '../../errors.js';
import type { DeltaEvent } from '../../events.js';
import { checkDemand, type Demand } from '../../handles/createDemand.js';
import { checkCount, checkOptions } from '../../kernel/options.js';
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
  /** A handle by which a slow consumer holds the server back. @defaultValue none */
  readonly demand?: Demand | undefined;
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
  checkOptions('fromWire', options, ['wire', 'reconnect', 'demand']);
  checkRequest(request);
  const { wire, reconnect = {}, demand } = options;
  checkWire('fromWire', wire);
  checkReconnect(reconnect);
  checkDemand('demand', demand);
  return defer(() => {
    const send = sendWith(request, reconnect !== false);
    const stream: WireStream = { decoder: wire.createDecoder(), send, demand, lastId: '', moved: false, cut: false };
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

function checkReconnect(reconnect: unknown): void {
  if (reconnect === false) return;
  checkOptions('reconnect', reconnect as ReconnectOptions, [...backoffOptionNames, 'maxRetries']);
  checkBackoff(reconnect as ReconnectOptions);
  checkCount('maxRetries', (reconnect as ReconnectOptions).maxRetries);
}

/** Completes when the browser is online, which is at once where nothing is known of it. */
function online(): Observable<never> {
  return globalThis.navigator?.onLine === false ? fromEvent(globalThis, 'online').pipe(take(1), ignoreElements()) : EMPTY;
}
