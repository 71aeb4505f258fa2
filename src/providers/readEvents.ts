import { Observable } from 'rxjs';
import { fillPartial, isStreamError } from '../errors.js';
import type { DeltaEvent } from '../events.js';
import { checkDemand } from '../handles/checkDemand.js';
import { abortOf, attachSignal, checkSignal } from '../kernel/callerAbort.js';
import { checkFunction, checkNotNegative, checkOptions, checkPositive } from '../kernel/options.js';
import type { ResponseHead } from '../limits/responseHead.js';
import { connectionError } from './http/connectionError.js';
import { writeStacks } from './http/writeStacks.js';
import { createEventDecoder, saidSoFar } from './wire/eventDecoder.js';
import { pullBody } from './wire/pullBody.js';
import type { SourceOptions, WireFormat } from './wire/wireFormat.js';

/** Sends a request, tells of its response, whatever its status, and rejects when the signal aborts. */
export type Send = (signal: AbortSignal, tell: (response: ResponseHead) => void) => Promise<Response>;

/**
 * A request whose response is read as a stream of events.
 *
 *     request   -------r            r: response
 *     body             --[s]-[ab]-[cf]-----      a chunk may hold several events
 *     result    ---------s-(ab)-(cf|)            complete at `finish`, though the socket is open
 *
 * Cold: each subscription sends its own request. Events are pushed synchronously as their bytes arrive.
 * While `demand` is paused, one chunk is held and no other is read, so that the provider waits; then no limit of ours runs either.
 *
 * @param source The source's name, for what is thrown at call time.
 * @throws TypeError or RangeError at call time for bad options.
 * Emits error: a {@link StreamError} whose `partial` is what was said so far. On unsubscribe: aborts the request at once.
 * @example readEvents(chatFormat, sendRequest(client, params, call), options, 'fromChatCompletions')
 */
export function readEvents(
  format: WireFormat,
  send: Send,
  options: SourceOptions = {},
  source = 'options',
): Observable<DeltaEvent> {
  checkSourceOptions(source, options);
  const { signal } = options;
  const events$ = new Observable<DeltaEvent>((subscriber) => {
    const emit = (event: DeltaEvent): void => {
      if (!subscriber.closed) subscriber.next(event);
    };
    const decoder = createEventDecoder(format, emit, options);
    const fail = (error: unknown): void => {
      const known = isStreamError(error) ? error : connectionError(error);
      writeStacks(known);
      subscriber.error(fillPartial(known, () => saidSoFar(decoder)));
    };
    const tell = (response: ResponseHead): void => {
      if (subscriber.closed) return;
      try {
        options.onResponse?.(response);
      } catch (error) {
        subscriber.error(error);
      }
    };
    if (signal) subscriber.add(abortOf(signal).subscribe({ error: fail }));
    if (!subscriber.closed) pullBody((own) => send(own, tell), { decoder, subscriber, options, fail });
  });
  return attachSignal(events$, signal);
}

function checkSourceOptions(source: string, options: SourceOptions): void {
  checkOptions(source, options, ['signal', 'maxEventBytes', 'includeRaw', 'templates', 'graceMs', 'demand', 'onResponse']);
  const { signal, maxEventBytes, graceMs, demand, onResponse } = options;
  checkSignal(`${source}: signal`, signal);
  checkPositive('maxEventBytes', maxEventBytes);
  checkNotNegative('graceMs', graceMs);
  checkDemand('demand', demand);
  checkFunction('onResponse', onResponse);
}
