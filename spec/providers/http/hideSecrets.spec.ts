import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import Anthropic from '@anthropic-ai/sdk';
import { afterEach, describe, expect, it } from '@jest/globals';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import OpenAI from 'openai';
import type { Observable } from 'rxjs';
import { toErrorInfo } from '../../../src/errors.js';
import type { DeltaEvent } from '../../../src/events.js';
import { retryStream } from '../../../src/operators/retryStream.js';
import { traceStream } from '../../../src/otel/traceStream.js';
import { fromMessages } from '../../../src/providers/anthropic/fromMessages.js';
import { fromChatCompletions } from '../../../src/providers/openai/fromChatCompletions.js';
import { recordCassette } from '../../../src/testing/index.js';
import { collect } from '../../support/respond.js';
import { type Answer, answerStream, answerWith, startServer, type TestServer } from '../../support/server.js';

let server: TestServer | undefined;
afterEach(() => server?.close());

type Read = (url: string, key: string) => Observable<DeltaEvent>;
const sources: readonly Read[] = [
  (url, apiKey) => fromChatCompletions(new OpenAI({ apiKey, baseURL: url }), { model: 'm', messages: [] }),
  (url, apiKey) => fromMessages(new Anthropic({ apiKey, baseURL: url }), { model: 'm', max_tokens: 1, messages: [] }),
  (url, authToken) =>
    fromMessages(new Anthropic({ authToken, apiKey: null, baseURL: url }), { model: 'm', max_tokens: 1, messages: [] }),
];

/** A key that has no form, so that only the caller's client tells what it is. */
const anyKey = fc.stringMatching(/^[a-z]{4}[A-Z]{4}[a-z]{4}[A-Z]{4}$/);

const answers: Readonly<Record<string, (key: string) => Answer>> = {
  'an error status': (key) =>
    answerWith(401, { error: { message: `The key ${key} is bad`, code: key, param: { nested: [key] } } }),
  'an error status with a page': (key) => answerWith(502, `<html>${key}</html>`),
  'a page': (key) => answerWith(200, `<html>${key}</html>`, { 'content-type': 'text/html' }),
  'an error in the stream': (key) => answerStream([`data: {"error":{"message":"The key ${key} is bad","code":"${key}"}}\n\n`]),
  'an error that is retried': (key) =>
    answerStream([`data: {"error":{"message":"overloaded for ${key}","type":"overloaded_error"}}\n\n`]),
  'a line outside of the events': (key) => answerStream([`{"detail":"The key ${key} is bad"}\n`]),
};

describe("the caller's own key", () => {
  it.each(Object.entries(answers))('is in nothing that shows %s', async (_, answer) => {
    await fc.assert(
      fc.asyncProperty(anyKey, fc.constantFrom(...sources), async (key, read) => {
        server = await startServer(answer(key), answer(key), answer(key));
        try {
          const exporter = new InMemorySpanExporter();
          const spans = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
          const events$ = read(server.url, key).pipe(
            retryStream({ maxRetries: 1, initialDelayMs: 0, jitter: 0 }),
            traceStream({ tracer: spans.getTracer('spec'), captureContent: true }),
          );
          const { events, error } = await collect(events$);
          const shown = [
            String(error),
            inspect(error, { depth: 9 }),
            JSON.stringify(toErrorInfo(error)),
            JSON.stringify(events),
            JSON.stringify(
              exporter.getFinishedSpans().map(({ name, attributes, events: noted, status }) => [name, attributes, noted, status]),
            ),
          ].join('\n');
          expect(exporter.getFinishedSpans()).toHaveLength(1);
          expect(shown).toMatch(/Error/);
          expect(shown).not.toContain(key);
        } finally {
          await server.close();
        }
      }),
      { numRuns: 4 },
    );
  });

  it.each(Object.entries(answers))('is in no cassette that records %s', async (_, answer) => {
    const folder = mkdtempSync(join(tmpdir(), 'rxllm-keys-'));
    let count = 0;
    try {
      await fc.assert(
        fc.asyncProperty(anyKey, async (key) => {
          server = await startServer(answer(key));
          const file = join(folder, `${count++}.jsonl`);
          const client = new OpenAI({ apiKey: key, baseURL: server.url, fetch: recordCassette(fetch, file) });
          try {
            await collect(fromChatCompletions(client, { model: 'm', messages: [{ role: 'user', content: `My key is ${key}` }] }));
            const recorded = readFileSync(file, 'utf8');
            const chunks = [...recorded.matchAll(/"base64":"([^"]*)"/g)].map(([, base64 = '']) =>
              Buffer.from(base64, 'base64').toString(),
            );
            expect(recorded).toContain('"request"');
            expect(recorded + chunks.join('')).not.toContain(key);
          } finally {
            await server.close();
          }
        }),
        { numRuns: 4 },
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
