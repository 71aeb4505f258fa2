import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { connect, lastValueFrom, merge, type Observable, ReplaySubject, share, toArray } from 'rxjs';
import { aggregateUsage, bufferToText, type DeltaEvent, retryStream, textDeltas, timeoutBetweenChunks, toMessage } from 'rxllm';
import { fromMessages } from 'rxllm/anthropic';
import { fromChatCompletions, fromResponses } from 'rxllm/openai';
import { parseToonOnComplete } from 'rxllm/toon';
import { type Answer, answerStream, startServer, type TestServer } from '../support/server.js';

const answer = ['The table:\n\n```toon\nanswer[1]{name,', 'price}:\n  Laptop Pro,', '1999\n```'] as const;
const table = { answer: [{ name: 'Laptop Pro', price: 1999 }] };
const data = (payload: object): string => `data: ${JSON.stringify(payload)}\n\n`;

const chat = answerStream([
  ...answer.map((content) => data({ id: 'c', model: 'm', choices: [{ index: 0, delta: { content } }] })),
  data({ id: 'c', model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  data({ id: 'c', model: 'm', choices: [], usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } }),
  'data: [DONE]\n\n',
]);

const responses = answerStream([
  data({ type: 'response.created', response: { id: 'r', model: 'm' } }),
  ...answer.map((delta) => data({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta })),
  data({
    type: 'response.completed',
    response: { id: 'r', status: 'completed', output: [], usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 } },
  }),
]);

const messages = answerStream([
  data({ type: 'message_start', message: { id: 'm', model: 'm', usage: { input_tokens: 10, output_tokens: 1 } } }),
  data({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  ...answer.map((text) => data({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
  data({ type: 'content_block_stop', index: 0 }),
  data({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } }),
  data({ type: 'message_stop' }),
]);

const question = [{ role: 'user' as const, content: 'Which product?' }];

interface Wire {
  readonly name: string;
  readonly answers: Answer;
  source(url: string): Observable<DeltaEvent>;
}

const wires: readonly Wire[] = [
  {
    name: 'fromChatCompletions',
    answers: chat,
    source: (baseURL) => fromChatCompletions(new OpenAI({ baseURL, apiKey: 'none' }), { model: 'm', messages: question }),
  },
  {
    name: 'fromResponses',
    answers: responses,
    source: (baseURL) => fromResponses(new OpenAI({ baseURL, apiKey: 'none' }), { model: 'm', input: 'Which product?' }),
  },
  {
    name: 'fromMessages',
    answers: messages,
    source: (baseURL) =>
      fromMessages(new Anthropic({ baseURL, apiKey: 'none' }), { model: 'm', max_tokens: 100, messages: question }),
  },
];

describe.each(wires)('the whole pipeline over $name', ({ answers, source }) => {
  let server: TestServer;
  let events$: Observable<DeltaEvent>;

  beforeAll(async () => {
    server = await startServer(answers);
    events$ = source(server.url).pipe(
      timeoutBetweenChunks({ firstMs: 60_000, betweenMs: 30_000 }),
      retryStream({ maxRetries: 3 }),
      aggregateUsage(),
    );
  });
  afterAll(() => server.close());

  /** How many requests some work sends. */
  async function requestsOf(work: () => Promise<unknown>): Promise<number> {
    const before = server.requests.length;
    await work();
    return server.requests.length - before;
  }

  it('sends nothing before it is subscribed, and one request for each subscription', async () => {
    expect(await requestsOf(async () => events$.pipe(bufferToText()))).toBe(0);
    const read = (): Promise<string> => lastValueFrom(events$.pipe(bufferToText()));
    expect(
      await requestsOf(async () => expect(await Promise.all([read(), read()])).toEqual([answer.join(''), answer.join('')])),
    ).toBe(2);
  });

  it('shows and parses one answer with one request, through connect', async () => {
    const both$ = events$.pipe(connect((shared$) => merge(shared$.pipe(textDeltas()), shared$.pipe(parseToonOnComplete()))));
    const requests = await requestsOf(async () => {
      const values = await lastValueFrom(both$.pipe(toArray()));
      expect(values).toEqual([...answer, expect.objectContaining({ format: 'toon', value: table })]);
    });
    expect(requests).toBe(1);
  });

  it('gives a late subscriber the same answer without another request, through share', async () => {
    const connector = (): ReplaySubject<DeltaEvent> => new ReplaySubject();
    const shared$ = events$.pipe(share({ connector, resetOnComplete: false, resetOnError: false }));
    const requests = await requestsOf(async () => {
      expect(await lastValueFrom(shared$.pipe(bufferToText()))).toBe(answer.join(''));
      expect((await lastValueFrom(shared$.pipe(parseToonOnComplete()))).value).toEqual(table);
    });
    expect(requests).toBe(1);
  });

  it('ends with the usage and the reason', async () => {
    const { usage, finishReason } = await lastValueFrom(events$.pipe(toMessage()));
    expect({ usage, finishReason }).toMatchObject({
      usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
      finishReason: 'stop',
    });
  });
});
