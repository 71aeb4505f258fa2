import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { asyncScheduler, lastValueFrom, type Observable, take, toArray } from 'rxjs';
import { type LocalProvider, localProvider } from '../../../examples/localProvider.js';
import { isStreamError } from '../../../src/errors.js';
import type { DeltaEvent } from '../../../src/events.js';
import { retryStream } from '../../../src/operators/retryStream.js';
import { timeoutBetweenChunks } from '../../../src/operators/timeoutBetweenChunks.js';
import { fromMessages } from '../../../src/providers/anthropic/index.js';
import { fromChatCompletions, fromResponses } from '../../../src/providers/openai/index.js';
import { CassetteError, cassette, type Fetch, recordCassette, replayCassette, virtualTime } from '../../../src/testing/index.js';
import { collect } from '../../support/respond.js';
import { type Answer, answerStream, answerWith, startServer, type TestServer } from '../../support/server.js';

// All files of cassettes/ are tested through its three public functions.

const key = 'sk-very-secret-0123456789';
const question = 'What is the capital of France?';

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxllm-cassettes-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let cassettes = 0;
beforeEach(() => {
  file = join(folder, 'deep', `${++cassettes}.jsonl`);
});

type Line = Readonly<Record<string, unknown>> & { readonly type: string };
const linesOf = (path: string): readonly Line[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const bytesOf = (path: string): string =>
  linesOf(path)
    .map(({ base64 }) => Buffer.from(String(base64 ?? ''), 'base64').toString())
    .join('');

/** Waits for the end of the recording: an answer is complete before its connection ends. */
async function recorded(path: string, exchanges = 1): Promise<readonly Line[]> {
  for (let turn = 0; turn < 500; turn++) {
    const ends = linesOf(path).filter(({ type }) => ['end', 'error', 'abort'].includes(type));
    if (ends.length >= exchanges) return linesOf(path);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('The recording did not end');
}

type Source = (fetch: Fetch, origin: string, content?: string) => Observable<DeltaEvent>;
const sources: readonly (readonly [string, Source])[] = [
  [
    'chat completions',
    (fetch, origin, content = question) =>
      fromChatCompletions(new OpenAI({ apiKey: key, baseURL: `${origin}/v1`, fetch }), {
        model: 'local',
        messages: [{ role: 'user', content }],
      }),
  ],
  [
    'responses',
    (fetch, origin, content = question) =>
      fromResponses(new OpenAI({ apiKey: key, baseURL: `${origin}/v1`, fetch }), { model: 'local', input: content }),
  ],
  [
    'messages',
    (fetch, origin, content = question) =>
      fromMessages(new Anthropic({ apiKey: key, baseURL: origin, fetch }), {
        model: 'local',
        max_tokens: 100,
        messages: [{ role: 'user', content }],
      }),
  ],
];
const [
  [, chat] = [
    '',
    () => {
      throw new Error();
    },
  ] as const,
] = sources;

/** Nothing listens there. */
const nowhere = 'http://127.0.0.1:1';

let provider: LocalProvider;
beforeAll(async () => {
  provider = await localProvider({ latencyMs: 20 });
});
afterAll(() => provider.stop());

let server: TestServer;
let answers: Answer[];
beforeEach(async () => {
  answers = [];
  server = await startServer((exchange) => (answers.length > 1 ? answers.shift() : answers[0])?.(exchange));
});
afterEach(() => server.close());

const chunk = (fields: object): string =>
  `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', choices: [{ index: 0, ...fields }] })}\n\n`;
const beginning = chunk({ delta: { content: 'Hel' } });
const whole = [beginning, chunk({ delta: { content: 'lo' } }), chunk({ delta: {}, finish_reason: 'stop' }), 'data: [DONE]\n\n'];

describe('recordCassette', () => {
  describe.each(sources)('of %s', (_name, source) => {
    it('stores no key', async () => {
      await collect(source(recordCassette(fetch, file), provider.anthropic));
      await recorded(file);
      expect(readFileSync(file, 'utf8')).not.toContain(key);
      expect(readFileSync(file, 'utf8').toLowerCase()).not.toMatch(/authorization|x-api-key|secret/);
      expect(bytesOf(file)).not.toContain(key);
    });
  });

  it('stores the chunk boundaries of the response', async () => {
    const seen: number[] = [];
    const watched: Fetch = async (input, init) => {
      const response = await fetch(input, init);
      const count = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          seen.push(chunk.length);
          controller.enqueue(chunk);
        },
      });
      return new Response(response.body?.pipeThrough(count) ?? null, response);
    };
    await collect(chat(recordCassette(watched, file), provider.anthropic));
    await recorded(file);
    const chunks = linesOf(file).flatMap(({ base64 }) =>
      base64 === undefined ? [] : [Buffer.from(String(base64), 'base64').length],
    );
    expect(chunks).toEqual(seen);
    expect(chunks.length).toBeGreaterThan(3);
  });

  it('records a Request, a body of bytes, and a response without a body', async () => {
    answers = [({ response }) => void response.writeHead(204).end()];
    const send = recordCassette(fetch, file);
    await send(new Request(`${server.url}/a`, { method: 'PUT', body: 'text' }));
    await send(new URL(`${server.url}/b`), { method: 'POST', body: new TextEncoder().encode('{"b":1}') });
    expect(linesOf(file).filter(({ type }) => type === 'request')).toMatchObject([
      { method: 'PUT', path: '/a', body: 'text' },
      { method: 'POST', path: '/b', body: { b: 1 } },
    ]);
    const replay = replayCassette(file);
    expect((await replay(new Request('http://example.invalid/a', { method: 'PUT', body: 'text' }))).status).toBe(204);
  });

  it('overwrites the key where the response repeats it, also across two chunks, and keeps the lengths', async () => {
    const echoed = `: your key is ${key}, thanks\n\n`;
    answers = [answerStream([echoed.slice(0, 20), echoed.slice(20), ...whole])];
    const live = await collect(chat(recordCassette(fetch, file), server.url));
    await recorded(file);
    expect(bytesOf(file)).not.toContain(key.slice(0, 12));
    expect(bytesOf(file)).toBe(`: your key is ${'*'.repeat(key.length)}, thanks\n\n${whole.join('')}`);
    expect(await collect(chat(replayCassette(file), server.url))).toEqual(live);
  });

  it('redacts secrets of the URL, of the body and of the headers everywhere in the request', async () => {
    answers = [answerWith(200, {})];
    const send = recordCassette(fetch, file, { secrets: ['my own one'] });
    const body = JSON.stringify({
      model: 'm',
      max_tokens: 5,
      api_key: 'hidden-1',
      tools: [{ type: 'mcp', authorization: 'hidden-2', headers: { 'X-Any': 'hidden-3' } }],
      messages: [{ content: 'hidden-1, hidden-4, hidden-5, my own one and sk-abcdefghijklmnop' }],
    });
    const headers = { Authorization: 'Bearer hidden-4', 'X-Custom': 'hidden-5', 'Content-Type': 'application/json' };
    await (await send(`${server.url}/v1/x?key=hidden-6&api-version=2024-10-21`, { method: 'POST', body, headers })).text();
    const [, request] = await recorded(file);
    expect(request).toEqual({
      exchange: 1,
      type: 'request',
      method: 'POST',
      path: '/v1/x?key=redacted&api-version=2024-10-21',
      body: {
        model: 'm',
        max_tokens: 5,
        api_key: 'redacted',
        tools: [{ type: 'mcp', authorization: 'redacted', headers: { 'X-Any': 'redacted' } }],
        messages: [{ content: 'redacted, redacted, redacted, redacted and redacted' }],
      },
    });
    expect(readFileSync(file, 'utf8')).not.toMatch(/hidden|my own one/);
    // Other keys still match.
    const other = {
      method: 'POST',
      body: body.replace('hidden-1', 'hidden-7').replace('hidden-1', 'hidden-7'),
      headers: { ...headers, Authorization: 'Bearer hidden-8' },
    };
    const replay = replayCassette(file, { secrets: ['my own one'] });
    expect(
      (
        await replay(`http://example.invalid/v1/x?key=other&api-version=2024-10-21`, {
          ...other,
          body: other.body.replace('hidden-4', 'hidden-8'),
        })
      ).status,
    ).toBe(200);
  });

  it('overwrites a secret that the response repeats escaped, encoded, or after a shorter secret', async () => {
    const secret = 'hidden"1/+ 2';
    const written = [JSON.stringify(secret), encodeURIComponent(secret), new URLSearchParams({ key: secret }).toString(), secret];
    const echoed = written.join(' and ');
    answers = [answerStream([echoed.slice(0, 7), echoed.slice(7, 30), echoed.slice(30)])];
    const headers = { 'x-api-key': secret, authorization: 'Bearer hidden' };
    await (await recordCassette(fetch, file)(server.url, { headers })).text();
    await recorded(file);
    expect(bytesOf(file)).toMatch(/^"\*+" and \*+ and key=\*+ and \*+$/);
    expect(bytesOf(file)).toHaveLength(echoed.length);
  });

  it('overwrites a key that only the body, the path or the scheme Basic has, and one that only the response has', async () => {
    const random = 'Zx8Kq2Lw9RtY4uPm7Vb3';
    const inBody = `hf_${random}`;
    const inPath = `r8_${random}`;
    const inResponse = `nvapi-${random}`;
    const echoed = `data: ${inBody} ${inPath} secret-word ${inResponse}, ok\n\n`;
    answers = [answerStream([echoed.slice(0, 20), echoed.slice(20, echoed.length - 12), echoed.slice(-12)])];
    const headers = { authorization: `Basic ${btoa('user-name:secret-word')}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ messages: [{ content: `my key is ${inBody}` }], pwd: 'hidden-9', sharedKey: 'hidden-8' });
    await (await recordCassette(fetch, file)(`${server.url}/bot/${inPath}/x`, { method: 'POST', headers, body })).text();
    await recorded(file);
    expect(readFileSync(file, 'utf8')).not.toMatch(/Zx8Kq2|secret-word|hidden/);
    expect(bytesOf(file)).not.toMatch(/Zx8Kq2|secret-word/);
    expect(bytesOf(file)).toHaveLength(echoed.length);
    expect(bytesOf(file)).toMatch(/, ok\n\n$/);
  });

  it('redacts the secret fields of a form', async () => {
    answers = [answerWith(200, {})];
    const body = new URLSearchParams({ client_secret: 'hidden-1', grant_type: 'client_credentials' });
    await (await recordCassette(fetch, file)(server.url, { method: 'POST', body })).text();
    expect(linesOf(file)[1]).toMatchObject({ body: 'client_secret=redacted&grant_type=client_credentials' });
    expect((await replayCassette(file)(server.url, { method: 'POST', body })).status).toBe(200);
  });

  it('does not redact ordinary words of headers', async () => {
    const words = 'The Bearer of a token, an Application, a session';
    answers = [answerStream([words])];
    const headers = { authorization: `Bearer ${key}`, 'x-title': 'My Application', cookie: 'session=hidden-1' };
    await (await recordCassette(fetch, file)(server.url, { method: 'POST', body: JSON.stringify({ words }), headers })).text();
    const [, request] = await recorded(file);
    expect(request).toMatchObject({ body: { words } });
    expect(bytesOf(file)).toBe(words);
  });

  it.each<readonly [string, () => unknown, RegExp]>([
    // @ts-expect-error: the fetch is missing.
    ['no fetch', () => recordCassette(undefined, 'x'), /fetch must be a function/],
    ['no file', () => recordCassette(fetch, ''), /recordCassette: file must be the path/],
    ['an unknown option', () => recordCassette(fetch, 'x', { secret: [] } as object), /did you mean "secrets"/],
    [
      'secrets that are not an array',
      // @ts-expect-error: secrets are an array.
      () => recordCassette(fetch, 'x', { secrets: key }),
      /secrets must be an array of strings/,
    ],
  ])('rejects %s at call time', (_name, call, message) => {
    expect(call).toThrow(message);
  });
});

describe('replayCassette', () => {
  const request = '{"cassette":1}\n{"exchange":1,"type":"request","method":"GET","path":"/","body":null}\n';

  describe.each(sources)('of %s', (_name, source) => {
    it('emits the recorded events at speed 0, at speed 1, and in virtual time', async () => {
      const live = await collect(source(recordCassette(fetch, file), provider.anthropic));
      expect(live.completed).toBe(true);
      expect(live.events.length).toBeGreaterThan(5);
      // Works at once, even if the recorded connection has not ended yet.
      expect(await collect(source(replayCassette(file), nowhere))).toEqual(live);
      const lines = await recorded(file);
      const atMs = Number(lines.findLast(({ type }) => type === 'chunk')?.['atMs']);
      expect(atMs).toBeGreaterThan(60);

      const begun = performance.now();
      expect(await collect(source(replayCassette(file, { speed: 1 }), nowhere))).toEqual(live);
      expect(performance.now() - begun).toBeGreaterThan(atMs - 20);

      await virtualTime(async () => {
        const replayed = await collect(source(replayCassette(file, { speed: 1 }), nowhere));
        expect(replayed).toEqual(live);
        expect(asyncScheduler.now()).toBeGreaterThanOrEqual(atMs - 20);
      })();
    });
  });

  it('lets a time limit error in virtual time', async () => {
    await collect(chat(recordCassette(fetch, file), provider.anthropic));
    await virtualTime(async () => {
      const slow$ = chat(replayCassette(file, { speed: 0.001 }), nowhere).pipe(timeoutBetweenChunks({ firstMs: 1_000 }));
      expect((await collect(slow$)).error).toMatchObject({ kind: 'timeout', phase: 'first' });
      expect(asyncScheduler.now()).toBe(1_000);
    })();
  });

  it('errors where the recorded request was aborted in the middle', async () => {
    answers = [answerStream([beginning], 'open')];
    await lastValueFrom(chat(recordCassette(fetch, file), server.url).pipe(take(2), toArray()));
    expect((await recorded(file)).map(({ type }) => type).slice(1)).toEqual(['request', 'response', 'chunk', 'abort']);
    const { events, error } = await collect(chat(replayCassette(file), server.url));
    expect(events.map(({ type }) => type)).toEqual(['start', 'text-delta']);
    expect(error).toBeInstanceOf(CassetteError);
    expect(error).toMatchObject({
      message: expect.stringContaining('the recorded request was aborted'),
      partial: { text: 'Hel' },
    });
    // A consumer that unsubscribes at the same place gets no error.
    const again = chat(replayCassette(file), server.url).pipe(take(2), toArray());
    expect((await lastValueFrom(again)).map(({ type }) => type)).toEqual(['start', 'text-delta']);
  });

  it('rejects where the recorded request was aborted before its response', async () => {
    answers = [() => undefined];
    const subscription = chat(recordCassette(fetch, file), server.url).subscribe();
    await server.received();
    subscription.unsubscribe();
    expect((await recorded(file)).map(({ type }) => type).slice(1)).toEqual(['request', 'abort']);
    expect((await collect(chat(replayCassette(file), server.url))).error).toBeInstanceOf(CassetteError);
  });

  it.each(['close', 'reset'] as const)('replays a broken connection (%s)', async (end) => {
    answers = [answerStream([beginning], end)];
    const live = await collect(chat(recordCassette(fetch, file), server.url));
    expect(live.error).toMatchObject({ kind: 'connection' });
    const replayed = await collect(chat(replayCassette(file), server.url));
    expect(replayed.events).toEqual(live.events);
    expect(replayed.error).toMatchObject({
      kind: 'connection',
      retryable: true,
      message: (live.error as Error).message,
      partial: { text: 'Hel' },
    });
  });

  it('replays a failed request', async () => {
    const live = await collect(chat(recordCassette(fetch, file), nowhere));
    const replayed = await collect(chat(replayCassette(file), nowhere));
    expect(live.error).toMatchObject({ kind: 'connection' });
    expect(replayed.error).toMatchObject({ kind: 'connection', message: (live.error as Error).message });
  });

  it('replays the responses to equal requests in order, then the last one again', async () => {
    answers = [
      answerWith(429, { error: { message: 'Slow down' } }, { 'retry-after-ms': '30', 'set-cookie': 'session=s3cr3t-cookie' }),
      answerStream(whole),
    ];
    const live = await collect(chat(recordCassette(fetch, file), server.url).pipe(retryStream({ initialDelayMs: 1, jitter: 0 })));
    expect(live.completed).toBe(true);
    await recorded(file, 2);
    expect(readFileSync(file, 'utf8')).not.toContain('cookie');
    const replay = replayCassette(file);
    expect(await collect(chat(replay, server.url).pipe(retryStream({ initialDelayMs: 1, jitter: 0 })))).toEqual(live);
    expect((await collect(chat(replay, server.url))).completed).toBe(true);
    expect(server.requests).toHaveLength(2);
  });

  it('matches a request whose keys differ from the recorded ones', async () => {
    answers = [answerWith(200, {})];
    const body = JSON.stringify({ prompt: 'Say anything about acme-labs.' });
    const recording = { authorization: `Bearer ${key}`, 'openai-organization': 'acme-labs' };
    await (await recordCassette(fetch, file)(server.url, { method: 'POST', body, headers: recording })).text();
    await recorded(file);
    expect(readFileSync(file, 'utf8')).not.toContain('acme-labs');
    const ask = (prompt: string): Promise<Response> =>
      replayCassette(file)(server.url, {
        method: 'POST',
        body: JSON.stringify({ prompt }),
        headers: { authorization: 'Bearer anything' },
      });
    expect((await ask('Say anything about acme-labs.')).status).toBe(200);
    await expect(ask('Say nothing about acme-labs.')).rejects.toThrow(/recorded "Say anything about redacted\."/);
    await expect(ask('Say anything else of anything.')).rejects.toThrow(/asked for "Say redacted else of redacted\."/);
  });

  it('rejects a request that is not on the cassette, and shows the nearest one', async () => {
    answers = [answerStream(whole)];
    await collect(chat(recordCassette(fetch, file), server.url));
    await recorded(file);
    const { error } = await collect(chat(replayCassette(file), server.url, 'What is the capital of Spain?'));
    expect(isStreamError(error, 'not-found')).toBe(true);
    expect(error).toMatchObject({ name: 'CassetteError', retryable: false });
    expect((error as Error).message).toBe(
      [
        `No exchange on the cassette ${file} matches POST /v1/chat/completions.`,
        'The nearest of 1 is exchange 1, POST /v1/chat/completions, which differs in',
        '  body.messages[0].content: recorded "What is the capital of France?", asked for "What is the capital of Spain?"',
      ].join('\n'),
    );
  });

  it('rejects every request if the cassette is empty', async () => {
    const path = join(folder, 'empty.jsonl');
    writeFileSync(path, '{"cassette":1}\n');
    await expect(replayCassette(path)('http://127.0.0.1/x')).rejects.toThrow(/matches GET \/x\. The cassette is empty/);
  });

  it('reads a file with a byte order mark and CRLF line ends', async () => {
    const path = join(folder, 'windows.jsonl');
    const lines = `${request}{"exchange":1,"type":"response","atMs":1,"status":200,"headers":{}}\n{"exchange":1,"type":"end","atMs":1}\n`;
    writeFileSync(path, `\ufeff${lines.replaceAll('\n', '\r\n')}`);
    expect((await replayCassette(path)('http://127.0.0.1/')).status).toBe(200);
  });

  it.each<readonly [string, string, RegExp]>([
    ['an empty file', '', /is empty/],
    [
      'a request without a path',
      '{"cassette":1}\n{"exchange":1,"type":"request","method":"GET"}',
      /line 2: a request needs path/,
    ],
    ['a chunk without bytes', `${request}{"exchange":1,"type":"chunk","atMs":1}`, /line 3: a chunk needs base64/],
    [
      'an invalid status',
      `${request}{"exchange":1,"type":"response","atMs":1,"status":99,"headers":{}}`,
      /line 3: status must be from 200 to 599/,
    ],
    ['another file', 'hello', /line 1: is not a JSON object/],
    ['another version', '{"cassette":2}\n', /is not a cassette of version 1/],
    ['a broken line', '{"cassette":1}\n{"exch', /line 2: is not a JSON object/],
    ['a line without a request', '{"cassette":1}\n{"exchange":1,"type":"end","atMs":1}\n', /line 2: belongs to no request/],
    ['a line of an unknown type', `${request}{"exchange":1,"type":"x"}`, /line 3: has an unknown type/],
  ])('throws a CassetteError at call time for %s', (_name, content, message) => {
    const path = join(folder, 'broken.jsonl');
    writeFileSync(path, content);
    expect(() => replayCassette(path)).toThrow(message);
    expect(() => replayCassette(path)).toThrow(CassetteError);
  });

  it('throws a CassetteError at call time if there is no such file, with the folder that was searched', () => {
    expect(() => replayCassette('no/such.jsonl')).toThrow(
      `There is no cassette no/such.jsonl in ${process.cwd()}: record it first`,
    );
    expect(() => replayCassette(folder)).toThrow(/cannot be read \(EISDIR\)/);
    expect(() => replayCassette(folder)).toThrow(CassetteError);
  });

  it.each<readonly [string, () => unknown, RegExp]>([
    // @ts-expect-error: secrets are strings.
    ['secrets that are not strings', () => replayCassette('x', { secrets: [5] }), /secrets must be an array of strings/],
    ['a negative speed', () => replayCassette('x', { speed: -1 }), /replayCassette: speed must be >= 0/],
  ])('rejects %s at call time', (_name, call, message) => {
    expect(call).toThrow(message);
  });
});

describe('cassette', () => {
  it('replays recorded requests and records the others by default', async () => {
    answers = [answerStream(whole)];
    const first = await collect(chat(cassette(file), server.url));
    await recorded(file);
    expect(await collect(chat(cassette(file), server.url))).toEqual(first);
    expect(server.requests).toHaveLength(1);
    await collect(chat(cassette(file), server.url, 'Another question'));
    expect(server.requests).toHaveLength(2);
    await recorded(file, 2);
    await collect(chat(cassette(file, { mode: 'replay' }), nowhere, 'Another question'));
    expect(
      linesOf(file)
        .filter(({ type }) => type === 'request')
        .map(({ exchange }) => exchange),
    ).toEqual([1, 2]);
  });

  it('overwrites the cassette in mode record', async () => {
    answers = [answerStream(whole)];
    await collect(chat(cassette(file, { mode: 'record' }), server.url));
    await recorded(file);
    await collect(chat(cassette(file, { mode: 'record' }), server.url, 'Another question'));
    await recorded(file);
    expect(linesOf(file).filter(({ type }) => type === 'request')).toHaveLength(1);
  });

  it('throws in mode replay if there is no cassette', async () => {
    expect(() => cassette(file, { mode: 'replay' })).toThrow(/There is no cassette .*: record it first/);
  });

  it.each<readonly [string, () => unknown, RegExp]>([
    // @ts-expect-error: no mode has this name.
    ['an unknown mode', () => cassette('x', { mode: 'rec' }), /mode must be one of auto, record, replay/],
    ['a misspelt option', () => cassette('x', { sped: 1 } as object), /unknown option "sped", did you mean "speed"/],
  ])('rejects %s at call time', (_name, call, message) => {
    expect(call).toThrow(message);
  });
});
