import Anthropic from '@anthropic-ai/sdk';
import { afterEach, describe, expect, it } from '@jest/globals';
import { OpenAI } from 'openai';
import type { Observable } from 'rxjs';
import type { DeltaEvent } from '../../src/events.js';
import { retryStream } from '../../src/operators/retryStream.js';
import { fromMessages } from '../../src/providers/anthropic/fromMessages.js';
import { fromChatCompletions } from '../../src/providers/openai/fromChatCompletions.js';
import { fromResponses } from '../../src/providers/openai/fromResponses.js';
import { collect } from '../support/respond.js';
import { type Answer, answerStream, answerWith, startServer, type TestServer } from '../support/server.js';
import { sourceNames, type WireName, wires } from './wires.js';

// What an SDK's own client gives for an address that speaks another wire, or no wire at all.

const messages = [{ role: 'user' as const, content: 'Hello' }];

/** The sources through the SDKs' own clients. Their own retries are on, so that the source must turn them off. */
const sources: Readonly<Record<WireName, (baseURL: string) => Observable<DeltaEvent>>> = {
  chat: (baseURL) => fromChatCompletions(new OpenAI({ baseURL, apiKey: 'local' }), { model: 'm', messages }),
  responses: (baseURL) => fromResponses(new OpenAI({ baseURL, apiKey: 'local' }), { model: 'm', input: 'Hello' }),
  messages: (baseURL) => fromMessages(new Anthropic({ baseURL, apiKey: 'local' }), { model: 'm', max_tokens: 9, messages }),
};

const names = Object.keys(sources) as WireName[];
const pairs = names.flatMap((source) => names.filter((name) => name !== source).map((wire) => [source, wire] as const));

describe('an address that does not speak the wire of its source', () => {
  let server: TestServer | undefined;

  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  async function errorOf(source: WireName, answer: Answer): Promise<unknown> {
    server = await startServer(answer);
    const { error, events } = await collect(sources[source](server.url).pipe(retryStream()));
    // Nothing that another request would cure: it would be paid again.
    expect(server.requests).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'text-delta' || type === 'finish')).toEqual([]);
    return error;
  }

  it.each(pairs)('%s, answered with %s: a ProtocolError that names the right source', async (source, wire) => {
    const { opening, hello, ending, terminal } = wires[wire];
    expect(await errorOf(source, answerStream([opening + hello, ending, terminal]))).toMatchObject({
      name: 'ProtocolError',
      retryable: false,
      message: expect.stringMatching(new RegExp(`: read it with ${sourceNames[wire]}$`)),
    });
  });

  it.each(pairs)('%s, answered with %s that is cut: the same', async (source, wire) => {
    const { opening, hello } = wires[wire];
    expect(await errorOf(source, answerStream([opening, hello]))).toMatchObject({ kind: 'protocol', retryable: false });
  });

  it.each(names)('%s, answered with a page: a ContentTypeError', async (source) => {
    const page = answerWith(200, '<!doctype html><title>Sign in</title>', { 'content-type': 'text/html' });
    expect(await errorOf(source, page)).toMatchObject({ name: 'ContentTypeError', retryable: false });
  });

  it.each(names)('%s, answered with the native stream of Gemini: a ProtocolError', async (source) => {
    const native = 'data: {"candidates":[{"content":{"parts":[{"text":"Hello"}]}}]}\r\n\r\n';
    expect(await errorOf(source, answerStream([native]))).toMatchObject({ kind: 'protocol', retryable: false });
  });

  it.each(names)('%s, answered with 404, as for a wrong path: an HttpError', async (source) => {
    const answer = answerWith(404, { error: { message: 'Invalid URL (POST /v2)', type: 'invalid_request_error' } });
    expect(await errorOf(source, answer)).toMatchObject({ name: 'HttpError', kind: 'not-found', retryable: false });
  });
});
