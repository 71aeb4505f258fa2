import { afterEach, describe, expect, it, jest } from '@jest/globals';
import OpenAI from 'openai';
import OpenAI6 from 'openai-6';
import { take } from 'rxjs';
import { createDemand } from '../../src/handles/createDemand.js';
import { retryStream } from '../../src/operators/retryStream.js';
import { fromResponses, type ResponsesOptions } from '../../src/providers/openai/fromResponses.js';
import { messageOf, responsesFixture } from '../providers/openai/responses/fixtures.js';
import { type BackgroundServer, type Cut, type Refusal, startBackground } from '../support/backgroundServer.js';
import { recordings } from '../support/recordings.js';
import { type Collected, collect, respondWith } from '../support/respond.js';
import { answerStream, answerWith } from '../support/server.js';

jest.setTimeout(120_000);

const params = { model: 'gpt-test-1', input: 'Hello', background: true };
const resume = { maxResumes: 100, delayMs: 0 };

const fixtures = ['text', 'function-calls', 'reasoning-summary'].map((name) => ({ name, whole: textOf(responsesFixture(name)) }));
const recorded = recordings('responses')
  .filter(({ name }) => /shell-container\.1|context_manager__0|tool-search\.1/.test(name))
  .map(({ name, bytes }) => ({ name, whole: textOf(bytes) }));

const whole = fixtures[0]?.whole ?? '';
/** The bytes up to the id, before which a response cannot be read again, and those of the first event. */
const firstId = Buffer.byteLength(whole.slice(0, whole.indexOf('"resp_1"') + '"resp_1"'.length));
const firstEvent = Buffer.byteLength(whole.slice(0, whole.indexOf('\n\n') + 2));

let server: BackgroundServer | undefined;

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replaceAll('\r\n', '\n');
}

function client(url: string): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: 'local' });
}

/** A function that can read a response again and cancel it. */
function functionClient(url: string) {
  const base = `${url}/v1/responses`;
  const ask = (body: object, { signal }: { readonly signal: AbortSignal }): Promise<Response> =>
    fetch(base, { method: 'POST', body: JSON.stringify(body), signal });
  return Object.assign(ask, {
    retrieve: (id: string, query: Readonly<Record<string, unknown>>, { signal }: { readonly signal: AbortSignal }) =>
      fetch(`${base}/${id}?${new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]))}`, {
        signal,
      }),
    cancel: (id: string, { signal }: { readonly signal: AbortSignal }) =>
      fetch(`${base}/${id}/cancel`, { method: 'POST', signal }),
  });
}

/** A function whose first body has only these bytes; the others have the rest. */
function memoryClient(all: Buffer, bytes: number, chunkSize: number) {
  const events = all
    .toString()
    .split('\n\n')
    .filter((event) => event !== '');
  const after = (sequence: number): Buffer =>
    Buffer.from(
      events
        .slice(sequence + 1)
        .map((event) => `${event}\n\n`)
        .join(''),
    );
  return Object.assign(respondWith(new Uint8Array(all.subarray(0, bytes)), chunkSize), {
    retrieve: (_id: string, query: { readonly starting_after?: number }) =>
      respondWith(new Uint8Array(after(query.starting_after ?? -1)), chunkSize)(),
  });
}

async function start(body: string, ...cuts: readonly (Cut | Refusal | undefined)[]): Promise<BackgroundServer> {
  await server?.close();
  server = await startBackground(body, cuts);
  return server;
}

async function read(
  body: string,
  cuts: readonly (Cut | Refusal | undefined)[],
  options: ResponsesOptions = { resume },
): Promise<Collected> {
  const { url } = await start(body, ...cuts);
  return collect(fromResponses(client(url), params, options));
}

/** The bytes of the first n events. */
function bytesOf(body: string, count: number): number {
  return Buffer.byteLength(`${body.split('\n\n').slice(0, count).join('\n\n')}\n\n`);
}

