import { asyncScheduler, first, Observable, type Subscriber } from 'rxjs';
import type { Demand } from '../createDemand.js';
import { fillPartial, isStreamError } from '../errors.js';
import type { DeltaEvent } from '../events.js';
import { type Alarm, createAlarm } from '../internal/alarm.js';
import { abortOf, noteCaller, onLeaving } from '../internal/callerSignal.js';
import { checkDemand } from '../internal/checkDemand.js';
import { checkFunction, checkNotNegative, checkOptions, checkPositive } from '../internal/options.js';
import type { ResponseHead } from '../internal/responseHead.js';
import { connectionError } from './connectionError.js';
import { decodeChunk, endDecoding, settleDecoding, stopDecoding } from './decodeEvents.js';
import { createEventDecoder, type EventDecoder, hasFinished, saidSoFar } from './eventDecoder.js';
import { openEventStream } from './openEventStream.js';
import type { SourceOptions, WireFormat, WireState } from './wireFormat.js';
import { writeStacks } from './writeStacks.js';

/** Sends a request, tells of its response, whatever its status, and rejects when the signal aborts. */
export type Send = (signal: AbortSignal, tell: (response: ResponseHead) => void) => Promise<Response>;

/**
 * The one pull loop: a request whose response is read as a stream of events.
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
export function readEvents<State extends WireState>(
  format: WireFormat<State>,
  send: Send,
  options: SourceOptions = {},
  source = 'options',
): Observable<DeltaEvent> {
  checkSourceOptions(source, options);
  const { signal } = options;
  return new Observable((subscriber) => {
    const emit = (event: DeltaEvent): void => {
      if (!subscriber.closed) subscriber.next(event);
    };
    const decoder = createEventDecoder(format, emit, options);
    const fail = (error: unknown): void => {
      const known = isStreamError(error) ? error : connectionError(error);
      writeStacks(known);
      if (signal) noteCaller(known, signal);
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
    if (signal) {
      subscriber.add(onLeaving(signal));
      subscriber.add(abortOf(signal).subscribe({ error: fail }));
    }
    if (!subscriber.closed) pull((own) => send(own, tell), decoder, options, subscriber, fail);
  });
}

function checkSourceOptions(source: string, options: SourceOptions): void {
  checkOptions(source, options, ['signal', 'maxEventBytes', 'includeRaw', 'templates', 'graceMs', 'demand', 'onResponse']);
  const { signal, maxEventBytes, graceMs, demand, onResponse } = options;
  if (signal !== undefined && typeof signal?.addEventListener !== 'function') {
    throw new TypeError(`${source}: signal must be an AbortSignal`);
  }
  checkPositive('maxEventBytes', maxEventBytes);
  checkNotNegative('graceMs', graceMs);
  checkDemand('demand', demand);
  checkFunction('onResponse', onResponse);
}

function pull(
  send: (signal: AbortSignal) => Promise<Response>,
  decoder: EventDecoder,
  { graceMs = 2_000, demand }: SourceOptions,
  subscriber: Subscriber<DeltaEvent>,
  fail: (error: unknown) => void,
): void {
  const controller = new AbortController();
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let payloads = 0;
  let acceptAt = Infinity;
  let alarm: Alarm | undefined;

  function acceptEnd(): void {
    try {
      settleDecoding(decoder);
      if (hasFinished(decoder)) subscriber.complete();
    } catch (error) {
      fail(error);
    }
  }

  /** Only the marker is missing: waits for it, anew after each payload. */
  function awaitMarker(): void {
    if (decoder.payloads === payloads) return;
    payloads = decoder.payloads;
    acceptAt = asyncScheduler.now() + graceMs;
    alarm ??= createAlarm(() => acceptAt, acceptEnd);
    alarm.set();
  }

  /** The marker may be among what is not read: its silence counts anew, from what comes after the pause. */
  async function waitForDemand(demand: Demand): Promise<void> {
    acceptAt = Infinity;
    payloads = 0;
    while (demand.paused) await untilResumed(demand, subscriber);
  }

  async function run(): Promise<void> {
    const response = await send(controller.signal);
    if (subscriber.closed) return discard(response.body);
    const body = await openEventStream(response, controller.signal);
    if (subscriber.closed) return discard(body);
    const chunks = body.getReader();
    reader = chunks;
    while (!hasFinished(decoder)) {
      const { done, value } = await chunks.read();
      // After reading, so that nothing leaves that was on its way when the pause began.
      if (demand?.paused) await waitForDemand(demand);
      if (subscriber.closed) return;
      if (done) endDecoding(decoder, response.headers.has('content-encoding'));
      else decodeChunk(decoder, value);
      if (decoder.state.settled && !subscriber.closed) awaitMarker();
    }
    subscriber.complete();
  }

  subscriber.add(() => {
    alarm?.clear();
    stopDecoding(decoder);
    const body = reader;
    // An abort's reason holds what is on the stack, and an SDK may hold the reason for as long as the body is held.
    reader = undefined;
    if (hasFinished(decoder) && body) return void drain(body);
    controller.abort();
    discard(body);
  });
  run().catch(fail);
}

/** Resolves at the end of a pause; never, once the subscriber has left. */
function untilResumed({ paused$ }: Demand, subscriber: Subscriber<DeltaEvent>): Promise<void> {
  return new Promise((resolve, reject) => {
    subscriber.add(paused$.pipe(first((paused) => !paused)).subscribe({ next: () => resolve(), error: reject }));
  });
}

/** How long a finished body is read on: a body that was read to its end leaves a connection that can be used again. */
const drainMs = 100;

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const deadline = asyncScheduler.schedule(() => discard(reader), drainMs);
  try {
    while (!(await reader.read()).done);
  } catch {
    // The answer is complete: what becomes of the connection is no matter.
  }
  deadline.unsubscribe();
}

/** Lets a body go. One that broke off, or is read by somebody else, is gone already. */
function discard(body: { cancel(): Promise<void> } | null | undefined): void {
  body?.cancel().catch(() => undefined);
}
