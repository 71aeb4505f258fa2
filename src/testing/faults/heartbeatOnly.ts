import { ignoreElements, map, merge, type Observable, timer } from 'rxjs';
import { checkOptions, checkPositive } from '../../kernel/options.js';
import { bodyOf, signalOf } from '../fakes/responseBody.js';
import { ping } from '../marbles/events.js';
import { createFault, type Fault } from './fault.js';

export interface HeartbeatOnlyOptions {
  /** Time between two heartbeats, in milliseconds, > 0; the first is sent at once. @defaultValue 15,000 */
  readonly everyMs?: number;
}

/**
 * Emits nothing but heartbeats, like a request that hangs behind a proxy which keeps the connection open.
 *
 *     source                          s-a-b-f|
 *     heartbeatOnly({ everyMs: 4 })   p---p---p---p---…
 *
 * As an operator it emits `ping` events, stays subscribed to the source and discards its events and its completion. On a fetch it responds with a
 * stream of SSE comments and sends no request.
 *
 * @returns A {@link Fault}: an operator on events, and a wrapper of `fetch`.
 * @throws TypeError or RangeError at call time for bad options.
 * @emitsError The source's.
 * @unsubscribe Clears its timer and unsubscribes from the source.
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
