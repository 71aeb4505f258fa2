import { getEventListeners } from 'node:events';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { asyncScheduler, defer, finalize, type Observable, retry, Subscription, take, tap } from 'rxjs';
import type { StreamError } from '../../src/errors.js';
import type { DeltaEvent } from '../../src/events.js';
import { createDemand } from '../../src/handles/createDemand.js';
import { type Send, sendRequest } from '../../src/providers/http/sendRequest.js';
import { readEvents } from '../../src/providers/readEvents.js';
import type { SourceOptions, WireFormat } from '../../src/providers/wire/wireFormat.js';
import { finish, ping, start, text } from '../../src/testing/index.js';
import { anyChunking, anyText } from '../support/chunks.js';
import { collectGarbage } from '../support/collectGarbage.js';
import { type Collected, collect, respondWith } from '../support/respond.js';
import { type Answer, answerStream, answerWith, startServer, type TestServer } from '../support/server.js';
import { toyFormat } from '../support/toyFormat.js';

// openEventStream.ts, bodies.ts, pullBody.ts and eventDecoder.ts are tested here through the source, with the smallest format.

const cases = { numRuns: 1_000 };
const [started, hello, world, end] = [start({ provider: 'toy' }), text('Hello'), text(' world'), finish()];
const frames = (...payloads: readonly object[]): string =>
  payloads.map((payload) => `data: ${JSON.stringify(payload)}\n\n`).join('');
const whole = frames({ text: 'Hello' }, { text: ' world' }, { end: true });

const read = (bytes: string | Uint8Array, options: SourceOptions = {}, chunkSize?: number): Promise<Collected> =>
  collect(readEvents(toyFormat, respondWith(bytes, chunkSize), options));

const errorOf = async (bytes: string, options?: SourceOptions): Promise<StreamError> =>
  (await read(bytes, options)).error as StreamError;

/** Reads a response with this body. */
const readResponse = (body: string | null, init: ResponseInit): Promise<Collected> =>
  collect(readEvents(toyFormat, async () => new Response(body, init)));

const typed = (type: string): ResponseInit => ({ headers: { 'content-type': type } });

