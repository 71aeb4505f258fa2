import { ignoreElements, map, merge, type Observable, timer } from 'rxjs';
import { checkOptions, checkPositive } from '../../kernel/options.js';
import { bodyOf, signalOf } from '../fakes/responseBody.js';
import { ping } from '../marbles/events.js';
import { createFault, type Fault } from './fault.js';

export interface HeartbeatOnlyOptions {
  /** Time between two signs of life, in milliseconds; the first comes at once. @defaultValue 15,000 */
  readonly everyMs?: number;
}

/**
 * Never says anything but that it is alive: the request hangs behind a proxy that keeps the connection open.
 *
 *     source                          s-a-b-f|
 *     heartbeatOnly({ everyMs: 4 })   p---p---p---p---…
 *
 * As an operator it drops what the source says, and its end; the source stays subscribed. On a fetch it answers with a stream of comments, and
 * the request is not sent.
 *
 * @returns A {@link Fault}: an operator on events, and a wrapper of `fetch`.
 * @throws TypeError or RangeError at call time for bad options.
 * Emits error: the source's. On unsubscribe: clears its timer and unsubscribes the source.
 * @example events$.pipe(heartbeatOnly(), timeoutBetweenChunks({ firstMs: 60_000 }))
 */
export function heartbeatOnly(options: HeartbeatOnlyOptions = {}): Fault {
  checkOptions('heartbeatOnly', options, ['everyMs']);
  const { everyMs = 15_000 } = options;
  checkPositive('heartbeatOnly: everyMs', everyMs);
  const beats$ = timer(0, everyMs);
  return createFault(
    () => async (input, init) => respond(beats$, signalOf(input, init)),
    (events$) => merge(beats$.pipe(map(() => ping())), events$.pipe(ignoreElements())),
  );
}

function respond(beats$: Observable<number>, signal: AbortSignal | null): Response {
  const comment = new TextEncoder().encode(': keep-alive\n\n');
  signal?.throwIfAborted();
  const body = bodyOf(beats$.pipe(map(() => comment)), signal);
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}
