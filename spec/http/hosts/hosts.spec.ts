import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { concat, EMPTY, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import {
  CircuitOpenError,
  ConnectionError,
  ContentTypeError,
  EmptyStreamError,
  HttpError,
  isStreamError,
  LimitError,
  ProviderError,
  RetryExhaustedError,
  type ServiceErrorKind,
  StreamTimeoutError,
  TruncatedError,
  toErrorInfo,
} from '../../../src/errors.js';
import type { DeltaEvent } from '../../../src/events.js';
import { createDemand } from '../../../src/handles/createDemand.js';
import { fromWire, type HostOptions, pipeToNode, sse, toResponse } from '../../../src/http/index.js';
import { finish, ping, raw, reset, start, text } from '../../../src/testing/index.js';
import { type Host, hosts, type RunningServer, serve } from '../../support/hosts.js';
import { type Collected, collect } from '../../support/respond.js';

const wire = sse();
const answer = [start(), text('Hel'), text('lo'), finish()];
let server: RunningServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serving(host: Host, events$: Observable<DeltaEvent>, options: Partial<HostOptions> = {}): Promise<string> {
  server = await serve((request, response) => host(events$, request, response, { wire, ...options }));
  return server.url;
}

const read = (url: string): Promise<Collected> => collect(fromWire(url, { wire, reconnect: false }));

describe.each(Object.entries(hosts))('%s', (name, host) => {
  it('sends the events of a stream, with the headers that proxies need', async () => {
    const url = await serving(host, of(...answer));
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    expect(await response.text()).toMatch(/^data: \{"type":"start".*\}\n\n(data: .*\n\n){3}$/);
    expect(await read(url)).toEqual({ events: answer, error: undefined, completed: true });
  });

  it('sends what comes in one call stack in one piece', async () => {
    const url = await serving(host, concat(of(...answer.slice(0, 3)), of(finish())));
    const reader = (await fetch(url)).body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    expect(new TextDecoder().decode(value).match(/data: /g)).toHaveLength(4);
  });

  it('answers with the head before the end', async () => {
    const events$ = new Subject<DeltaEvent>();
    const url = await serving(host, events$);
    const fetched = fetch(url);
    // The server has subscribed when the request has come.
    while (!events$.observed) await new Promise((resolve) => setImmediate(resolve));
    events$.next(ping());
    events$.next(reset());
    events$.next(start());
    const reader = (await fetched).body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('"type":"start"');
    events$.next(text('a'));
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('"text":"a"');
    await reader?.cancel();
  });

  const service = (kind: ServiceErrorKind, status: number, retryAfterMs?: number): HttpError =>
    new HttpError('secret words of the provider', { kind, status, retryAfterMs, requestId: 'secret-id', code: 'a secret text' });

  it.each<readonly [status: number, retryAfter: string | null, error: Error]>([
    [429, '2', service('rate-limit', 429, 1_200)],
    [429, null, service('rate-limit', 429)],
    [503, '5', new CircuitOpenError(undefined, { retryAfterMs: 5_000 })],
    [400, null, service('invalid-request', 400)],
    [422, null, service('invalid-request', 422)],
    [413, null, service('too-large', 413)],
    [404, null, service('not-found', 404)],
    [409, null, service('conflict', 409)],
    [400, null, new ProviderError('secret', { kind: 'invalid-request' })],
    [504, null, new StreamTimeoutError('first', 100)],
    [502, null, service('authentication', 401)],
    [502, null, service('permission', 403)],
    [502, null, service('quota', 429, 1_000)],
    [502, null, service('overloaded', 529)],
    [502, null, service('server', 500)],
    [502, null, new ConnectionError('10.0.0.1 is a secret')],
    [502, null, new TruncatedError()],
    [502, null, new EmptyStreamError()],
    [502, null, new ContentTypeError('text/secret', '<secret>')],
    [502, null, new LimitError('maxEventBytes', 10)],
    [429, '3', new RetryExhaustedError([service('rate-limit', 429, 3_000), service('rate-limit', 429, 3_000)])],
    [502, null, new RetryExhaustedError([service('rate-limit', 429), new ConnectionError()])],
    [502, null, new TypeError('secret')],
  ])(
    'answers with status %i, Retry-After %s, to an error before the first event, without words of the provider (row %#)',
    async (status, retryAfter, error) => {
      const url = await serving(
        host,
        concat(
          of(ping(), raw('queued'), reset()),
          throwError(() => error),
        ),
      );
      const response = await fetch(url);
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(response.headers.get('retry-after')).toBe(retryAfter);
      expect(await response.text()).not.toMatch(/secret/);
      const { error: arrived, events } = await read(url);
      expect(events).toEqual([]);
      expect(arrived).toMatchObject({ name: error.name, kind: isStreamError(error) ? error.kind : 'unknown' });
      if (isStreamError(error)) expect(arrived).toMatchObject({ retryable: error.retryable, retryAfterMs: error.retryAfterMs });
      if (isStreamError(error)) expect((arrived as Error).constructor).toBe(error.constructor);
    },
  );

  it.each([
    new ConnectionError('secret'),
    service('rate-limit', 429, 1_000),
    new ProviderError('secret', { kind: 'overloaded' }),
    new StreamTimeoutError('between', 10),
    new LimitError('maxEventBytes', 10),
    new RetryExhaustedError([service('server', 500), new ContentTypeError('secret', 'secret')]),
  ])('reports a later error in-band, with its kind and the message so far (row %#)', async (error) => {
    const url = await serving(
      host,
      concat(
        of(start(), text('Hello')),
        throwError(() => error),
      ),
    );
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(await response.text()).not.toMatch(/secret/);
    const { events, error: arrived } = await read(url);
    expect(events).toEqual([start(), text('Hello')]);
    expect(arrived).toMatchObject({ name: error.name, kind: error.kind, retryable: error.retryable, partial: { text: 'Hello' } });
    expect((arrived as Error).constructor).toBe(error.constructor);
  });

  it('reports a failed attempt, without words of the provider', async () => {
    const failed = new HttpError('secret', { kind: 'overloaded', status: 529, requestId: 'secret', code: 'overloaded_error' });
    const attempts = of(start(), text('Hel'), reset({ error: toErrorInfo(failed) }), start(), text('Hello'), finish());
    const response = await fetch(await serving(host, attempts));
    expect(await response.text()).not.toMatch(/secret/);
    const { events } = await read(await serving(host, attempts));
    expect(events.map(({ type }) => type)).toEqual(['start', 'text-delta', 'reset', 'start', 'text-delta', 'finish']);
    expect(events[2]).toMatchObject({ error: { name: 'HttpError', kind: 'overloaded', status: 529, code: 'overloaded_error' } });
  });

  it('reports a completion without a finish as a TruncatedError', async () => {
    expect((await read(await serving(host, of(start(), text('a'))))).error).toMatchObject({
      kind: 'truncated',
      partial: { text: 'a' },
    });
    await server?.close();
    expect((await read(await serving(host, EMPTY))).error).toMatchObject({ kind: 'truncated' });
  });

  it('reports an event that the wire cannot carry as an error of the stream', async () => {
    const deep = raw('deep', JSON.parse('['.repeat(300) + ']'.repeat(300)));
    const { events, error } = await read(await serving(host, of(start(), deep, finish())));
    expect(events).toEqual([start()]);
    expect(error).toMatchObject({ kind: 'limit', limit: 'maxDepth' });
  });

  it('sends a comment in a silence, and the head if nothing else came', async () => {
    const url = await serving(host, NEVER, { keepAliveMs: 20 });
    const response = await fetch(url);
    expect(response.status).toBe(200);
    const reader = response.body?.getReader();
    const first = new TextDecoder().decode((await reader?.read())?.value);
    const second = new TextDecoder().decode((await reader?.read())?.value);
    expect([first, second]).toEqual([': keep-alive\n\n', ': keep-alive\n\n']);
    await reader?.cancel();
  });

  it('aborts the provider within 100 ms when the client leaves', async () => {
    const left = new Subject<number>();
    const subscribed = new Subject<void>();
    const events$ = new Observable<DeltaEvent>((subscriber) => {
      subscriber.next(start());
      subscribed.next();
      return () => left.next(performance.now());
    });
    const url = await serving(host, events$);
    const controller = new AbortController();
    const abortedAt = new Promise<number>((resolve) => left.subscribe({ next: resolve, error: resolve }));
    const response = await fetch(url, { signal: controller.signal });
    await response.body?.getReader().read();
    const from = performance.now();
    controller.abort();
    expect((await abortedAt) - from).toBeLessThan(100);
  });

  it('aborts the provider when the client leaves before the head', async () => {
    let subscribed = (): void => undefined;
    const waiting = new Promise<void>((resolve) => {
      subscribed = resolve;
    });
    let aborted = (): void => undefined;
    const gone = new Promise<void>((resolve) => {
      aborted = resolve;
    });
    const events$ = new Observable<DeltaEvent>(() => {
      subscribed();
      return aborted;
    });
    // An adapter gives a Response its own signal.
    const controller = new AbortController();
    server = await serve((request, response) => {
      response.on('close', () => controller.abort());
      return host(events$, request, response, { wire, signal: controller.signal });
    });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await waiting;
    socket.destroy();
    await gone;
  });

  it('holds the provider back while the client does not read, and lets it go on', async () => {
    const demand = createDemand();
    const size = 4_000;
    const piece = text('x'.repeat(10_000));
    let emitted = 0;
    // A source that reads with a demand.
    const events$ = new Observable<DeltaEvent>((subscriber) => {
      subscriber.next(start());
      const pump = (): void => {
        if (subscriber.closed) return;
        if (emitted === size) {
          subscriber.next(finish());
          return subscriber.complete();
        }
        if (!demand.paused) {
          subscriber.next(piece);
          emitted++;
        }
        setImmediate(pump);
      };
      pump();
    });
    const url = await serving(host, events$, { demand });
    const response = await fetch(url);
    const reader = response.body?.getReader();
    await reader?.read();
    let before = -1;
    while (before !== emitted) {
      before = emitted;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(demand.paused).toBe(true);
    // The buffers of the operating system and of the client.
    expect(emitted).toBeLessThan(size / 2);
    while (!((await reader?.read())?.done ?? true));
    expect(emitted).toBe(size);
    expect(demand.paused).toBe(false);
  });

  it('ends a stream that a slow client lets grow, without a demand', async () => {
    let aborted = false;
    const events$ = new Observable<DeltaEvent>((subscriber) => {
      subscriber.next(start());
      const timer = setInterval(() => {
        for (let count = 0; count < 50; count++) subscriber.next(text('x'.repeat(10_000)));
      }, 1);
      return () => {
        aborted = true;
        clearInterval(timer);
      };
    });
    const url = await serving(host, events$, { maxBufferedBytes: 1_000_000 });
    const response = await fetch(url);
    while (!aborted) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await response.text()).toContain('"limit":"maxBufferedBytes","value":1000000');
  });

  it('lets a demand go on that it had paused when the client leaves', async () => {
    const demand = createDemand();
    const events$ = new Observable<DeltaEvent>((subscriber) => {
      subscriber.next(start());
      const timer = setInterval(() => {
        if (!demand.paused) for (let count = 0; count < 50; count++) subscriber.next(text('x'.repeat(10_000)));
      }, 1);
      return () => clearInterval(timer);
    });
    const controller = new AbortController();
    await fetch(await serving(host, events$, { demand }), { signal: controller.signal });
    while (!demand.paused) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    while (demand.paused) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('stops a synchronous source at once when the response cannot take more', async () => {
    let emitted = 0;
    const events$ = new Observable<DeltaEvent>((subscriber) => {
      subscriber.next(start());
      for (; emitted < 100_000 && !subscriber.closed; emitted++) subscriber.next(text('x'.repeat(10_000)));
    });
    const { error } = await read(await serving(host, events$, { maxBufferedBytes: 1_000_000 }));
    // That of Node takes what it is given.
    expect(emitted).toBeLessThan(name === 'pipeToNode' ? 2_000 : 200);
    expect(error).toMatchObject({ kind: 'limit' });
  });
});

describe('toResponse', () => {
  it('resolves with a response that nobody reads when its signal aborts before the head', async () => {
    const controller = new AbortController();
    const response = toResponse(NEVER, { wire, signal: controller.signal });
    controller.abort();
    expect((await response).status).toBe(499);
    expect((await toResponse(of(...answer), { wire, signal: controller.signal })).status).toBe(499);
  });

  it('reports that its signal has aborted in-band, later', async () => {
    const controller = new AbortController();
    const { events, error } = await collect(
      fromWire(
        async () => {
          setTimeout(() => controller.abort(new Error('secret')), 20);
          return toResponse(concat(of(start()), NEVER), { wire, signal: controller.signal });
        },
        { wire },
      ),
    );
    expect(events).toEqual([start()]);
    expect(error).toMatchObject({ kind: 'aborted', message: 'The stream was aborted' });
  });

  it.each([
    [{}, 'wire must be a wire'],
    [{ wire: sse }, 'wire must be a wire'],
    [{ wire, keepAlive: 1 }, 'unknown option "keepAlive", did you mean "keepAliveMs"?'],
    [{ wire, keepAliveMs: 0 }, 'keepAliveMs must be > 0'],
    [{ wire, maxBufferedBytes: -1 }, 'maxBufferedBytes must be > 0'],
    [{ wire, demand: {} }, 'demand must come from createDemand()'],
    [{ wire, signal: 1 }, 'signal must be an AbortSignal'],
  ])('checks its options: %j', (options, message) => {
    expect(() => toResponse(NEVER, options as HostOptions)).toThrow(message);
    expect(() => pipeToNode(NEVER, {} as never, options as HostOptions)).toThrow(message);
  });
});

describe('pipeToNode', () => {
  it('breaks the response off when it is unsubscribed', async () => {
    server = await serve((_request, response) => {
      const subscription = pipeToNode(concat(of(start()), NEVER), response, { wire });
      setTimeout(() => subscription.unsubscribe(), 20);
    });
    const response = await fetch(server.url);
    await expect(response.text()).rejects.toThrow();
  });

  it('subscribes to nothing where the client has left', async () => {
    let subscribed = false;
    const events$ = new Observable<DeltaEvent>(() => {
      subscribed = true;
    });
    const done = new Subject<boolean>();
    server = await serve(async (_request, response) => {
      response.destroy();
      await once(response, 'close').catch(() => undefined);
      done.next(pipeToNode(events$, response, { wire }).closed);
    });
    const closed = new Promise<boolean>((resolve) => done.subscribe({ next: resolve, error: () => resolve(false) }));
    await fetch(server.url).catch(() => undefined);
    expect(await closed).toBe(true);
    expect(subscribed).toBe(false);
  });

  it('refuses what is no response', () => {
    expect(() => pipeToNode(NEVER, {} as never, { wire })).toThrow(
      'response must be a response of node:http; of Fastify, reply.raw',
    );
  });
});
