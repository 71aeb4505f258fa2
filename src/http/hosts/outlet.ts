import { asyncScheduler, type Observable, Subscriber, Subscription } from 'rxjs';
import { LimitError, TruncatedError } from '../../errors.js';
import { createAlarm } from '../../kernel/alarm.js';
import { abortOf } from '../../kernel/callerAbort.js';
import type { Framing } from './framing.js';
import { defaultKeepAliveMs, defaultMaxBufferedBytes, type HostOptions } from './hostOptions.js';
import { publicError } from './publicError.js';

/** A response of some platform. */
export interface Sink {
  /** What it holds itself of what was written, in UTF-16 code units. */
  readonly held: number;
  /** Sends the head of a stream. */
  open(): void;
  /** Answers with an error instead. */
  refuse(error: unknown): void;
  /** @returns Whether it takes more at once; else it calls `drained` when it does. */
  write(text: string): boolean;
  /** Ends the response after what was written. */
  end(): void;
  /** Breaks the response off. */
  abort(): void;
}

/** The way of a stream into a response. */
export interface Outlet {
  /** The sink takes more. */
  drained(): void;
  /** The client left: the source is unsubscribed, and nothing more is written. */
  close(): void;
  /** Closed when the response has ended; unsubscribing breaks it off. */
  readonly subscription: Subscription;
}

/** The sink as it is in the beginning. */
export interface SinkState {
  /** Whether it takes text. */
  readonly ready: boolean;
  /** Whether the head was sent, so that no error can be the answer to the request. */
  readonly opened: boolean;
}

/** The text that may wait for a slow client before the source is paused. */
const pauseAt = 64 * 1024;
const keepAlive = ': keep-alive\n\n';

/**
 * Subscribes to a stream and sends it: the head with its first event other than `ping`, `raw` and `reset`, an error before that as the answer to the request, a
 * later one in-band.
 *
 * What comes in one call stack, which is mostly one chunk of the provider, is written at once.
 */
export function createOutlet<T>(
  items$: Observable<T>,
  framing: Framing<T>,
  options: Omit<HostOptions, 'wire'>,
  sink: Sink,
  state: SinkState,
): Outlet {
  const { signal, demand, keepAliveMs = defaultKeepAliveMs, maxBufferedBytes = defaultMaxBufferedBytes } = options;
  let pending = '';
  let { ready, opened } = state;
  let scheduled = false;
  let finished = false;
  /** Whether nothing more comes. */
  let ended = false;
  let closed = false;
  let paused = false;
  let writtenAt = asyncScheduler.now();

  /** Made before it subscribes, so that a synchronous source stops at once. */
  const upstream = new Subscriber<T>({ next, error: fail, complete });
  const subscription = new Subscription(() => {
    if (closed) return;
    stop();
    sink.abort();
  });
  const alarm = createAlarm(() => writtenAt + keepAliveMs, stayAlive);

  function append(data: string, id?: string): void {
    pending += id === undefined ? `data: ${data}\n\n` : `id: ${id}\ndata: ${data}\n\n`;
  }

  function next(item: T): void {
    let type: string;
    try {
      type = framing.encode(item, append);
      if (!opened && type !== 'ping' && type !== 'raw' && type !== 'reset') open();
    } catch (error) {
      return fail(error);
    }
    if (type === 'finish') finished = true;
    else if (framing.ended) endEarly();
    if (pending.length > pauseAt) relieve();
    flushLater();
  }

  /** The protocol cannot express the event: the stream ended with an error, and the source is unsubscribed. */
  function endEarly(): void {
    ended = true;
    upstream.unsubscribe();
    if (!opened) open();
  }

  /** Much waits, of a source that emits on and on, or for a client that reads slowly. */
  function relieve(): void {
    if (ready && opened) flush();
    else if (demand) {
      if (paused) return;
      paused = true;
      demand.pause();
    } else if (pending.length + sink.held > maxBufferedBytes) fail(new LimitError('maxBufferedBytes', maxBufferedBytes));
  }

  function goOn(): void {
    if (!paused) return;
    paused = false;
    demand?.resume();
  }

  function fail(error: unknown): void {
    if (ended) return;
    ended = true;
    upstream.unsubscribe();
    if (opened) {
      framing.fail(publicError(error), append);
      flushLater();
    } else {
      close();
      sink.refuse(error);
    }
  }

  function complete(): void {
    if (ended) return;
    if (!finished) return fail(new TruncatedError());
    ended = true;
    flushLater();
  }

  function open(): void {
    opened = true;
    sink.open();
  }

  function flushLater(): void {
    if (scheduled || !opened || closed) return;
    scheduled = true;
    queueMicrotask(flush);
  }

  function flush(): void {
    scheduled = false;
    if (closed || !ready || !opened) return;
    if (pending !== '') {
      const text = pending;
      pending = '';
      writtenAt = asyncScheduler.now();
      ready = sink.write(text);
    }
    if (closed) return;
    goOn();
    // A source that goes on at once may have emitted its end.
    if (!ended || pending !== '') return;
    stop();
    sink.end();
  }

  function stayAlive(): void {
    if (ended || closed) return;
    if (!opened) open();
    writtenAt = asyncScheduler.now();
    if (ready && pending === '') ready = sink.write(keepAlive);
    else flushLater();
    alarm.set();
  }

  /** Nothing happens after this. */
  function stop(): void {
    closed = true;
    alarm.clear();
    pending = '';
    upstream.unsubscribe();
    goOn();
    subscription.unsubscribe();
  }

  function close(): void {
    if (!closed) stop();
  }

  alarm.set();
  // In-band, because a client that is still there would else take a clean end for the whole answer.
  const abort = (error: unknown): void => (opened ? fail(error) : subscription.unsubscribe());
  if (signal) subscription.add(abortOf(signal).subscribe({ error: abort }));
  if (!closed) items$.subscribe(upstream);
  return {
    drained() {
      ready = true;
      flush();
    },
    close,
    subscription,
  };
}
