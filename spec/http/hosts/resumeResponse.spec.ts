import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concat, defer, ignoreElements, NEVER, Observable, of, Subject, tap, throwError, timer } from 'rxjs';
import { memoryStore, persistTo, type StreamStore } from '../../../src/durable/index.js';
import { ConnectionError, isStreamError } from '../../../src/errors.js';
import type { DeltaEvent } from '../../../src/events.js';
import {
  agUi,
  cancelResponse,
  fromWire,
  type ResumeResponseOptions,
  readRunId,
  resumeResponse,
  sse,
  uiMessages,
  type Wire,
} from '../../../src/http/index.js';
import { finish, start, streamOf, text } from '../../../src/testing/index.js';
import { type AnyStream, anyStream } from '../../support/anyStream.js';
import { type Collected, collect } from '../../support/respond.js';

const answer: readonly DeltaEvent[] = [start(), text('Hel'), text('lo'), finish()];
const url = 'http://localhost/api/answer';

const input = { threadId: 'thread', runId: 'run', state: {}, messages: [], tools: [], context: [], forwardedProps: {} };
const wires: Readonly<Record<string, () => Wire>> = {
  sse,
  'uiMessages 6': () => uiMessages({ version: 6 }),
  'uiMessages 7': () => uiMessages({ version: 7 }),
  agUi: () => agUi({ input: { ...input, protocolVersion: '1.0' } }),
};

function request(headers: Record<string, string> = {}, method = 'POST'): Request {
  return new Request(url, { method, headers });
}

async function bodyOf(store: StreamStore, from: Request, options: Partial<ResumeResponseOptions> = {}): Promise<string> {
  const response = await resumeResponse(store, 'run', from, { wire: sse(), ...options });
  return response.text();
}

/** Stores a whole stream. */
function stored(store: StreamStore, events$: Observable<DeltaEvent>): Promise<Collected> {
  return collect(events$.pipe(persistTo(store, 'run')));
}

function played({ events, error }: AnyStream): Observable<DeltaEvent> {
  return concat(of(...events), error ? throwError(() => new ConnectionError(error.message)) : of());
}

/** The bytes of a response until it is cut. */
function cutBody(response: Response, bytes: number): Response {
  let rest = bytes;
  const cut = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      controller.enqueue(chunk.slice(0, rest));
      rest -= chunk.length;
      if (rest <= 0) controller.error(new Error('cut'));
    },
  });
  return response.ok && response.body ? new Response(response.body.pipeThrough(cut), response) : response;
}

