import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { of, type Subscription, tap } from 'rxjs';
import type { DeltaEvent } from '../../../src/events.js';
import { type FromWireOptions, fromWire, pipeToNode, sse, type WireRequest } from '../../../src/http/index.js';
import { finish, start, text } from '../../../src/testing/index.js';
import { anyStream } from '../../support/anyStream.js';
import { type RunningServer, serve } from '../../support/hosts.js';
import { collect } from '../../support/respond.js';
import { framesOf } from '../../support/wires.js';

const wire = sse();
const answer = [start(), text('Hel'), text('lo'), finish()];
const headers = { 'content-type': 'text/event-stream' };
const quick = { initialDelayMs: 1, maxDelayMs: 5 };
let server: RunningServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serving(handle: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<string> {
  server = await serve(handle);
  return server.url;
}

/** The text of frames, with ids if they are kept. */
const written = (events: readonly DeltaEvent[], epoch?: string): readonly string[] =>
  framesOf(wire, { events, error: undefined }).map((data, index) =>
    epoch === undefined ? `data: ${data}\n\n` : `id: ${epoch}-${index}\ndata: ${data}\n\n`,
  );

describe('fromWire', () => {
  it('reads the events of a URL, a Request and a function, anew for each subscription', async () => {
    const seen: string[] = [];
    const url = await serving((request, response) => {
      seen.push(`${request.method} ${request.headers.accept}`);
      pipeToNode(of(...answer), response, { wire });
    });
    const post = new Request(url, { method: 'POST', body: 'question', headers: { accept: 'text/event-stream, */*' } });
    for (const request of [url, new URL(url), post, post, () => fetch(url)]) {
      expect(await collect(fromWire(request, { wire }))).toEqual({ events: answer, error: undefined, completed: true });
    }
    const [get, own] = ['GET text/event-stream', 'POST text/event-stream, */*'];
    expect(seen).toEqual([get, get, own, own, 'GET */*']);
  });

  it('ends a clean cut with a TruncatedError, and sends nothing again', async () => {
    let requests = 0;
    const url = await serving((_request, response) => {
      requests++;
      response.writeHead(200, headers).end(written(answer.slice(0, 3)).join(''));
    });
    const { events, error } = await collect(fromWire(url, { wire }));
    expect(events).toEqual(answer.slice(0, 3));
    expect(error).toMatchObject({ kind: 'truncated', partial: { text: 'Hello' } });
    expect(requests).toBe(1);
  });

  it('ends a broken connection with a ConnectionError that has the message so far', async () => {
    const url = await serving((_request, response) => {
      response.writeHead(200, headers);
      response.write(written(answer.slice(0, 3)).join(''), () => setTimeout(() => response.destroy(), 20));
    });
    const { events, error } = await collect(fromWire(url, { wire }));
    expect(events).toEqual(answer.slice(0, 3));
    expect(error).toMatchObject({ kind: 'connection', partial: { text: 'Hello' } });
    expect((await collect(fromWire('http://127.0.0.1:1', { wire }))).error).toMatchObject({ kind: 'connection' });
  });

  it.each([
    [401, 'authentication'],
    [403, 'permission'],
    [404, 'not-found'],
    [409, 'conflict'],
    [413, 'too-large'],
    [422, 'invalid-request'],
    [429, 'rate-limit'],
    [500, 'server'],
    [503, 'overloaded'],
  ])('reads the status %i of a server that is none of our hosts as %s', async (status, kind) => {
    const url = await serving((_request, response) => response.writeHead(status, { 'retry-after': '2' }).end('<html>'));
    const { error } = await collect(fromWire(url, { wire }));
    expect(error).toMatchObject({
      name: 'HttpError',
      kind,
      status,
      retryAfterMs: 2_000,
      message: `The server answered with status ${status}`,
    });
  });

  it('reads an answer that is no event stream as a ContentTypeError', async () => {
    const url = await serving((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>login'),
    );
    const { error } = await collect(fromWire(url, { wire }));
    expect(error).toMatchObject({ kind: 'content-type', contentType: 'text/html', snippet: '<html>login' });
  });

  it('reads 204 as no stream, and an empty body as an EmptyStreamError', async () => {
    let status = 204;
    const url = await serving((_request, response) => response.writeHead(status, headers).end());
    expect(await collect(fromWire(url, { wire }))).toEqual({ events: [], error: undefined, completed: true });
    status = 200;
    expect((await collect(fromWire(url, { wire }))).error).toMatchObject({ kind: 'empty' });
  });

  it('aborts the request when it is unsubscribed, also between two events of a chunk', async () => {
    let closed = (): void => undefined;
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const url = await serving((_request, response) => {
      response.on('close', () => closed());
      response.writeHead(200, headers).write(written(answer.slice(0, 3)).join(''));
    });
    const events: DeltaEvent[] = [];
    let subscription: Subscription | undefined;
    subscription = fromWire(url, { wire })
      .pipe(tap((event) => events.push(event)))
      .subscribe({ next: () => subscription?.unsubscribe(), error: () => undefined });
    await gone;
    expect(events).toEqual([start()]);
  });

  describe('with frames that have ids', () => {
    /** Keeps its frames, and cuts each connection after some bytes. */
    function keeping(frames: readonly string[], cuts: readonly number[], inclusive = false): Parameters<typeof serving>[0] {
      let connections = 0;
      return (request, response) => {
        const last = String(request.headers['last-event-id'] ?? '-1')
          .split('-')
          .at(-1);
        const from = request.headers['last-event-id'] === undefined ? 0 : Number(last) + (inclusive ? 0 : 1);
        const rest = Buffer.from(frames.slice(Math.max(0, from)).join(''));
        const cut = cuts[connections++];
        response.writeHead(200, headers);
        response.flushHeaders();
        if (cut === undefined || cut >= rest.length) response.end(rest);
        else if (cut % 2 === 0) response.end(rest.subarray(0, cut));
        else response.write(rest.subarray(0, cut), () => setImmediate(() => response.destroy()));
      };
    }

    it('resumes after each cut, without loss or repetition', async () => {
      const property = fc.asyncProperty(
        anyStream({ ends: ['finish'], maxMoves: 15 }),
        fc.array(fc.integer({ min: 40, max: 400 }), { maxLength: 8 }),
        fc.boolean(),
        async ({ events }, cuts, inclusive) => {
          const url = await serving(keeping(written(events, 'epoch'), cuts, inclusive));
          const outcome = await collect(fromWire(url, { wire, reconnect: quick }));
          await server?.close();
          server = undefined;
          // A cut before the first whole frame has no id to resume from.
          if (outcome.error === undefined) expect(outcome.events).toStrictEqual(events);
          else expect(outcome.events).toEqual([]);
        },
      );
      await fc.assert(property, { numRuns: 60 });
    });

    it('sends the same request with the id of the last frame and one X-Run-Id', async () => {
      const seen: (readonly unknown[])[] = [];
      const frames = written(answer, 'e');
      const keep = keeping(frames, [Buffer.byteLength((frames[0] ?? '') + (frames[1] ?? '')) + 2, 10]);
      const url = await serving(async (request, response) => {
        let body = '';
        for await (const chunk of request) body += String(chunk);
        seen.push([
          request.method,
          body,
          request.headers['last-event-id'],
          request.headers['x-run-id'],
          request.headers['x-own'],
        ]);
        return keep(request, response);
      });
      const request = new Request(url, { method: 'POST', body: 'question', headers: { 'x-own': 'mine' } });
      expect((await collect(fromWire(request, { wire, reconnect: quick }))).events).toEqual(answer);
      const [[, , , runId] = []] = seen;
      expect(runId).toMatch(/^[0-9a-f]{32}$/);
      expect(seen).toEqual([
        ['POST', 'question', undefined, runId, 'mine'],
        ['POST', 'question', 'e-1', runId, 'mine'],
        ['POST', 'question', 'e-1', runId, 'mine'],
      ]);
    });

    it('gives up after so many retries without a new frame', async () => {
      let requests = 0;
      const frames = written(answer, 'e');
      const url = await serving((_request, response) => {
        requests++;
        response.writeHead(200, headers).end(requests === 1 ? frames.slice(0, 3).join('') : '');
      });
      const { events, error } = await collect(fromWire(url, { wire, reconnect: { ...quick, maxRetries: 3 } }));
      expect(events).toEqual(answer.slice(0, 3));
      expect(error).toMatchObject({ kind: 'truncated', partial: { text: 'Hello' } });
      expect(requests).toBe(4);
    });

    it('takes a word of the server for the end: an error in-band, and a status that a repeat does not cure', async () => {
      let requests = 0;
      const url = await serving((_request, response) => {
        requests++;
        if (requests === 2) response.writeHead(410).end();
        else response.writeHead(200, headers).end(written(answer.slice(0, 2), 'e').join(''));
      });
      expect((await collect(fromWire(url, { wire, reconnect: quick }))).error).toMatchObject({
        status: 410,
        partial: { text: 'Hel' },
      });
      expect(requests).toBe(2);
      await server?.close();
      requests = 0;
      const failing = await serving((_request, response) => {
        requests++;
        response.writeHead(200, headers).end(`id: e-0\ndata: {"type":"ping"}\n\nid: e-1\nevent: error\ndata: no\n\n`);
      });
      expect((await collect(fromWire(failing, { wire, reconnect: quick }))).error).toMatchObject({ kind: 'server' });
      expect(requests).toBe(1);
    });

    it('retries a server that is not there for a while', async () => {
      let requests = 0;
      const frames = written(answer, 'e');
      const url = await serving((_request, response) => {
        requests++;
        if (requests === 2) return response.writeHead(503).end();
        if (requests === 3) return response.destroy();
        return response.writeHead(200, headers).end(requests === 1 ? frames.slice(0, 2).join('') : frames.slice(2).join(''));
      });
      expect((await collect(fromWire(url, { wire, reconnect: quick }))).events).toEqual(answer);
    });

    it('resumes nothing with reconnect: false, and sends no X-Run-Id', async () => {
      const seen: unknown[] = [];
      const url = await serving((request, response) => {
        seen.push(request.headers['x-run-id']);
        response.writeHead(200, headers).end(written(answer.slice(0, 2), 'e').join(''));
      });
      expect((await collect(fromWire(url, { wire, reconnect: false }))).error).toMatchObject({ kind: 'truncated' });
      expect(seen).toEqual([undefined]);
    });

    it('waits while the browser is offline', async () => {
      const frames = written(answer, 'e');
      const url = await serving(keeping(frames, [Buffer.byteLength(frames.slice(0, 2).join(''))]));
      const target = new EventTarget();
      const known = { navigator: globalThis.navigator, addEventListener: globalThis.addEventListener };
      const navigator = { onLine: false };
      const browser = {
        navigator,
        addEventListener: target.addEventListener.bind(target),
        removeEventListener: target.removeEventListener.bind(target),
      };
      for (const [name, value] of Object.entries(browser))
        Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
      try {
        const ended = collect(fromWire(url, { wire, reconnect: quick }));
        await new Promise((resolve) => setTimeout(resolve, 50));
        navigator.onLine = true;
        target.dispatchEvent(new Event('online'));
        expect((await ended).events).toEqual(answer);
      } finally {
        for (const [name, value] of Object.entries(known))
          Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
        Reflect.deleteProperty(globalThis, 'removeEventListener');
      }
    });
  });

  it('rejects what a function gave that is no Response', async () => {
    const { error } = await collect(fromWire(() => Promise.resolve({} as Response), { wire }));
    expect(error).toMatchObject({ kind: 'protocol' });
  });

  it.each([
    [5, { wire }, 'request must be a URL, a Request or a function'],
    ['/', {}, 'wire must be a wire'],
    ['/', { wire, retry: 1 }, 'unknown option "retry"'],
    ['/', { wire, reconnect: { maxRetry: 1 } }, 'unknown option "maxRetry", did you mean "maxRetries"?'],
    ['/', { wire, reconnect: { factor: 0 } }, 'factor must be > 0'],
    ['/', { wire, reconnect: true }, 'options must be an object'],
  ])('checks what it is given: %j', (request, options, message) => {
    expect(() => fromWire(request as WireRequest, options as FromWireOptions)).toThrow(message);
  });
});
