import { get } from 'node:http';
import { concat, Observable, of, throwError } from 'rxjs';
import type { DeltaEvent, Demand } from 'rxllm';
import { HttpError } from 'rxllm';
import { fromWire, sse } from 'rxllm/http';
import { finish, start, text } from 'rxllm/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { collect } from '../spec/support/respond.js';
import type { Ask, Running } from './hosts/ask.js';
import { serveByExpress } from './hosts/express.js';
import { serveByFastify } from './hosts/fastify.js';
import { serveByHono } from './hosts/hono.js';
import { serveByNest } from './hosts/nest.js';
import { serveByNode } from './hosts/nodeHttp.js';

const wire = sse();
const answer = [start(), text('Hel'), text('lo'), finish()];

interface Host {
  serve(ask: Ask): Promise<Running>;
  /** NestJS answers each error in-band, and has no backpressure in `@Sse`. */
  readonly sendsMessages?: true;
}

const hosts: Readonly<Record<string, Host>> = {
  'node:http': { serve: serveByNode },
  Express: { serve: serveByExpress },
  Fastify: { serve: serveByFastify },
  Hono: { serve: serveByHono },
  'NestJS, a Response': { serve: async (ask) => (await serveByNest(ask)).response },
  'NestJS, @Sse': { serve: async (ask) => (await serveByNest(ask)).messages, sendsMessages: true },
};

describe.each(Object.entries(hosts))('%s', (_, { serve, sendsMessages = false }) => {
  let running: Running | undefined;

  afterEach(async () => {
    await running?.close();
    running = undefined;
  });

  async function serving(ask: Ask): Promise<string> {
    running = await serve(ask);
    return running.url;
  }

  it('sends a stream that a page reads', async () => {
    const url = await serving(() => of(...answer));
    expect(await collect(fromWire(url, { wire }))).toEqual({ events: answer, error: undefined, completed: true });
    const post = new Request(url, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
    expect((await collect(fromWire(post, { wire }))).events).toEqual(answer);
  });

  it('aborts the provider within 100 ms when the client leaves', async () => {
    let left = (_at: number): void => undefined;
    const abortedAt = new Promise<number>((resolve) => {
      left = resolve;
    });
    const url = await serving(
      () =>
        new Observable<DeltaEvent>((subscriber) => {
          subscriber.next(start());
          subscriber.next(text('Hello'));
          return () => left(performance.now());
        }),
    );
    const from = await new Promise<number>((resolve) => {
      const subscription = fromWire(url, { wire }).subscribe({
        next({ type }) {
          if (type !== 'text-delta') return;
          // Not in the middle of the chunk, when the adapter is still in its first write.
          setTimeout(() => {
            resolve(performance.now());
            subscription.unsubscribe();
          }, 20);
        },
        error: () => undefined,
      });
    });
    expect((await abortedAt) - from).toBeLessThan(100);
  });

  it('reports an error in the middle with its kind and the message so far', async () => {
    const error = new HttpError('secret', { kind: 'overloaded', status: 529 });
    const url = await serving(() =>
      concat(
        of(start(), text('Hello')),
        throwError(() => error),
      ),
    );
    const { events, error: arrived } = await collect(fromWire(url, { wire }));
    expect(events).toEqual([start(), text('Hello')]);
    expect(arrived).toMatchObject({ name: 'HttpError', kind: 'overloaded', partial: { text: 'Hello' } });
    expect(String(arrived)).not.toContain('secret');
  });

  it('answers an error before the first event with a status', async () => {
    const error = new HttpError('secret', { kind: 'rate-limit', status: 429, retryAfterMs: 2_000 });
    const url = await serving(() => throwError(() => error));
    const response = await fetch(url);
    expect(response.status).toBe(sendsMessages ? 200 : 429);
    expect(response.headers.get('retry-after')).toBe(sendsMessages ? null : '2');
    expect(await response.text()).not.toContain('secret');
    expect((await collect(fromWire(url, { wire }))).error).toMatchObject({ kind: 'rate-limit', retryAfterMs: 2_000 });
  });

  it.skipIf(sendsMessages)('holds the provider back while the client does not read', async () => {
    const pieces = 5_000;
    let emitted = 0;
    const url = await serving((demand) => pump(pieces, demand, () => emitted++));
    const body = await new Promise<NodeJS.ReadableStream>((resolve) => get(url, resolve));
    let before = -1;
    while (before !== emitted) {
      before = emitted;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // 50 MB in all; the buffers of the operating system are a few.
    expect(emitted * 10_000).toBeLessThan(16_000_000);
    let bytes = 0;
    for await (const chunk of body) bytes += chunk.length;
    expect(emitted).toBe(pieces);
    expect(bytes).toBeGreaterThan(pieces * 10_000);
  });

  it('serves 1,000 clients at once', async () => {
    const url = await serving(() => of(...answer));
    const outcomes = await Promise.all(Array.from({ length: 1_000 }, () => collect(fromWire(url, { wire }))));
    expect(outcomes.filter(({ completed, events }) => completed && events.length === answer.length)).toHaveLength(1_000);
  });
});

/** A source of many pieces that reads with a demand. */
function pump(pieces: number, demand: Demand | undefined, count: () => void): Observable<DeltaEvent> {
  return new Observable((subscriber) => {
    let emitted = 0;
    subscriber.next(start());
    const emit = (): void => {
      if (subscriber.closed) return;
      for (let each = 0; each < 10 && emitted < pieces && !demand?.paused; each++) {
        emitted++;
        count();
        subscriber.next(text('x'.repeat(10_000)));
      }
      if (emitted < pieces) return void setImmediate(emit);
      subscriber.next(finish());
      subscriber.complete();
    };
    emit();
  });
}
