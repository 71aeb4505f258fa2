import Anthropic from '@anthropic-ai/sdk';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import OpenAI from 'openai';
import { lastValueFrom, take } from 'rxjs';
import { aggregateUsage, measureStream, ofEvent, retryStream, type TimingSettlement, toMessage, withCost } from 'rxllm';
import { fromMessages } from 'rxllm/anthropic';
import { fromChatCompletions } from 'rxllm/openai';
import { traceStream } from 'rxllm/otel';
import { genaiPrices } from 'rxllm/pricing';
import { answerStream, answerWith, startServer, type TestServer } from '../support/server.js';

const data = (payload: object): string => `data: ${JSON.stringify(payload)}\n\n`;
const messages = [{ role: 'user' as const, content: 'Hello' }];

const cached = answerStream([
  data({
    type: 'message_start',
    message: {
      id: 'msg_1',
      model: 'claude-haiku-4-5-20251001',
      usage: { input_tokens: 100, cache_read_input_tokens: 8_000, cache_creation_input_tokens: 1_000, output_tokens: 1 },
    },
  }),
  data({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  ...['Hel', 'lo'].map((text) => data({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
  data({ type: 'content_block_stop', index: 0 }),
  data({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 200 } }),
  data({ type: 'message_stop' }),
]);

function billed(usage: object): ReturnType<typeof answerStream> {
  return answerStream([
    data({ id: 'gen-1', model: 'openai/gpt-4o-mini', choices: [{ index: 0, delta: { content: 'Hello' } }] }),
    data({ id: 'gen-1', model: 'openai/gpt-4o-mini', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage }),
    'data: [DONE]\n\n',
  ]);
}

describe('metering over real HTTP', () => {
  const spans = new InMemorySpanExporter();
  const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).getTracer('spec');
  let server: TestServer | undefined;

  beforeEach(() => spans.reset());
  afterEach(() => server?.close());

  it('prices and times a cached answer after a retry, and traces both attempts', async () => {
    server = await startServer(answerWith(529), cached);
    const client = new Anthropic({ baseURL: server.url, apiKey: 'none' });
    const message$ = fromMessages(client, { model: 'claude-haiku-4-5', max_tokens: 100, messages }).pipe(
      retryStream({ initialDelayMs: 5, jitter: 0 }),
      aggregateUsage(),
      withCost(genaiPrices()),
      measureStream(),
      traceStream({ tracer, model: 'claude-haiku-4-5' }),
      toMessage(),
    );
    const { usage, timing } = await lastValueFrom(message$);
    expect(server.requests).toHaveLength(2);
    expect(usage).toMatchObject({ inputTokens: 9_100, outputTokens: 200, cachedInputTokens: 8_000, cacheWriteTokens: 1_000 });
    // 100 at 1, 8,000 at 0.10, 1,000 at 1.25 and 200 at 5 dollars a million.
    expect(usage?.cost).toEqual({ input: 0.002_15, output: 0.001, cacheSavings: 0.007_2, total: 0.003_15, currency: 'USD' });
    expect(timing).toMatchObject({ deltas: 2 });
    expect(timing?.totalMs).toBeGreaterThanOrEqual(timing?.firstDeltaMs ?? Number.NaN);
    expect(spans.getFinishedSpans()).toMatchObject([
      {
        name: 'chat claude-haiku-4-5',
        events: [{ name: 'rxllm.reset', attributes: { 'error.type': 'overloaded' } }],
        attributes: {
          'gen_ai.provider.name': 'anthropic',
          'gen_ai.response.model': 'claude-haiku-4-5-20251001',
          'gen_ai.response.finish_reasons': ['end_turn'],
          'gen_ai.usage.input_tokens': 9_100,
          'gen_ai.usage.cache_read.input_tokens': 8_000,
          'rxllm.cost.total': 0.003_15,
        },
      },
    ]);
  });

  it('keeps the cost that OpenRouter reports if the price list has no such model', async () => {
    server = await startServer(billed({ prompt_tokens: 9, completion_tokens: 8, total_tokens: 17, cost: 0.001_23 }));
    const client = new OpenAI({ baseURL: server.url, apiKey: 'none' });
    const events$ = fromChatCompletions(client, { model: 'openai/gpt-4o-mini', messages }).pipe(aggregateUsage());
    const costOf = async (cost$ = events$): Promise<unknown> =>
      (await lastValueFrom(cost$.pipe(ofEvent('usage')))).usage.cost?.total;
    expect(await costOf()).toBe(0.001_23);
    expect(await costOf(events$.pipe(withCost(genaiPrices())))).toBe(0.001_23);
    const prices = genaiPrices({ overrides: { 'openai/gpt-4o-mini': { input_mtok: 1, output_mtok: 1 } } });
    expect(await costOf(events$.pipe(withCost(prices)))).toBe(0.000_017);
  });

  it('settles, ends the span and aborts the request on unsubscribe', async () => {
    server = await startServer(cached);
    const settlements: TimingSettlement[] = [];
    const client = new Anthropic({ baseURL: server.url, apiKey: 'none' });
    const cut$ = fromMessages(client, { model: 'claude-haiku-4-5', max_tokens: 100, messages }).pipe(
      measureStream({ onSettled: (one) => settlements.push(one) }),
      traceStream({ tracer }),
      ofEvent('text-delta'),
      take(1),
    );
    expect(await lastValueFrom(cut$)).toMatchObject({ text: 'Hel' });
    expect(settlements).toMatchObject([{ outcome: 'unsubscribe', timing: { deltas: 1 } }]);
    expect(spans.getFinishedSpans()).toMatchObject([{ status: { code: 0 } }]);
    await (await server.received()).closed;
  });
});