describe('resumeResponse', () => {
  it('produces the stream of the first request, and sends each event with its id', async () => {
    const store = memoryStore();
    let requests = 0;
    const source$ = defer(() => {
      requests++;
      return of(...answer);
    });
    const body = await bodyOf(store, request(), { source$ });
    const ids = [...body.matchAll(/^id: (.*)$/gm)].map(([, id]) => id);
    const epoch = ids[0]?.split('-')[0];
    expect(ids).toEqual([1, 2, 3, 4].map((seq) => `${epoch}-${seq}`));
    expect(await bodyOf(store, request(), { source$ })).toBe(body);
    expect(requests).toBe(1);
  });

  it.each(Object.entries(wires))('sends on %s the rest after any frame', async (_name, wire) => {
    const store = memoryStore();
    await stored(store, streamOf('one two three'));
    const body = await bodyOf(store, request(), { wire: wire() });
    const frames = body.split('\n\n').slice(0, -1);
    const ids = frames.map((frame) => /^id: (.*)$/m.exec(frame)?.[1] ?? '');
    expect(new Set(ids).size).toBe(frames.length);
    for (const [index, id] of ids.entries()) {
      const rest = await bodyOf(store, request({ 'last-event-id': id }), { wire: wire() });
      expect(rest.split('\n\n').slice(0, -1)).toEqual(frames.slice(index + 1));
    }
  });

  it.each(Object.entries(wires))('loses and repeats nothing on %s, wherever the connection is cut', async (_name, wire) => {
    const property = fc.asyncProperty(anyStream(), fc.array(fc.nat({ max: 3_000 }), { maxLength: 8 }), async (stream, cuts) => {
      const store = memoryStore();
      await stored(store, played(stream));
      const whole = await collect(fromWire(() => resumeResponse(store, 'run', request(), { wire: wire() }), { wire: wire() }));
      const rest = [...cuts];
      const send = async ({ lastEventId }: { readonly lastEventId: string | undefined }): Promise<Response> => {
        const from = request(lastEventId === undefined ? {} : { 'last-event-id': lastEventId });
        const response = await resumeResponse(store, 'run', from, { wire: wire() });
        const cut = rest.pop();
        return cut === undefined ? response : cutBody(response, cut + 1);
      };
      const reconnect = { initialDelayMs: 0, maxRetries: 20 };
      const resumed = await collect(fromWire(send, { wire: wire(), reconnect }));
      // Nothing is asked again before the first frame.
      if (isStreamError(resumed.error, 'connection') && resumed.events.length === 0 && rest.length < cuts.length) return;
      expect(resumed.events).toEqual(whole.events);
      expect(describeFault(resumed.error)).toEqual(describeFault(whole.error));
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('asks nothing again for a request that goes on, and answers 404 for a stream that is gone', async () => {
    const store = memoryStore();
    let requests = 0;
    const source$ = defer(() => {
      requests++;
      return of(...answer);
    });
    const response = await resumeResponse(store, 'run', request({ 'last-event-id': '1-1' }), { wire: sse(), source$ });
    expect([response.status, requests]).toEqual([404, 0]);
    expect(await response.json()).toMatchObject({ name: 'NotFoundError', message: 'There is no stream of this id' });
  });

  it.each(['1-1', '1-2.', '-', 'x'.repeat(5_000), '1-1.0', '1-1.1e3', '0-0.1', '9007199254740991-1.2'])(
    'answers 410 for the frame %#, which is not in the log, on every wire',
    async (id) => {
      const store = memoryStore();
      await stored(store, of(...answer));
      for (const wire of Object.values(wires)) {
        const response = await resumeResponse(store, 'run', request({ 'last-event-id': id }), { wire: wire() });
        expect([response.status, await response.json()]).toMatchObject([410, { name: 'GapError', kind: 'gap' }]);
      }
    },
  );

  it('answers 410 for a frame that a stream which runs does not have yet', async () => {
    const store = memoryStore();
    const live = new Subject<DeltaEvent>();
    const produced = live.pipe(persistTo(store, 'run')).subscribe();
    while (!live.observed) await turn();
    live.next(start());
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (const wire of Object.values(wires)) {
      const response = await resumeResponse(store, 'run', request({ 'last-event-id': '99999999999999-5' }), { wire: wire() });
      expect(response.status).toBe(410);
    }
    produced.unsubscribe();
    live.complete();
  });

  describe('for the client of the AI SDK', () => {
    const get = (): Request => request({}, 'GET');
    const wire = uiMessages();

    it('replays a stream that runs', async () => {
      const store = memoryStore();
      const live = new Subject<DeltaEvent>();
      const first = resumeResponse(store, 'run', request(), { wire, source$: live });
      while (!live.observed) await turn();
      live.next(start());
      live.next(text('a'));
      const reload = await resumeResponse(store, 'run', get(), { wire });
      expect(reload.status).toBe(200);
      live.next(text('b'));
      live.next(finish());
      live.complete();
      expect(await reload.text()).toBe(await (await first).text());
    });

    it('answers 204 for a stream that has ended or is not there, also with a store that cannot look', async () => {
      const store = memoryStore();
      const blind = { ...store, isOpen: undefined } as unknown as StreamStore;
      expect((await resumeResponse(store, 'run', get(), { wire })).status).toBe(204);
      expect((await resumeResponse(blind, 'run', get(), { wire })).status).toBe(204);
      await stored(store, of(...answer));
      expect((await resumeResponse(store, 'run', get(), { wire })).status).toBe(204);
      const again = await resumeResponse(blind, 'run', get(), { wire });
      expect([again.status, await again.text()]).toMatchObject([200, expect.stringContaining('[DONE]')]);
    });
  });

  it('goes on when its client leaves, and aborts the request when it is cancelled', async () => {
    const store = memoryStore();
    let aborted = 0;
    const source$ = new Observable<DeltaEvent>((subscriber) => {
      subscriber.next(start());
      subscriber.next(text('a'));
      return () => aborted++;
    });
    const response = await resumeResponse(store, 'run', request(), { wire: sse(), source$ });
    await response.body?.cancel();
    await turn();
    expect(aborted).toBe(0);
    const follower = collect(fromWire(() => resumeResponse(store, 'run', request(), { wire: sse() }), { wire: sse() }));
    expect((await cancelResponse(store, 'run', 'stop')).status).toBe(204);
    const { events, completed } = await follower;
    expect([events.at(-1), completed, aborted]).toMatchObject([
      { type: 'finish', reason: 'aborted', rawReason: 'stop' },
      true,
      1,
    ]);
  });

  it('answers an error before the first event by a status, and sends a later one, also to a client that comes back', async () => {
    const store = memoryStore();
    const failing = throwError(() => new ConnectionError());
    expect((await resumeResponse(store, 'run', request(), { wire: sse(), source$: failing })).status).toBe(502);
    const late$ = concat(of(start(), text('a')), timer(20).pipe(ignoreElements()), failing);
    const other = memoryStore();
    const live = new Subject<DeltaEvent>();
    const first = await resumeResponse(other, 'run', request(), { wire: sse(), source$: concat(late$, live) });
    const body = await first.text();
    expect([first.status, body]).toMatchObject([200, expect.stringContaining('"type":"error"')]);
    for (const wire of Object.values(wires)) {
      const [, id = ''] = /^id: (.*-2)$/m.exec(body) ?? [];
      const again = await resumeResponse(other, 'run', request({ 'last-event-id': id }), { wire: wire() });
      expect([again.status, await again.text()]).toMatchObject([200, expect.stringMatching(/error/i)]);
    }
  });

  it('holds the log back for a client that reads slowly, instead of holding it in memory', async () => {
    const store = memoryStore();
    const long = 'x'.repeat(100_000);
    await stored(store, of(start(), ...Array.from({ length: 100 }, () => text(long)), finish()));
    let read = 0;
    const counting = {
      ...store,
      read: (id: string, after?: string) => store.read(id, after).pipe(tap(() => read++)),
    };
    const response = await resumeResponse(counting, 'run', request(), { wire: sse() });
    await turn();
    expect(read).toBeLessThan(5);
    expect((await response.text()).match(/^data:/gm)).toHaveLength(102);
    expect(read).toBe(102);
  });

  it.each<[unknown, unknown, unknown, unknown]>([
    [{}, 'run', request(), { wire: sse() }],
    [memoryStore(), '', request(), { wire: sse() }],
    [memoryStore(), 'run', {}, { wire: sse() }],
    [memoryStore(), 'run', request(), { wire: {} }],
    [memoryStore(), 'run', request(), { wire: sse(), source: NEVER }],
    [memoryStore(), 'run', request(), { wire: sse(), source$: 'a' }],
  ])('throws at call time for wrong arguments: %#', (store, id, from, options) => {
    expect(() => resumeResponse(store as StreamStore, id as string, from as Request, options as ResumeResponseOptions)).toThrow();
  });
});

describe('cancelResponse', () => {
  it('answers 404 for a stream that is not there, and 204 after the end', async () => {
    const store = memoryStore();
    expect((await cancelResponse(store, 'run')).status).toBe(404);
    await stored(store, of(...answer));
    expect((await cancelResponse(store, 'run')).status).toBe(204);
  });
});

describe('readRunId', () => {
  it.each([
    ['/api/answer', { 'x-run-id': 'header' }, 'header'],
    ['/api/answer?offset=-1&runId=query', {}, 'query'],
    ['/api/chat/a%20path/stream', {}, 'a path'],
    ['/api/chat/%E0%A4%A/stream', {}, undefined],
    ['/api/answer', {}, undefined],
    ['/api/answer', { 'x-run-id': 'x'.repeat(257) }, undefined],
  ])('reads %s', (path, headers: Record<string, string>, runId) => {
    expect(readRunId({ url: path, headers: new Headers(headers) })).toBe(runId);
  });
});

/** A turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function describeFault(error: unknown): unknown {
  return isStreamError(error) ? { name: error.name, kind: error.kind, message: error.message } : error;
}
