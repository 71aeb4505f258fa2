import { Observable } from 'rxjs';
import { fillPartial, fillResponse, isStreamError, type ResponseDetails } from '../errors.js';
import type { DeltaEvent } from '../events.js';
import { checkDemand } from '../handles/createDemand.js';
import { abortOf, attachSignal, checkSignal } from '../kernel/callerAbort.js';
import { checkEach, checkFunction, checkNotNegative, checkPositive } from '../kernel/options.js';
import type { ResponseHead } from '../limits/retryAfter.js';
import { hideInError } from './http/hideSecrets.js';
import { connectionError, formatStacks, responseDetails } from './http/responseErrors.js';
import type { Send } from './http/sendRequest.js';
import { createEventDecoder, partialMessage } from './wire/eventDecoder.js';
import { pullBody } from './wire/pullBody.js';
import type { SourceOptions, WireFormat } from './wire/wireFormat.js';

/**
 * Creates the source that sends a request and emits the events of its response.
 *
 *     request   -------r            r: response
 *     body             --[s]-[ab]-[cf]-----      a chunk may hold several events
 *     result    ---------s-(ab)-(cf|)            completes at `finish`, though the socket is open
 *
 * Cold: each subscription sends its own request. Events are emitted synchronously as their bytes arrive. While `demand` is paused, one chunk is
 * held and no other is read, so that the provider waits; no time limit of the source runs meanwhile.
 *
 * @param source The source's name, for exceptions at call time.
 * @param own How the options are checked that only this source has.
 * @throws TypeError or RangeError at call time for bad options.
 * @emitsError A {@link StreamError} whose `partial` is the message so far.
 * @unsubscribe Aborts the request at once.
 * @example readEvents(chatFormat(), sendRequest(client, params, call), options, 'fromChatCompletions')
 */
export function readEvents(
  format: WireFormat,
  send: Send,
  options: SourceOptions = {},
  source = 'options',
  own: object = {},
): Observable<DeltaEvent> {
  checkSourceOptions(source, options, own);
  const { signal } = options;
  const events$ = new Observable<DeltaEvent>((subscriber) => {
    const deliver = (event: DeltaEvent): void => {
      if (!subscriber.closed) subscriber.next(event);
    };
    const decoder = createEventDecoder(format, deliver, options);
    let details: ResponseDetails = {};
    const fail = (error: unknown): void => {
      const known = isStreamError(error) ? error : connectionError(error);
      fillResponse(known, details);
      formatStacks(known);
      hideInError(known, send.secrets?.() ?? []);
      subscriber.error(fillPartial(known, () => partialMessage(decoder)));
    };
    const report = (response: ResponseHead): void => {
      if (subscriber.closed) return;
      details = responseDetails(response.headers);
      try {
        options.onResponse?.(response);
      } catch (error) {
        subscriber.error(error);
      }
    };
    if (signal) subscriber.add(abortOf(signal).subscribe({ error: fail }));
    if (!subscriber.closed) pullBody((own) => send(own, report), { decoder, subscriber, options, fail });
  });
  return attachSignal(events$, signal);
}

function checkSourceOptions(source: string, options: SourceOptions, own: object): void {
  checkEach(source, options, {
    signal: (name, value) => checkSignal(`${source}: ${name}`, value),
    maxEventBytes: checkPositive,
    includeRaw: undefined,
    templates: undefined,
    graceMs: checkNotNegative,
    demand: checkDemand,
    onResponse: checkFunction,
    ...own,
  });
}
