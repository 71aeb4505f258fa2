import { asyncScheduler, type Observable } from 'rxjs';
import type { DeltaEvent } from '../../events.js';
import { type Fetch, signalOf } from '../fakes/responseBody.js';

/** How a body goes on after its bytes: it ends, stays open, or breaks. */
export type BodyEnd = 'end' | 'open' | 'break';

interface FakeAnswer {
  readonly body: Uint8Array;
  readonly end: BodyEnd;
  /** The size of its chunks in bytes. @defaultValue one chunk */
  readonly chunk?: number | undefined;
  readonly status?: number | undefined;
}

interface FakeExchange {
  /** Resolves with whether the request was aborted, or its body cancelled, within a moment. */
  closed(): Promise<boolean>;
}

/** Answers requests without a network. */
export interface FakeServer {
  readonly fetch: Fetch;
  readonly requests: readonly FakeExchange[];
  /** Resolves when the first request was sent. */
  requested(): Promise<void>;
}

/** How long something may take that takes no time, in milliseconds. */
const patienceMs = 1_000;

export function fakeServer(answer: () => FakeAnswer): FakeServer {
  const requests: FakeExchange[] = [];
  let note = (): void => undefined;
  const first = new Promise<void>((resolve) => {
    note = resolve;
  });
  return {
    requests,
    requested: () => first,
    async fetch(input, init) {
      const signal = signalOf(input, init);
      let cancelled = false;
      let close = (): void => undefined;
      const closing = new Promise<void>((resolve) => {
        close = resolve;
      });
      const noteClose = (): void => {
        cancelled = true;
        close();
      };
      if (signal?.aborted) noteClose();
      signal?.addEventListener('abort', noteClose);
      requests.push({
        async closed() {
          await Promise.race([closing, pause()]);
          return cancelled;
        },
      });
      note();
      const { status = 200, ...body } = answer();
      if (signal?.aborted) throw signal.reason;
      const headers = { 'content-type': status === 200 ? 'text/event-stream' : 'application/json' };
      return new Response(bodyOf(body, signal, noteClose), { status, headers });
    },
  };
}

function bodyOf(
  { body, end, chunk = body.length }: FakeAnswer,
  signal: AbortSignal | null,
  cancel: () => void,
): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      signal?.addEventListener('abort', () => controller.error(signal.reason));
    },
    pull(controller) {
      if (sent < body.length) {
        controller.enqueue(body.slice(sent, sent + chunk));
        sent += chunk;
      } else if (end === 'end') controller.close();
      else if (end === 'break') controller.error(new TypeError('terminated'));
      else return new Promise<void>(() => undefined);
      return undefined;
    },
    cancel,
  });
}

function pause(): Promise<void> {
  return new Promise((resolve) => void asyncScheduler.schedule(() => resolve(), patienceMs));
}

/** What a stream has emitted by its end, or by the time that nothing comes any more. */
export interface Collected {
  readonly events: readonly DeltaEvent[];
  /** `'complete'`, `'open'`, or the error. */
  readonly end: unknown;
}

export function collect(events$: Observable<DeltaEvent>): Promise<Collected> {
  return new Promise((resolve) => {
    const events: DeltaEvent[] = [];
    const done = (end: unknown): void => {
      timer.unsubscribe();
      resolve({ events, end });
    };
    const timer = asyncScheduler.schedule(() => {
      subscription.unsubscribe();
      done('open');
    }, 3 * patienceMs);
    const subscription = events$.subscribe({
      next: (event) => events.push(event),
      error: done,
      complete: () => done('complete'),
    });
  });
}