describe('readEvents', () => {
  describe('reading a response', () => {
    it('emits the events of its format and completes', async () => {
      expect(await read(whole)).toEqual({ events: [started, hello, world, end], error: undefined, completed: true });
    });

    it('emits the same events at every chunk size', async () => {
      const bytes = Buffer.from(frames({ text: 'é漢😀' }, { text: '\ud83d' }, { end: true }));
      const expected = [started, text('é漢😀'), text('\ud83d'), end];
      for (let size = 1; size <= bytes.length; size++) expect((await read(bytes, {}, size)).events).toEqual(expected);
    });

    it('emits any texts unchanged at any chunk size', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyText, { maxLength: 6 }), anyChunking, async (texts, [size]) => {
          const { events, completed } = await read(frames(...texts.map((each) => ({ text: each })), { end: true }), {}, size);
          expect(events).toEqual([started, ...texts.map((each) => text(each)), end]);
          expect(completed).toBe(true);
        }),
        cases,
      );
    });

    it('emits a ping for each comment, also before the start', async () => {
      expect((await read(`: waiting\n\n${whole}`)).events).toEqual([ping(), started, hello, world, end]);
    });

    it('ignores data that is null or blank', async () => {
      expect((await read(`data: null\n\ndata:\n\ndata:  \n\n${whole}`)).events).toEqual([started, hello, world, end]);
    });

    it('accepts an object after blanks, and one on several lines', async () => {
      expect((await read('data:  {"text":"Hello"}\n\ndata: {"end":\ndata: true}\n\n')).events).toEqual([started, hello, end]);
    });

    it('completes at a [DONE], which may have blanks around it', async () => {
      for (const marker of ['[DONE]', '[DONE] ', ' [DONE]']) {
        expect(await read(`${frames({ text: 'Hello' })}data: ${marker}\n\n`)).toMatchObject({
          events: [started, hello, end],
          completed: true,
        });
      }
    });

    it('continues after a [DONE] that is no evidence in the format', async () => {
      const unmarked: WireFormat = { ...toyFormat, end: () => undefined };
      const bytes = `${frames({ text: 'Hello' })}data: [DONE]\n\n${frames({ end: true })}`;
      expect((await collect(readEvents(unmarked, respondWith(bytes)))).events).toEqual([started, hello, end]);
    });

    it('ignores everything after the end', async () => {
      expect(await read(`${whole}data: [DONE]\n\n${whole}data: nonsense\n\n:\n\n`)).toMatchObject({
        events: [started, hello, world, end],
        completed: true,
      });
    });

    it('emits each payload before its events with includeRaw, but never before `start`', async () => {
      const raw = (data: object): object => ({ type: 'raw', provider: 'toy', name: 'payload', data });
      expect((await read(frames({ text: 'Hello' }, { end: true }), { includeRaw: true })).events).toEqual([
        started,
        raw({ text: 'Hello' }),
        hello,
        raw({ end: true }),
        end,
      ]);
    });

    it('accepts a last event without its blank line, if it is the end', async () => {
      for (const cut of [1, 2]) expect((await read(whole.slice(0, -cut))).completed).toBe(true);
      expect((await read(`${frames({ text: 'Hello' })}data: [DONE]`)).completed).toBe(true);
    });

    it('completes without a marker when the body ends after every choice has', async () => {
      expect(await read(frames({ text: 'Hello' }, { stop: true }))).toMatchObject({
        events: [started, hello, end],
        completed: true,
      });
    });

    it('recognizes an event stream with a vague content type, or with none', async () => {
      for (const type of [
        'text/plain',
        'TEXT/PLAIN; charset=utf-8',
        'application/x-ndjson',
        'application/octet-stream',
        undefined,
      ]) {
        for (const beginning of ['', ': hi\n\n', '\n\n', '\ufeff', 'event: x\n', 'id: 1\n', 'retry: 5\n']) {
          const body = new Response(beginning + whole).body;
          const send = async (): Promise<Response> => new Response(body, type === undefined ? {} : typed(type));
          expect(await collect(readEvents(toyFormat, send))).toMatchObject({ error: undefined, completed: true });
        }
      }
    });

    it('recognizes a content type with parameters and capitals', async () => {
      expect((await readResponse(whole, typed('Text/Event-Stream; charset=utf-8'))).completed).toBe(true);
    });
  });

  describe('errors', () => {
    it('with TruncatedError without terminal evidence, and with the message so far', async () => {
      const error = await errorOf(frames({ text: 'Hello' }, { text: ' world' }));
      expect(error).toMatchObject({ name: 'TruncatedError', retryable: true, partial: { text: 'Hello world', provider: 'toy' } });
    });

    it('with TruncatedError at every cut before the end', async () => {
      const bytes = Buffer.from(whole);
      const enough = whole.lastIndexOf('}') + 1;
      for (let length = 0; length <= bytes.length; length++) {
        const { completed, error } = await read(bytes.subarray(0, length));
        const kind = completed ? 'complete' : (error as StreamError).kind;
        expect([length, kind]).toEqual([length, length >= enough ? 'complete' : length === 0 ? 'empty' : 'truncated']);
      }
    });

    it('with EmptyStreamError for an empty body, or for nothing but a marker or comments', async () => {
      for (const bytes of ['', '\n\n', 'data: [DONE]\n\n', ': hi\n\n', 'data: null\n\n']) {
        expect(await errorOf(bytes)).toMatchObject({ name: 'EmptyStreamError', retryable: true });
      }
      expect((await readResponse(null, { status: 200 })).error).toMatchObject({ name: 'EmptyStreamError', retryable: true });
    });

    it('with EmptyStreamError that is not retryable at status 204', async () => {
      expect((await readResponse(null, { status: 204 })).error).toMatchObject({ name: 'EmptyStreamError', retryable: false });
    });

    it('with MalformedEventError for data that is no JSON object', async () => {
      for (const data of ['{"text":', 'Hello', '[1]', '7', '"text"', 'true']) {
        const error = await errorOf(`${frames({ text: 'Hello' })}data: ${data}\n\n${whole}`);
        expect(error).toMatchObject({ name: 'MalformedEventError', retryable: true, partial: { text: 'Hello' } });
        expect(error.message).not.toContain('text');
      }
    });

    it('with MalformedEventError when the format throws', async () => {
      const throwing: WireFormat = {
        ...toyFormat,
        decode: () => {
          throw new TypeError('undefined is not iterable');
        },
      };
      const { error } = await collect(readEvents(throwing, respondWith(whole)));
      expect(error).toMatchObject({ name: 'MalformedEventError', cause: { name: 'TypeError' } });
    });

    it('with ProviderError for an error event, also of bare text', async () => {
      const quota = { error: { message: 'No money', type: 'insufficient_quota' } };
      for (const [event, expected] of [
        [`data: ${JSON.stringify(quota)}`, { kind: 'quota', message: 'No money', retryable: false }],
        [
          'event: error\ndata: {"type":"overloaded_error","message":"Busy"}',
          { kind: 'overloaded', message: 'Busy', retryable: true },
        ],
        ['event: error\ndata: "It broke"', { kind: 'server', message: 'It broke' }],
        ['event: error\ndata: It broke', { kind: 'server', message: 'It broke' }],
      ] as const) {
        const error = await errorOf(`${frames({ text: 'Hello' })}${event}\n\n${whole}`);
        expect(error).toMatchObject({ name: 'ProviderError', partial: { text: 'Hello' }, ...expected });
      }
    });

    it('with LimitError past maxEventBytes', async () => {
      const error = await errorOf(frames({ text: 'Hello' }, { text: 'x'.repeat(100) }), { maxEventBytes: 100 });
      expect(error).toMatchObject({ name: 'LimitError', limit: 'maxEventBytes', value: 100, partial: { text: 'Hello' } });
    });

    it('with ContentTypeError for a page', async () => {
      const page = `<html>${'x'.repeat(5_000)}</html>`;
      for (const type of ['text/html; charset=utf-8', 'text/plain', 'application/xml']) {
        const { error } = await readResponse(page, typed(type));
        expect(error).toMatchObject({
          name: 'ContentTypeError',
          contentType: type,
          retryable: false,
          snippet: page.slice(0, 1_000),
        });
      }
    });

    it('with ContentTypeError for JSON that is no error, and for lines of JSON', async () => {
      for (const body of ['{"choices":[]}', '{"error":null}', '[]', 'null', '"error"', '']) {
        expect((await readResponse(body, typed('application/json'))).error).toMatchObject({
          name: 'ContentTypeError',
          snippet: body,
        });
      }
      expect((await readResponse('{"a":1}\n{"a":2}\n', typed('application/x-ndjson'))).error).toMatchObject({
        name: 'ContentTypeError',
      });
    });

    it('with ProviderError for an error in JSON', async () => {
      for (const type of ['application/json', 'text/plain']) {
        const body = '{"error":{"message":"Slow down","type":"rate_limit_error"}}';
        expect((await readResponse(body, typed(type))).error).toMatchObject({
          name: 'ProviderError',
          kind: 'rate-limit',
          message: 'Slow down',
          retryable: true,
        });
      }
    });

    it('with ConnectionError for any other error of a client or a body', async () => {
      const failed = new Error('x');
      const failing: readonly (() => Promise<Response>)[] = [
        () => Promise.reject(failed),
        () => {
          throw failed;
        },
        async () => new Response(new ReadableStream({ pull: () => Promise.reject(failed) }), typed('text/event-stream')),
        async () => new Response(new ReadableStream({ pull: () => Promise.reject(failed) }), typed('text/plain')),
      ];
      for (const send of failing) {
        const { error } = await collect(readEvents(toyFormat, send));
        expect(error).toMatchObject({ name: 'ConnectionError', retryable: true, cause: failed });
      }
    });
  });

  it('sends nothing before it is subscribed, and a request for each subscription', async () => {
    let requests = 0;
    const events$ = readEvents(toyFormat, () => {
      requests++;
      return respondWith(whole)();
    });
    expect(requests).toBe(0);
    const both = await Promise.all([collect(events$), collect(events$)]);
    expect(requests).toBe(2);
    expect(both[0]).toEqual(both[1]);
  });

  it('decodes nothing after unsubscribe, also in the middle of a chunk', async () => {
    let decoded = 0;
    const counting: WireFormat = {
      ...toyFormat,
      decode(...input) {
        decoded++;
        toyFormat.decode(...input);
      },
    };
    const { events } = await collect(readEvents(counting, respondWith(whole)).pipe(take(2)));
    expect(events).toEqual([started, hello]);
    expect(decoded).toBe(1);
  });

  it('cancels the body of a response that arrives after unsubscribe', async () => {
    for (const type of ['text/event-stream', 'text/plain']) {
      let respond: (response: Response) => void = () => undefined;
      const sent = new Promise<Response>((resolve) => {
        respond = resolve;
      });
      readEvents(toyFormat, () => sent)
        .subscribe()
        .unsubscribe();
      const cancelled = new Promise((resolve) => respond(new Response(new ReadableStream({ cancel: resolve }), typed(type))));
      await cancelled;
    }
  });

  it('does not retain the body when an SDK retains the reason of the abort, and so its stack', async () => {
    const reasons: unknown[] = [];
    const bodies: WeakRef<object>[] = [];
    for (const type of ['text/event-stream', 'text/plain']) {
      const send = async (signal: AbortSignal): Promise<Response> => {
        signal.addEventListener('abort', () => reasons.push(new DOMException('Made on the stack of the abort')));
        const body = new ReadableStream({ start: (stream) => stream.enqueue(Buffer.from(frames({ text: 'Hello' }))) });
        bodies.push(new WeakRef(body));
        return new Response(body, typed(type));
      };
      for (let stream = 0; stream < 10; stream++) await collect(readEvents(toyFormat, send).pipe(take(2)));
    }
    await collectGarbage();
    expect(reasons).toHaveLength(20);
    expect(bodies.filter((body) => body.deref())).toEqual([]);
  });

  it('cancels a body that ignores the signal', async () => {
    for (const type of ['text/event-stream', 'text/plain']) {
      let subscription = Subscription.EMPTY;
      const cancelled = new Promise((resolve) => {
        const body = new ReadableStream({
          pull: () => new Promise(() => setTimeout(() => subscription.unsubscribe(), 5)),
          cancel: resolve,
        });
        subscription = readEvents(toyFormat, async () => new Response(body, typed(type))).subscribe();
      });
      await cancelled;
    }
  });

  describe('when every choice has its end but no marker comes', () => {
    /** Responds with a body that stays open and gives a chunk every `everyMs`. */
    const respondSlowly = (chunks: readonly string[], everyMs: number) => async (): Promise<Response> => {
      const rest = [...chunks];
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, everyMs));
          const chunk = rest.shift();
          if (chunk === undefined) return new Promise(() => undefined);
          controller.enqueue(Buffer.from(chunk));
        },
      });
      return new Response(body, typed('text/event-stream'));
    };

    it('completes after graceMs', async () => {
      const before = performance.now();
      const chunks = [frames({ text: 'Hello' }, { stop: true })];
      const { events, completed } = await collect(readEvents(toyFormat, respondSlowly(chunks, 0), { graceMs: 60 }));
      expect(completed).toBe(true);
      expect(events).toEqual([started, hello, end]);
      expect(performance.now() - before).toBeGreaterThan(50);
      expect(performance.now() - before).toBeLessThan(1_000);
    });

    it('runs no timer after unsubscribe, also in the chunk with the last end', async () => {
      const schedule = jest.spyOn(asyncScheduler, 'schedule');
      const chunks = [frames({ text: 'Hello' }, { stop: true })];
      await collect(readEvents(toyFormat, respondSlowly(chunks, 0)).pipe(take(2)));
      await collect(readEvents(toyFormat, respondSlowly([frames({ stop: true }, { text: 'Hello' })], 0)).pipe(take(2)));
      await new Promise((resolve) => setTimeout(resolve, 5));
      const timers = schedule.mock.results.map(({ value }) => value as Subscription);
      schedule.mockRestore();
      expect(timers.filter(({ closed }) => !closed)).toHaveLength(0);
    });

    it('waits again after each payload, but not after a comment', async () => {
      const late = [
        frames({ stop: true }),
        frames({ text: 'a' }),
        frames({ text: 'b' }),
        ...Array<string>(40).fill(': alive\n\n'),
      ];
      const before = performance.now();
      const { events, completed } = await collect(readEvents(toyFormat, respondSlowly(late, 40), { graceMs: 100 }));
      expect(completed).toBe(true);
      expect(events.filter(({ type }) => type === 'text-delta')).toEqual([text('a'), text('b')]);
      expect(performance.now() - before).toBeLessThan(1_000);
    });
  });

  describe('the signal option', () => {
    it('sends no request if it was aborted before', async () => {
      let requests = 0;
      const signal = AbortSignal.abort('too late');
      const send = (): Promise<Response> => {
        requests++;
        return respondWith(whole)();
      };
      const { error, events } = await collect(readEvents(toyFormat, send, { signal }));
      expect(error).toMatchObject({ name: 'StreamAbortedError', retryable: false, cause: 'too late' });
      expect({ events, requests }).toEqual({ events: [], requests: 0 });
    });

    it('errors with StreamAbortedError when it aborts, and cancels the body', async () => {
      const controller = new AbortController();
      const reason = new Error('changed my mind');
      let cancelled = false;
      const body = new ReadableStream<Uint8Array>({
        start: (stream) => stream.enqueue(Buffer.from(frames({ text: 'Hello' }))),
        cancel() {
          cancelled = true;
        },
      });
      const events$ = readEvents(toyFormat, async () => new Response(body, typed('text/event-stream')), {
        signal: controller.signal,
      });
      const { error, events } = await collect(
        events$.pipe(tap((event) => event.type === 'text-delta' && setTimeout(() => controller.abort(reason)))),
      );
      expect(events).toEqual([started, hello]);
      expect(error).toMatchObject({ name: 'StreamAbortedError', retryable: false, partial: { text: 'Hello' } });
      expect((error as Error).cause).toBe(reason);
      expect(cancelled).toBe(true);
    });

    it('has one listener for all streams that share it', async () => {
      const controller = new AbortController();
      const warnings: unknown[] = [];
      const note = (warning: unknown): unknown => warnings.push(warning);
      process.on('warning', note);
      const silent = (): Promise<Response> => new Promise(() => undefined);
      const streams = Array.from({ length: 20 }, () => collect(readEvents(toyFormat, silent, { signal: controller.signal })));
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
      controller.abort('enough');
      for (const { error } of await Promise.all(streams)) expect(error).toMatchObject({ kind: 'aborted', cause: 'enough' });
      expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
      process.off('warning', note);
      expect(warnings).toEqual([]);
    });

    it('has no listener after the stream', async () => {
      const { signal } = new AbortController();
      const sources = [whole, '', 'data: x\n\n', frames({ text: 'a' })];
      for (let stream = 0; stream < 200; stream++) await read(sources[stream % 4] ?? '', { signal });
      readEvents(toyFormat, respondWith(whole), { signal }).subscribe().unsubscribe();
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    });
  });

  describe('while its demand is paused', () => {
    /** Responds with a body that gives a chunk at each pull and counts the pulls. */
    const countedBody = (chunks: readonly string[], counted: { pulls: number; cancelled: boolean }): Send => {
      const rest = [...chunks];
      const source: UnderlyingDefaultSource<Uint8Array> = {
        pull(controller) {
          counted.pulls++;
          const chunk = rest.shift();
          if (chunk === undefined) controller.close();
          else controller.enqueue(Buffer.from(chunk));
        },
        cancel() {
          counted.cancelled = true;
        },
      };
      return async () => new Response(new ReadableStream(source, { highWaterMark: 0 }), typed('text/event-stream'));
    };
    const textFrames = (texts: string): string[] => [...texts].map((each) => frames({ text: each }));
    const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
    const textOf = (events: readonly DeltaEvent[]): string =>
      events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');

    it('reads one chunk, holds it, and loses nothing', async () => {
      const counted = { pulls: 0, cancelled: false };
      const demand = createDemand();
      const seen: DeltaEvent[] = [];
      const send = countedBody([...textFrames('abcdef'), frames({ end: true })], counted);
      const done = collect(
        readEvents(toyFormat, send, { demand }).pipe(
          tap((event) => {
            seen.push(event);
            if (event.type === 'text-delta') demand.pause();
          }),
        ),
      );
      for (let chunk = 1; chunk <= 6; chunk++) {
        await settled();
        expect(textOf(seen)).toBe('abcdef'.slice(0, chunk));
        expect(counted.pulls).toBe(chunk + 1);
        demand.resume();
      }
      expect(await done).toMatchObject({ completed: true, events: [started, ...[...'abcdef'].map((each) => text(each)), end] });
    });

    it('emits the rest of the chunk that is being pushed', async () => {
      const demand = createDemand();
      const { events } = await collect(readEvents(toyFormat, respondWith(whole), { demand }).pipe(tap(() => demand.pause())));
      expect(events).toEqual([started, hello, world, end]);
    });

    it('emits nothing if it was paused before subscribe', async () => {
      const counted = { pulls: 0, cancelled: false };
      const demand = createDemand();
      demand.pause();
      const done = collect(readEvents(toyFormat, countedBody([whole], counted), { demand }));
      await settled();
      expect(counted.pulls).toBe(1);
      demand.resume();
      expect((await done).events).toEqual([started, hello, world, end]);
    });

    it('stays paused when it is paused again just after it was resumed', async () => {
      const counted = { pulls: 0, cancelled: false };
      const demand = createDemand();
      demand.pause();
      const seen: DeltaEvent[] = [];
      const done = collect(
        readEvents(toyFormat, countedBody([whole], counted), { demand }).pipe(tap((event) => seen.push(event))),
      );
      await settled();
      demand.resume();
      demand.pause();
      await settled();
      expect(seen).toEqual([]);
      demand.resume();
      expect((await done).events).toEqual([started, hello, world, end]);
    });

    it.each(['unsubscribed', 'aborted'] as const)('cancels the body at once when it is %s', async (how) => {
      const counted = { pulls: 0, cancelled: false };
      const demand = createDemand();
      const controller = new AbortController();
      const seen: unknown[] = [];
      const subscription = readEvents(toyFormat, countedBody(textFrames('abc'), counted), { demand, signal: controller.signal })
        .pipe(tap(() => demand.pause()))
        .subscribe({ next: (event) => seen.push(event), error: (error: unknown) => seen.push((error as StreamError).kind) });
      await settled();
      if (how === 'aborted') controller.abort();
      else subscription.unsubscribe();
      expect(seen).toEqual([started, text('a'), ...(how === 'aborted' ? ['aborted'] : [])]);
      demand.resume();
      await settled();
      expect(counted).toEqual({ pulls: 2, cancelled: true });
      expect(seen).toHaveLength(how === 'aborted' ? 3 : 2);
    });

    it('has no subscription to the handle after the stream', async () => {
      const demand = createDemand();
      let watchers = 0;
      const watched = {
        ...demand,
        get paused() {
          return demand.paused;
        },
        paused$: defer(() => {
          watchers++;
          return demand.paused$.pipe(finalize(() => watchers--));
        }),
      };
      for (let stream = 0; stream < 20; stream++) {
        demand.pause();
        const send = countedBody([whole], { pulls: 0, cancelled: false });
        const subscription = readEvents(toyFormat, send, { demand: watched }).subscribe();
        await settled();
        expect(watchers).toBe(1);
        if (stream % 2 === 0) demand.resume();
        else subscription.unsubscribe();
        expect(watchers).toBe(0);
        await settled();
      }
    });

    it('reads nothing in any attempt of a retry', async () => {
      const demand = createDemand();
      const attempts = [
        countedBody(textFrames('a'), counter()),
        countedBody([frames({ text: 'a' }), frames({ end: true })], counter()),
      ];
      const events$ = readEvents(
        toyFormat,
        (signal, tell) => attempts.shift()?.(signal, tell) ?? Promise.reject(new Error('no more')),
        {
          demand,
        },
      );
      const seen: DeltaEvent[] = [];
      const done = collect(
        events$.pipe(
          retry(1),
          tap((event) => seen.push(event) && demand.pause()),
        ),
      );
      await settled();
      expect(seen).toEqual([started, text('a')]);
      demand.resume();
      await settled();
      expect(seen).toEqual([started, text('a'), started, text('a')]);
      demand.resume();
      expect((await done).completed).toBe(true);

      function counter(): { pulls: number; cancelled: boolean } {
        return { pulls: 0, cancelled: false };
      }
    });

    it('does not count the pause as silence before graceMs', async () => {
      const demand = createDemand();
      const chunks = [
        frames({ text: 'Hello' }, { stop: true }),
        frames({ text: ' world' }),
        ': alive\n\n',
        frames({ end: true }),
      ];
      const done = collect(
        readEvents(toyFormat, countedBody(chunks, { pulls: 0, cancelled: false }), { demand, graceMs: 20 }).pipe(
          tap((event) => event.type !== 'start' && demand.pause()),
        ),
      );
      for (let chunk = 0; chunk < chunks.length; chunk++) {
        await new Promise((resolve) => setTimeout(resolve, 60));
        demand.resume();
      }
      expect((await done).events).toEqual([started, hello, world, ping(), end]);
    });

    it('starts graceMs again after the pause', async () => {
      const demand = createDemand();
      const chunks = [frames({ text: 'Hello' }, { stop: true }), ': alive\n\n'];
      let pulls = 0;
      const body = new ReadableStream<Uint8Array>(
        {
          async pull(controller) {
            const chunk = chunks[pulls++];
            if (chunk === undefined) return new Promise(() => undefined);
            controller.enqueue(Buffer.from(chunk));
          },
        },
        { highWaterMark: 0 },
      );
      const events$ = readEvents(toyFormat, async () => new Response(body, typed('text/event-stream')), { demand, graceMs: 30 });
      const done = collect(events$.pipe(tap((event) => event.type === 'text-delta' && demand.pause())));
      await new Promise((resolve) => setTimeout(resolve, 80));
      const before = performance.now();
      demand.resume();
      expect((await done).events).toEqual([started, hello, ping(), end]);
      expect(performance.now() - before).toBeGreaterThan(25);
    });
  });

  it('rejects bad options at call time', () => {
    const withOptions = (options: object): (() => Observable<DeltaEvent>) => {
      return () => readEvents(toyFormat, respondWith(whole), options, 'fromToy');
    };
    expect(withOptions({ maxEventByte: 1 })).toThrow('fromToy: unknown option "maxEventByte", did you mean "maxEventBytes"?');
    expect(withOptions({ maxEventBytes: 0 })).toThrow(RangeError);
    expect(withOptions({ graceMs: -1 })).toThrow(RangeError);
    expect(withOptions({ graceMs: '1' })).toThrow(TypeError);
    expect(withOptions({ signal: {} })).toThrow(TypeError);
    expect(withOptions({ signal: null })).toThrow(TypeError);
    expect(withOptions({ demand: true })).toThrow(TypeError);
    expect(withOptions({ demand: null })).toThrow(TypeError);
    expect(withOptions({ signal: undefined, graceMs: undefined, demand: undefined })).not.toThrow();
  });

  describe('over HTTP', () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): unknown => unhandled.push(reason);
    let server: TestServer | undefined;

    beforeAll(() => void process.on('unhandledRejection', note));
    afterEach(async () => {
      await server?.close();
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(unhandled).toEqual([]);
    });
    afterAll(() => void process.off('unhandledRejection', note));

    const never = (): never => {
      throw new Error('There is no SDK to call');
    };

    const fromServer = async (...answers: readonly Answer[]): Promise<Observable<DeltaEvent>> => {
      server = await startServer(...answers);
      const { url } = server;
      return readEvents(
        toyFormat,
        sendRequest((_: object, { signal }) => fetch(url, { signal }), {}, never),
      );
    };

    const readServer = async (...answers: readonly Answer[]): Promise<Collected> => collect(await fromServer(...answers));

    const bytes =
      (...raw: readonly string[]): Answer =>
      ({ socket }) => {
        for (const piece of raw) socket.write(piece);
        socket.end();
      };
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n';
    const half = frames({ text: 'Hello' });
    const chunk = (body: string): string => `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`;

    it('reads an event stream', async () => {
      expect(await readServer(answerStream(cutEvery(whole, 5)))).toMatchObject({
        events: [started, hello, world, end],
        completed: true,
      });
      await server?.close();
      expect(await readServer(bytes(`${head}\r\n`, whole))).toMatchObject({ completed: true });
      await server?.close();
      expect(
        await readServer(({ response }) => {
          response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' }).end(gzipSync(whole));
        }),
      ).toMatchObject({ events: [started, hello, world, end], completed: true });
    });

    it.each<[string, Answer, string[]]>([
      ['a reset', answerStream([half], 'reset'), ['connection']],
      ['a connection closed inside chunked encoding', answerStream([half], 'close'), ['connection']],
      ['a clean end', answerStream([half]), ['truncated']],
      ['a close where nothing says how long the body is', bytes(`${head}connection: close\r\n\r\n`, half), ['truncated']],
      ['a body shorter than its content-length', bytes(`${head}content-length: 999\r\n\r\n`, half), ['connection']],
      ['a bad chunk size', bytes(`${head}transfer-encoding: chunked\r\n\r\n`, chunk(half), 'zz\r\n'), ['connection']],
    ])('errors after %s mid-answer, with what was said', async (_, answer, kinds) => {
      const { error, events } = await readServer(answer);
      expect(events).toEqual([started, hello]);
      expect(kinds).toContain((error as StreamError).kind);
      expect(error).toMatchObject({ retryable: true, partial: { text: 'Hello' } });
    });

    it('errors when a compressed body is cut', async () => {
      const zipped = gzipSync(whole.repeat(20).replaceAll('"end"', '"text"'));
      for (const length of [zipped.length - 8, zipped.length >> 1, 12]) {
        const { error, completed } = await readServer(({ response }) => {
          response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
          response.end(zipped.subarray(0, length));
        });
        expect(completed).toBe(false);
        expect(['connection', 'truncated']).toContain((error as StreamError).kind);
        await server?.close();
      }
    });

    it('errors with HttpError for an error status', async () => {
      const { error } = await readServer(answerWith(429, { error: { message: 'Slow down' } }, { 'retry-after': '2' }));
      expect(error).toMatchObject({ name: 'HttpError', kind: 'rate-limit', retryAfterMs: 2_000, partial: { text: '' } });
    });

    it('completes at the end while the socket is open, and closes it within 250 ms', async () => {
      const events$ = await fromServer(answerStream([half, frames({ end: true })], 'open'));
      let finishedAt = 0;
      const { completed } = await collect(
        events$.pipe(
          tap(() => {
            finishedAt = performance.now();
          }),
        ),
      );
      expect(completed).toBe(true);
      expect(performance.now() - finishedAt).toBeLessThan(50);
      const closed = await server?.requests[0]?.closed;
      expect(closed?.byClient).toBe(true);
      expect((closed?.at ?? Infinity) - finishedAt).toBeLessThan(250);
    });

    it('reuses the connection when the body ends soon after the last event', async () => {
      const events$ = await fromServer(async ({ response }) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(whole);
        setTimeout(() => response.end(), 20);
      });
      for (let request = 0; request < 8; request++) {
        expect((await collect(events$)).completed).toBe(true);
        await server?.requests[request]?.closed;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      expect(server?.requests).toHaveLength(8);
      expect(server?.connections).toBe(1);
    });

    it('errors without retaining the body that broke off', async () => {
      server = await startServer(answerStream([half], 'reset'));
      const { url } = server;
      const bodies: WeakRef<object>[] = [];
      const errors: unknown[] = [];
      for (let stream = 0; stream < 10; stream++) {
        const send = async (signal: AbortSignal): Promise<Response> => {
          const response = await fetch(url, { signal });
          bodies.push(new WeakRef(response.body as object));
          return response;
        };
        errors.push((await collect(readEvents(toyFormat, send))).error);
      }
      await collectGarbage();
      expect(errors).toHaveLength(10);
      expect(bodies.filter((body) => body.deref())).toEqual([]);
      for (const error of errors) expect(error).toMatchObject({ kind: 'connection', cause: { message: 'terminated' } });
    });

    it.each<[string, Answer, number]>([
      ['before the headers', () => undefined, 0],
      [
        'mid-stream',
        async ({ response }) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          while (!response.closed) {
            response.write(half);
            await new Promise((resolve) => setTimeout(resolve, 2));
          }
        },
        4,
      ],
      ['in a stall', answerStream([half], 'open'), 2],
      ['in an error body that stalls', ({ response }) => void response.writeHead(500).write('Half'), 0],
      ['in a page that stalls', ({ response }) => void response.writeHead(200, { 'content-type': 'text/html' }).write('<'), 0],
      ['in a vague body that stalls', ({ response }) => void response.writeHead(200, {}).write('dat'), 0],
    ])('aborts the request on unsubscribe %s', async (_, answer, count) => {
      const seen: unknown[] = [];
      const events$ = await fromServer(answer);
      let arrived: () => void = () => undefined;
      const enough = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      const subscription = events$.subscribe({
        next: () => seen.push('event') >= count && arrived(),
        error: (error: unknown) => seen.push(error),
        complete: () => seen.push('complete'),
      });
      const request = await server?.received();
      if (count > 0) await enough;
      else await new Promise((resolve) => setTimeout(resolve, 30));
      const before = performance.now();
      const length = seen.length;
      subscription.unsubscribe();
      const closed = await request?.closed;
      expect((closed?.at ?? Infinity) - before).toBeLessThan(100);
      expect(closed?.byClient).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(seen).toHaveLength(length);
    });

    it('closes the connection on an error', async () => {
      const events$ = await fromServer(answerStream([half, 'data: nonsense\n\n'], 'open'));
      const before = performance.now();
      expect((await collect(events$)).error).toMatchObject({ kind: 'malformed-event' });
      expect(((await server?.requests[0]?.closed)?.at ?? Infinity) - before).toBeLessThan(200);
    });
  });
});

function cutEvery(body: string, size: number): string[] {
  return body.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
}
