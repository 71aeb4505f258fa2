import { asyncScheduler, first, type Subscriber } from 'rxjs';
import type { DeltaEvent } from '../../events.js';
import type { Demand } from '../../handles/createDemand.js';
import { type Alarm, createAlarm } from '../../kernel/alarm.js';
import { drainBody, releaseBody } from '../http/bodies.js';
import { openEventStream } from '../http/openEventStream.js';
import { decodeChunk, type EventDecoder, endAfterGrace, endDecoding, hasFinished, stopDecoding } from './eventDecoder.js';
import type { SourceOptions } from './wireFormat.js';

const defaultGraceMs = 2_000;

/** What the pull loop needs of one subscription. */
export interface Pull {
  readonly decoder: EventDecoder;
  readonly subscriber: Subscriber<DeltaEvent>;
  readonly options: Pick<SourceOptions, 'graceMs' | 'demand'>;
  readonly fail: (error: unknown) => void;
}

/** The state of the pull loop of one subscription. */
interface Pulling extends Pull {
  readonly controller: AbortController;
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  compressed: boolean;
  /** Rings at `acceptAt`, when only the terminal marker is missing; each payload that arrives until then moves it. */
  alarm: Alarm | undefined;
  acceptAt: number;
  payloads: number;
}

/**
 * The one pull loop: sends the request, and pushes each chunk of the body through the decoder as soon as it arrives. Its teardown is added
 * to the subscriber: unsubscribe aborts the request.
 */
export function pullBody(send: (signal: AbortSignal) => Promise<Response>, pull: Pull): void {
  const pulling: Pulling = {
    ...pull,
    controller: new AbortController(),
    reader: undefined,
    compressed: false,
    alarm: undefined,
    acceptAt: Infinity,
    payloads: 0,
  };
  pull.subscriber.add(() => release(pulling));
  open(pulling, send).catch(pull.fail);
}

async function open(pulling: Pulling, send: (signal: AbortSignal) => Promise<Response>): Promise<void> {
  const { controller, subscriber } = pulling;
  const response = await send(controller.signal);
  if (subscriber.closed) return releaseBody(response.body);
  const body = await openEventStream(response, controller.signal);
  if (subscriber.closed) return releaseBody(body);
  pulling.compressed = response.headers.has('content-encoding');
  pulling.reader = body.getReader();
  readNext(pulling);
}

/** Uses callbacks: a function that awaits the next chunk would retain the last one, and the response, until it arrives. */
function readNext(pulling: Pulling): void {
  pulling.reader
    ?.read()
    .then((result) => push(pulling, result))
    .catch(pulling.fail);
}

function push(pulling: Pulling, result: ReadableStreamReadResult<Uint8Array>): Promise<void> | undefined {
  const { decoder, subscriber, options } = pulling;
  // Checked after reading, so that a chunk that was on its way when the pause began emits nothing.
  if (options.demand?.paused) return pushAfterPause(pulling, options.demand, result);
  if (subscriber.closed) return undefined;
  if (result.done) endDecoding(decoder, pulling.compressed);
  else decodeChunk(decoder, result.value);
  if (decoder.state.settled && !subscriber.closed) awaitMarker(pulling);
  if (hasFinished(decoder)) subscriber.complete();
  else readNext(pulling);
  return undefined;
}

async function pushAfterPause(pulling: Pulling, demand: Demand, result: ReadableStreamReadResult<Uint8Array>): Promise<void> {
  // The terminal marker may be in the bytes that are not read, so the grace period starts again after the pause.
  pulling.acceptAt = Infinity;
  pulling.payloads = 0;
  while (demand.paused) await untilResumed(demand, pulling.subscriber);
  return push(pulling, result);
}

/** Resolves at the end of a pause, but never after unsubscribe. */
function untilResumed({ paused$ }: Demand, subscriber: Subscriber<DeltaEvent>): Promise<void> {
  return new Promise((resolve, reject) => {
    subscriber.add(paused$.pipe(first((paused) => !paused)).subscribe({ next: () => resolve(), error: reject }));
  });
}

function awaitMarker(pulling: Pulling): void {
  const { decoder, options } = pulling;
  if (decoder.payloads === pulling.payloads) return;
  pulling.payloads = decoder.payloads;
  pulling.acceptAt = asyncScheduler.now() + (options.graceMs ?? defaultGraceMs);
  pulling.alarm ??= createAlarm(
    () => pulling.acceptAt,
    () => acceptEnd(pulling),
  );
  pulling.alarm.set();
}

function acceptEnd({ decoder, subscriber, fail }: Pulling): void {
  try {
    endAfterGrace(decoder);
    if (hasFinished(decoder)) subscriber.complete();
  } catch (error) {
    fail(error);
  }
}

function release(pulling: Pulling): void {
  const { alarm, controller, decoder, reader } = pulling;
  alarm?.clear();
  stopDecoding(decoder);
  // The reason of an abort retains its stack, and an SDK may keep the reason as long as the body: no path from here may lead to the body.
  pulling.reader = undefined;
  if (hasFinished(decoder) && reader) return void drainBody(reader);
  controller.abort();
  releaseBody(reader);
}
