import { asyncScheduler, Observable, type Subscriber } from 'rxjs';
import { fillPartial, isStreamError, StreamAbortedError } from '../errors.js';
import type { DeltaEvent } from '../events.js';
import { createAlarm } from '../internal/alarm.js';
import { createMessageFold } from '../internal/fold.js';
import { checkNotNegative, checkOptions, checkPositive } from '../internal/options.js';
import { connectionError } from './connectionError.js';
import { createEventDecoder, type EventDecoder } from './decodeEvents.js';
import { openEventStream } from './openEventStream.js';
import type { SourceOptions, WireFormat, WireState } from './wireFormat.js';

/** Sends a request, and rejects when the signal aborts. */
export type Send = (signal: AbortSignal) => Promise<Response>;

/**
 * The one pull loop: a request whose response is read as a stream of events.
 *
 *     request   -------r            r: response
 *     body             --[s]-[ab]-[cf]-----      a chunk may hold several events
 *     result    ---------s-(ab)-(cf|)            complete at `finish`, though the socket is open
 *
 * Cold: each subscription sends its own request. Events are pushed synchronously as their bytes arrive.
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
  return new Observable((subscriber) => {
    const fold = createMessageFold();
    const fail = (error: unknown): void => {
      subscriber.error(fillPartial(isStreamError(error) ? error : connectionError(error), fold.partial));
    };
    const emit = (event: DeltaEvent): void => {
      if (subscriber.closed) return;
      fold.push(event);
      subscriber.next(event);
    };
    if (options.signal) linkSignal(options.signal, subscriber, fail);
    if (!subscriber.closed) pull(send, createEventDecoder(format, emit, options), options, subscriber, fail);
  });
}

function checkSourceOptions(source: string, options: SourceOptions): void {
  checkOptions(source, options, ['signal', 'maxEventBytes', 'includeRaw', 'templates', 'graceMs']);
  const { signal, maxEventBytes, graceMs } = options;
  if (signal !== undefined && typeof signal?.addEventListener !== 'function') {
    throw new TypeError(`${source}: signal must be an AbortSignal`);
  }
  checkPositive('maxEventBytes', maxEventBytes);
  checkNotNegative('graceMs', graceMs);
}

/** Listens to the caller's signal once, and no longer than the subscription. */
function linkSignal(signal: AbortSignal, subscriber: Subscriber<DeltaEvent>, fail: (error: unknown) => void): void {
  const abort = (): void => fail(new StreamAbortedError(undefined, { cause: signal.reason }));
  if (signal.aborted) return abort();
  signal.addEventListener('abort', abort);
  subscriber.add(() => signal.removeEventListener('abort', abort));
}

function pull(
  send: Send,
  decoder: EventDecoder,
  { graceMs = 2_000 }: SourceOptions,
  subscriber: Subscriber<DeltaEvent>,
  fail: (error: unknown) => void,
): void {
  const controller = new AbortController();
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let payloads = 0;
  let acceptAt = Infinity;

  const alarm = createAlarm(
    () => acceptAt,
    () => {
      try {
        decoder.settle();
        if (decoder.finished) subscriber.complete();
      } catch (error) {
        fail(error);
      }
    },
  );

  /** Only the marker is missing: waits for it, anew after each payload. */
  function awaitMarker(): void {
    if (decoder.payloads === payloads) return;
    payloads = decoder.payloads;
    acceptAt = asyncScheduler.now() + graceMs;
    alarm.set();
  }

  async function run(): Promise<void> {
    const response = await send(controller.signal);
    if (subscriber.closed) return discard(response.body);
    const body = await openEventStream(response, controller.signal);
    if (subscriber.closed) return discard(body);
    reader = body.getReader();
    while (!decoder.finished) {
      const { done, value } = await reader.read();
      if (subscriber.closed) return;
      if (done) decoder.end();
      else decoder.write(value);
      if (decoder.settled) awaitMarker();
    }
    subscriber.complete();
  }

  subscriber.add(() => {
    alarm.clear();
    decoder.stop();
    if (decoder.finished && reader) return void drain(reader);
    controller.abort();
    discard(reader);
  });
  run().catch(fail);
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