describe('fromResponses with resume', () => {
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  describe.each([...fixtures, ...recorded])('of $name', ({ whole: body }) => {
    it.each(['reset', 'close', 'end'] as const)(
      'emits the events of the uncut response when it is cut by a %s after any event',
      async (by) => {
        const uncut = await read(body, []);
        const events = body.split('\n\n').filter((event) => event !== '').length;
        for (let count = 1; count < events; count++) {
          const cut = await read(body, [{ bytes: bytesOf(body, count), by }]);
          expect(cut).toEqual(uncut);
          // What a reset discards before it is read is requested again.
          expect(server?.created).toBe(1);
          if (by !== 'reset') expect(server?.rereads).toEqual([count - 1]);
        }
      },
    );
  });

  it('does so when it is cut at any byte after the id, also inside a character', async () => {
    const uncut = await read(whole, []);
    const bytes = Array.from({ length: Buffer.byteLength(whole) - firstId }, (_, index) => firstId + index);
    const cuts = bytes.flatMap((at): readonly (Cut | undefined)[] => [
      { bytes: at, by: at % 2 === 0 ? 'close' : 'end' },
      undefined,
    ]);
    const { url } = await start(whole, ...cuts);
    for (const at of bytes)
      expect({ at, ...(await collect(fromResponses(client(url), params, { resume }))) }).toEqual({ at, ...uncut });
    expect(server?.created).toBe(bytes.length);
  }, 120_000);

  it('does so at every byte, in chunks of any size, without a network', async () => {
    const all = Buffer.from(whole);
    const uncut = await collect(fromResponses(memoryClient(all, all.length, 1_000), params, { resume }));
    expect(uncut.completed).toBe(true);
    for (let at = firstId; at < all.length; at++) {
      const cut = memoryClient(all, at, at % 50 === 0 ? 1 : 100);
      expect({ at, ...(await collect(fromResponses(cut, params, { resume }))) }).toEqual({ at, ...uncut });
    }
  });

  it('does so when each body is cut after one event, while nothing comes, and inside events', async () => {
    const uncut = await read(whole, []);
    const first: Cut = { bytes: firstEvent, by: 'close' };
    const cuts: readonly Cut[] = Array.from({ length: 30 }, (_, index) => ({
      bytes: index % 3 === 1 ? 0 : 250 + 40 * index,
      by: index % 2 === 0 ? 'close' : 'end',
    }));
    expect(await read(whole, [first, ...cuts])).toEqual(uncut);
    expect(server?.rereads.length).toBeGreaterThan(5);
    expect(server?.rereads).toEqual([...(server?.rereads ?? [])].sort((a, b) => Number(a) - Number(b)));
    expect(server?.created).toBe(1);
  });

  it.each([
    ['openai 7', (url: string) => client(url)],
    ['openai 6', (url: string) => new OpenAI6({ baseURL: `${url}/v1`, apiKey: 'local' }) as unknown as OpenAI],
    ['a function', (url: string) => functionClient(url) as unknown as OpenAI],
  ])('works with %s, for reading and cancelling', async (_name, clientOf) => {
    const uncut = await read(whole, []);
    const cut: Cut = { bytes: bytesOf(whole, 5), by: 'close' };
    const { url } = await start(whole, cut);
    expect(await collect(fromResponses(clientOf(url), params, { resume }))).toEqual(uncut);
    const again = await start(whole, cut);
    await collect(fromResponses(clientOf(again.url), params, { resume }).pipe(take(2)));
    await until(() => again.cancelled.length > 0);
    expect(again.cancelled).toEqual(['/v1/responses/resp_1/cancel']);
  });

  it('sends the betas with each request', async () => {
    const { url, requests } = await start(whole, { bytes: bytesOf(whole, 5), by: 'close' });
    const { completed } = await collect(
      fromResponses(client(url), { ...params, betas: ['responses_multi_agent=v1'] }, { resume }),
    );
    expect(completed).toBe(true);
    expect(requests.map(({ headers }) => headers['openai-beta'])).toEqual([
      'responses_multi_agent=v1',
      'responses_multi_agent=v1',
    ]);
  });

  it('reports usage once, and calls onResponse for each body', async () => {
    const statuses: number[] = [];
    const { events } = await read(whole, [{ bytes: bytesOf(whole, 6), by: 'end' }], {
      resume,
      onResponse: ({ status }) => statuses.push(status),
    });
    expect(events.filter(({ type }) => type === 'usage')).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'reset' || type === 'start')).toHaveLength(1);
    expect(messageOf(events).usage).toMatchObject({ inputTokens: 40, outputTokens: 12 });
    expect(statuses).toEqual([200, 200]);
  });

  it('drops what a server sends again', async () => {
    const uncut = await read(whole, []);
    const replay: Refusal = (exchange) => answerStream([whole])(exchange);
    expect(await read(whole, [{ bytes: bytesOf(whole, 6), by: 'end' }, replay])).toEqual(uncut);
  });

  it('tries again when the server cannot answer yet', async () => {
    const uncut = await read(whole, []);
    const refusals = [answerWith(503, { error: { message: 'later' } }), answerWith(500, '')];
    expect(await read(whole, [{ bytes: bytesOf(whole, 6), by: 'end' }, ...refusals])).toEqual(uncut);
    expect(server?.rereads).toEqual([5, 5, 5]);
  });

  it.each([
    ['end', 'TruncatedError'],
    ['close', 'ConnectionError'],
  ] as const)('emits the error of the cut, by %s, when it is cut for good', async (by, name) => {
    const cut: Cut = { bytes: bytesOf(whole, 6), by };
    const nothing: Cut = { bytes: 0, by };
    const { error, events } = await read(whole, [cut, nothing, nothing, nothing], { resume: { maxResumes: 2, delayMs: 0 } });
    expect(error).toMatchObject({ name, retryable: true, partial: { model: 'gpt-test-1' } });
    expect(events.at(-1)?.type).toBe('text-delta');
    expect(server?.rereads).toEqual([5, 5]);
    expect(server?.cancelled).toEqual([]);
  });

  it('emits the error of the cut when the provider does not have the response any more', async () => {
    const gone = answerWith(404, { error: { message: 'No such response' } });
    const { error } = await read(whole, [{ bytes: bytesOf(whole, 6), by: 'end' }, gone]);
    expect(error).toMatchObject({ name: 'TruncatedError', retryable: true });
    expect(server?.rereads).toEqual([5]);
  });

  it('checks each body: a page instead of events is the error', async () => {
    const page = answerWith(200, '<html>Log in</html>', { 'content-type': 'text/html' });
    const { error } = await read(whole, [{ bytes: bytesOf(whole, 6), by: 'end' }, page]);
    expect(error).toMatchObject({ name: 'ContentTypeError', partial: { text: expect.stringMatching(/^Hello/) } });
  });

  it('emits the error before the id of the response has come', async () => {
    const { error } = await read(whole, [{ bytes: firstId - 1, by: 'end' }]);
    expect(error).toMatchObject({ retryable: true });
    expect(server?.rereads).toEqual([]);
  });

  it('reads nothing again after the end of the response, or after an error that the provider reports', async () => {
    const failed = textOf(responsesFixture('failed'));
    const { error } = await read(failed, []);
    expect(error).toMatchObject({ name: 'ProviderError' });
    expect(server?.rereads).toEqual([]);
    expect(server?.cancelled).toEqual([]);
  });

  it('completes when the last blank line is missing, and limits the size of an event', async () => {
    const uncut = await read(whole, []);
    expect(await read(whole, [{ bytes: Buffer.byteLength(whole) - 1, by: 'end' }])).toEqual(uncut);
    expect(server?.rereads).toEqual([]);
    const { error } = await read(whole, [], { resume, maxEventBytes: 100 });
    expect(error).toMatchObject({ name: 'LimitError' });
  });

  it('lets retryStream repeat what cannot be resumed', async () => {
    const gone = answerWith(404, { error: { message: 'No such response' } });
    const { url } = await start(whole, { bytes: bytesOf(whole, 6), by: 'end' }, gone);
    const { events, completed } = await collect(
      fromResponses(client(url), params, { resume }).pipe(retryStream({ initialDelayMs: 1, jitter: 0 })),
    );
    expect(completed).toBe(true);
    expect(events.filter(({ type }) => type === 'reset')).toHaveLength(1);
    expect(server?.created).toBe(2);
  });

  it('reads on when demand resumes, across the seam', async () => {
    const uncut = await read(whole, []);
    const demand = createDemand();
    const { url } = await start(whole, { bytes: bytesOf(whole, 5), by: 'end' });
    demand.pause();
    setTimeout(() => demand.resume(), 50);
    expect(await collect(fromResponses(client(url), params, { resume, demand }))).toEqual(uncut);
  });

  describe('cancels the response', () => {
    const silent: Refusal = ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      response.write(`${whole.split('\n\n').slice(0, 5).join('\n\n')}\n\n`);
    };

    it('when it is unsubscribed, while it streams and while it waits to read again', async () => {
      const live = await start(whole, silent);
      await collect(fromResponses(client(live.url), params, { resume }).pipe(take(1)));
      await until(() => live.cancelled.length > 0);
      const waiting = await start(whole, { bytes: bytesOf(whole, 5), by: 'end' });
      const seen: string[] = [];
      const subscription = fromResponses(client(waiting.url), params, { resume: { delayMs: 60_000 } }).subscribe({
        next: ({ type }) => seen.push(type),
        error: (error: unknown) => seen.push(String(error)),
      });
      await until(() => seen.includes('text-delta'));
      await new Promise((resolve) => setTimeout(resolve, 20));
      subscription.unsubscribe();
      await until(() => waiting.cancelled.length > 0);
      expect(waiting.cancelled).toEqual(['/v1/responses/resp_1/cancel']);
      expect(waiting.rereads).toEqual([]);
    });

    it('when the signal aborts', async () => {
      const live = await start(whole, silent);
      const controller = new AbortController();
      const events$ = fromResponses(client(live.url), params, { resume, signal: controller.signal });
      const result = collect(events$);
      await live.received();
      setTimeout(() => controller.abort(), 50);
      expect((await result).error).toMatchObject({ name: 'StreamAbortedError' });
      await until(() => live.cancelled.length > 0);
    });

    it('but not with cancelOnUnsubscribe false, nor after the end', async () => {
      const live = await start(whole, silent);
      await collect(fromResponses(client(live.url), params, { resume, cancelOnUnsubscribe: false }).pipe(take(1)));
      await (await live.received()).closed;
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(live.cancelled).toEqual([]);
      await read(whole, []);
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(server?.cancelled).toEqual([]);
    });
  });

  it('rejects options and clients with which no response is read again', () => {
    const openai = client('http://127.0.0.1:1');
    expect(() => fromResponses(openai, { model: 'm', input: 'x' }, { resume })).toThrow(
      new TypeError('fromResponses: resume needs params with background: true'),
    );
    expect(() => fromResponses(async () => new Response(), params, { resume })).toThrow(/a function with a member retrieve/);
    expect(() => fromResponses(openai, params, { resume: { maxResumes: -1 } })).toThrow(RangeError);
    expect(() => fromResponses(openai, params, { resume: { delayMs: -1 } })).toThrow(RangeError);
    // @ts-expect-error: a wrong name
    expect(() => fromResponses(openai, params, { resume: { max: 1 } })).toThrow(TypeError);
    // @ts-expect-error: a wrong name
    expect(() => fromResponses(openai, params, { resum: {} })).toThrow(
      new TypeError('fromResponses: unknown option "resum", did you mean "resume"?'),
    );
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
