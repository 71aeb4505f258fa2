import { asyncScheduler, first, type Subscriber } from 'rxjs';
import type { DeltaEvent } from '../../events.js';
import type { Demand } from '../../handles/createDemand.js';
import { type Alarm, createAlarm } from '../../kernel/alarm.js';
import { discard, drain } from '../http/letGo.js';
import { openEventStream } from '../http/openEventStream.js';
import { decodeChunk, endDecoding, settleDecoding, stopDecoding } from './decodeEvents.js';
import { type EventDecoder, hasFinished } from './eventDecoder.js';
import type { SourceOptions } from './wireFormat.js';

const defaultGraceMs = 2_000;

/** Who reads a body, and for whom. */
export interface Pull {
  readonly decoder: EventDecoder;
  readonly subscriber: Subscriber<DeltaEvent>;
  readonly options: Pick<SourceOptions, 'graceMs' | 'demand'>;
  readonly fail: (error: unknown) => void;
}

/** A body that is being read. */
interface Pulling extends Pull {
  readonly controller: AbortController;
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  compressed: boolean;
  /** Rings when only the marker is missing and has not come for so long, counted anew after each payload. */
  alarm: Alarm | undefined;
  acceptAt: number;
  payloads: number;
}

/** The one pull loop: sends the request, and pushes each chunk of its body through the decoder as soon as it is there. */
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
  pull.subscriber.add(() => leave(pulling));
  open(pulling, send).catch(pull.fail);
}

async function open(pulling: Pulling, send: (signal: AbortSignal) => Promise<Response>): Promise<void> {
  const { controller, subscriber } = pulling;
  const response = await send(controller.signal);
  if (subscriber.closed) return discard(response.body);
  const body = await openEventStream(response, controller.signal);
  if (subscriber.closed) return discard(body);
  pulling.compressed = response.headers.has('content-encoding');
  pulling.reader = body.getReader();
  readOn(pulling);
}

/** By callbacks, because a function that awaits the next chunk would hold the last one, and the response, until that comes. */
function readOn(pulling: Pulling): void {
  pulling.reader
    ?.read()
    .then((result) => take(pulling, result))
    .catch(pulling.fail);
}

async function takeAfterPause(pulling: Pulling, demand: Demand, result: ReadableStreamReadResult<Uint8Array>): Promise<void> {
  // The marker may be among what is not read: its silence counts anew, from what comes after the pause.
  pulling.acceptAt = Infinity;
  pulling.payloads = 0;
  while (demand.paused) await untilResumed(demand, pulling.subscriber);
  return take(pulling, result);
}

function take(pulling: Pulling, result: ReadableStreamReadResult<Uint8Array>): Promise<void> | undefined {
  const { decoder, subscriber, options } = pulling;
  // After reading, so that nothing leaves that was on its way when the pause began.
  if (options.demand?.paused) return takeAfterPause(pulling, options.demand, result);
  if (subscriber.closed) return undefined;
  if (result.done) endDecoding(decoder, pulling.compressed);
  else decodeChunk(decoder, result.value);
  if (decoder.state.settled && !subscriber.closed) awaitMarker(pulling);
  if (hasFinished(decoder)) subscriber.complete();
  else readOn(pulling);
  return undefined;
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
    settleDecoding(decoder);
    if (hasFinished(decoder)) subscriber.complete();
  } catch (error) {
    fail(error);
  }
}

function leave(pulling: Pulling): void {
  const { alarm, controller, decoder, reader } = pulling;
  alarm?.clear();
  stopDecoding(decoder);
  // An abort's reason holds what is on the stack, and an SDK may hold the reason for as long as the body is held.
  pulling.reader = undefined;
  if (hasFinished(decoder) && reader) return void drain(reader);
  controller.abort();
  discard(reader);
}

/** Resolves at the end of a pause; never, once the subscriber has left. */
function untilResumed({ paused$ }: Demand, subscriber: Subscriber<DeltaEvent>): Promise<void> {
  return new Promise((resolve, reject) => {
    subscriber.add(paused$.pipe(first((paused) => !paused)).subscribe({ next: () => resolve(), error: reject }));
  });
}
