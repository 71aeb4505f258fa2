import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Context, type ContextManager, context, ROOT_CONTEXT, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  AggregationTemporality,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expectTypeOf } from 'expect-type';
import { concat, config, defer, EMPTY, type MonoTypeOperatorFunction, NEVER, Observable, take, throwError } from 'rxjs';
import { HttpError, TruncatedError } from '../../src/errors.js';
import type { Cost, DeltaEvent } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { aggregateUsage } from '../../src/operators/aggregateUsage.js';
import { retryStream } from '../../src/operators/retryStream.js';
import type { Semconv } from '../../src/otel/conventions.js';
import { type TraceEnd, type TraceStreamOptions, traceStream } from '../../src/otel/traceStream.js';
import {
  finish,
  marbles,
  reasoning,
  refusal,
  reset,
  start,
  streamOf,
  text,
  toolApproval,
  toolCallEnd,
  toolCallStart,
  toolResult,
  usage,
} from '../../src/testing/index.js';
import { observed, operatorContract, record, recordLive } from '../support/operatorContract.js';

const spans = new InMemorySpanExporter();
const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).getTracer('spec');
const metrics = new InMemoryMetricExporter(AggregationTemporality.DELTA);
const reader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 1e9 });
const meter = new MeterProvider({ readers: [reader] }).getMeter('spec');

const throwIt = (error: unknown) => () => {
  throw error;
};

/** The one span of a stream of these events. */
function spanOf(events: readonly DeltaEvent[], options: TraceStreamOptions = {}): ReadableSpan {
  record(streamOf(events), traceStream({ tracer, ...options }));
  return onlySpan();
}

function onlySpan(): ReadableSpan {
  const [span, ...more] = spans.getFinishedSpans();
  expect(more).toEqual([]);
  if (!span) throw new Error('no span has ended');
  return span;
}

/** The data of the metrics by name: [sum, count, attributes] of a histogram, [sum, attributes] of a counter. */
async function histograms(): Promise<Record<string, (number | object)[][]>> {
  metrics.reset();
  await reader.forceFlush();
  const all = metrics.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
  return Object.fromEntries(
    all.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      dataPoints.map(({ value, attributes }) => {
        if (typeof value === 'number') return [value, attributes];
        const { sum = 0, count } = value as Histogram;
        return [sum, count, attributes];
      }),
    ]),
  );
}

const answer = [start({ id: 'id-9', model: 'gpt-4o-mini-2024-07-18', provider: 'openai' }), text('Paris'), finish('stop')];

// conventions.ts, createMeters.ts, operation.ts and outputMessages.ts are tested through the operator.
describe('traceStream', () => {
  beforeEach(() => spans.reset());

  operatorContract(() => traceStream({ tracer, meter }), { kind: 'mirror' });
  operatorContract(() => traceStream({ tracer, meter, captureContent: true, attributes: () => ({}) }), {
    kind: 'mirror',
    throwing: (error) => traceStream({ tracer, attributes: throwIt(error) }),
  });

  it(
    'forwards every event and subscribes once',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream(' s-a-R-s-b-f|');
      const result = '        s-a-R-s-b-f|';
      expectStream(source.pipe(traceStream({ tracer, meter }))).toBe(result);
      expectSubscriptions(source.subscriptions).toBe('^----------!');
    }),
  );

  it('forwards the same event objects', () => {
    const values = record(streamOf(answer), traceStream({ tracer })).values;
    for (const [index, value] of values.entries()) expect(value).toBe(answer[index]);
  });

  describe('the span', () => {
    it('is a client span, named after the operation and the model', () => {
      expect(spanOf(answer)).toMatchObject({ name: 'chat gpt-4o-mini-2024-07-18', kind: SpanKind.CLIENT, ended: true });
    });

    it('has the provider, the models, the finish reasons and the usage', () => {
      const used = usage({
        inputTokens: 100,
        outputTokens: 20,
        cachedInputTokens: 80,
        cacheWriteTokens: 10,
        reasoningTokens: 5,
        cost: dollars(0.25),
      });
      expect(spanOf([...answer.slice(0, -1), used, finish('stop')]).attributes).toEqual({
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o-mini-2024-07-18',
        'gen_ai.request.stream': true,
        'gen_ai.response.id': 'id-9',
        'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.response.time_to_first_chunk': expect.any(Number),
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 20,
        'gen_ai.usage.cache_read.input_tokens': 80,
        'gen_ai.usage.cache_write.input_tokens': 10,
        'gen_ai.usage.reasoning.output_tokens': 5,
        'rxllm.cost.total': 0.25,
        'rxllm.cost.currency': 'USD',
      });
    });

    const dollars = (total: number): Cost => ({
      total,
      currency: 'USD',
      input: undefined,
      output: undefined,
      cacheSavings: undefined,
    });

    it('has the model and the provider of the options from the start', () => {
      const { name, attributes } = spanOf([], { model: 'gpt-4o-mini', provider: 'azure.ai.openai' });
      expect(name).toBe('chat gpt-4o-mini');
      expect(attributes).toMatchObject({ 'gen_ai.request.model': 'gpt-4o-mini', 'gen_ai.provider.name': 'azure.ai.openai' });
      spans.reset();
      expect(spanOf(answer, { model: 'gpt-4o-mini' }).attributes).toMatchObject({
        'gen_ai.request.model': 'gpt-4o-mini',
        'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
      });
    });

    it('has the name of the provider in the conventions', () => {
      expect(spanOf([start({ provider: 'xai' })]).attributes['gen_ai.provider.name']).toBe('x_ai');
      spans.reset();
      expect(spanOf([]).attributes['gen_ai.provider.name']).toBe('_OTHER');
    });

    it("has each choice's finish reason, raw if the provider reports one", () => {
      const choices = [
        { choice: 0, reason: 'stop', rawReason: 'end_turn' },
        { choice: 1, reason: 'length', rawReason: undefined },
      ] as const;
      const { attributes } = spanOf([start(), finish('stop', { choices })]);
      expect(attributes['gen_ai.response.finish_reasons']).toEqual(['end_turn', 'length']);
    });

    it.each([
      ['broke', [start(), text('a')], new TruncatedError(), ['error']],
      ['broke with two choices', [start(), text('a'), text('b', { choice: 1 })], new TruncatedError(), ['error', 'error']],
      ['was rejected', [], new HttpError('Busy', { kind: 'overloaded', status: 529 }), ['error']],
      ['was stopped by the consumer', [start(), text('a'), finish('aborted')], undefined, ['error']],
      ['reached a budget', [start(), text('a'), finish('budget')], undefined, ['error']],
      ['completed without finish', [start(), text('a')], undefined, ['error']],
    ])('has the finish reason error for a stream that %s; v1.41 had none', (_, events, error, reasons) => {
      const ended = concat(streamOf(events), error === undefined ? EMPTY : throwError(() => error));
      record(ended, traceStream({ tracer }));
      expect(onlySpan().attributes['gen_ai.response.finish_reasons']).toEqual(reasons);
      spans.reset();
      record(ended, traceStream({ tracer, semconv: 'v1.41' }));
      expect(onlySpan().attributes['gen_ai.response.finish_reasons'] ?? []).not.toContain('error');
    });

    it('marks an estimated usage', () => {
      record(streamOf(answer), (source) => source.pipe(aggregateUsage(), traceStream({ tracer })));
      expect(onlySpan().attributes).toMatchObject({ 'gen_ai.usage.output_tokens': 2, 'rxllm.usage.estimated': true });
    });

    it('is active while the source is being subscribed, so that requests are its children', () => {
      context.setGlobalContextManager(contextManager());
      const source = defer(() => {
        tracer.startSpan('GET').end();
        return streamOf(answer);
      });
      record(source, traceStream({ tracer }));
      context.disable();
      const [request, chat] = spans.getFinishedSpans();
      expect(request?.parentSpanContext?.spanId).toBe(chat?.spanContext().spanId);
    });

    it('is created for each subscription', () => {
      const traced$ = streamOf(answer).pipe(traceStream({ tracer }));
      record(traced$, (same) => same);
      record(traced$, (same) => same);
      expect(new Set(spans.getFinishedSpans().map((span) => span.spanContext().spanId)).size).toBe(2);
    });
  });

  describe('the span of several attempts', () => {
    it(
      'is one span, with an event for each reset',
      marbles(({ stream, flush }) => {
        const attempts = [
          stream('s-a-#', {}, new HttpError('Busy', { kind: 'overloaded', status: 529 })),
          stream('s-b-(f|)', { s: start({ id: 'id-2', model: 'model-2' }) }),
        ];
        const source = defer(() => attempts.shift() ?? NEVER);
        source.pipe(retryStream({ initialDelayMs: 3, jitter: 0 }), traceStream({ tracer })).subscribe();
        flush();
        const span = onlySpan();
        expect(span.status.code).toBe(SpanStatusCode.UNSET);
        expect(span.events.map(({ name, attributes }) => [name, attributes])).toEqual([
          [
            'rxllm.reset',
            {
              'rxllm.reset.attempt': 2,
              'rxllm.reset.cause': 'retry',
              'rxllm.reset.delay_ms': 3,
              'error.type': 'overloaded',
            },
          ],
        ]);
        expect(span.attributes).toMatchObject({
          'gen_ai.response.id': 'id-2',
          // The first delta of the first attempt was voided by the reset.
          'gen_ai.response.time_to_first_chunk': 0.009,
        });
      }),
    );

    it('has no event for a delta', () => {
      expect(spanOf([start(), ...Array.from({ length: 100 }, () => text('a')), finish()]).events).toEqual([]);
    });
  });

  describe('the span at the end', () => {
    it('has the status ERROR and the type of an error', () => {
      const { source, subject } = observed();
      const recorded = recordLive(source, traceStream({ tracer }));
      const error = new TruncatedError();
      subject.next(start());
      subject.error(error);
      expect(recorded.end).toBe(error);
      const { status, attributes } = onlySpan();
      expect(status).toEqual({ code: SpanStatusCode.ERROR, message: error.message });
      expect(attributes['error.type']).toBe('truncated');
    });

    it.each([
      ['a foreign error by its name, without its message', new RangeError('the prompt was: hello'), 'RangeError'],
      ['a value that is not an Error as _OTHER', 'hello', '_OTHER'],
    ])('reports %s', (_, error, type) => {
      record(new Observable<DeltaEvent>((subscriber) => subscriber.error(error)), traceStream({ tracer }));
      const { status, attributes } = onlySpan();
      expect(status).toEqual({ code: SpanStatusCode.ERROR });
      expect(attributes['error.type']).toBe(type);
    });

    it('has the usage of the error, if no event reported it', async () => {
      await histograms();
      const fold = createMessageFold();
      for (const event of [start(), usage({ inputTokens: 10, outputTokens: 1 })]) fold.push(event);
      const error = new TruncatedError('cut', { partial: () => fold.partial() });
      const failing = new Observable<DeltaEvent>((subscriber) => subscriber.error(error));
      record(failing, (source) => source.pipe(aggregateUsage(), traceStream({ tracer, meter })));
      expect(onlySpan().attributes).toMatchObject({ 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.output_tokens': 1 });
      expect(Object.keys(await histograms())).toContain('gen_ai.client.inference.usage.output_tokens');
    });

    it('has no error after an unsubscribe', () => {
      streamOf(answer).pipe(traceStream({ tracer }), take(2)).subscribe();
      const { status, attributes, ended } = onlySpan();
      expect(ended).toBe(true);
      expect(status.code).toBe(SpanStatusCode.UNSET);
      expect(attributes).not.toHaveProperty(['error.type']);
      expect(attributes['gen_ai.response.finish_reasons']).toEqual(['error']);
    });

    it('ends once, for a repeated unsubscribe and a late error too', () => {
      const { source, subject } = observed();
      const recorded = recordLive(source, traceStream({ tracer }));
      recorded.unsubscribe();
      recorded.unsubscribe();
      subject.error(new Error('late'));
      onlySpan();
    });
  });

  describe('the content of the answer', () => {
    const allContents = [
      start(),
      reasoning('Hm'),
      text('secret', { block: 1 }),
      toolCallStart('c1', 'weather', { block: 2 }),
      toolCallEnd('c1', 'weather', '{"city":"Paris"}', { block: 2 }),
      toolCallStart('c2', 'web_search', { block: 3, executor: 'provider' }),
      toolCallEnd('c2', 'web_search', '{}', { block: 3, executor: 'provider' }),
      toolResult('c2', 'web_search', 'looking', false, true),
      toolResult('c2', 'web_search', 'found'),
      toolApproval('c1'),
      refusal('No', { block: 4 }),
      finish('tool-calls'),
    ];

    it('is recorded nowhere by default', async () => {
      const span = spanOf(allContents, { meter });
      const all = JSON.stringify([span.name, span.attributes, span.events, span.status, await histograms()]);
      for (const content of ['secret', 'Hm', 'Paris', 'found']) expect(all).not.toContain(content);
    });

    it('is recorded in one attribute with captureContent', () => {
      const { attributes } = spanOf(allContents, { captureContent: true });
      expect(JSON.parse(String(attributes['gen_ai.output.messages']))).toEqual([
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', content: 'Hm' },
            { type: 'text', content: 'secret' },
            { type: 'tool_call', id: 'c1', name: 'weather', arguments: { city: 'Paris' } },
            { type: 'server_tool_call', id: 'c2', name: 'web_search', server_tool_call: { type: 'web_search', arguments: {} } },
            { type: 'tool_call_response', id: 'c2', response: 'found' },
            { type: 'tool_call_approval', id: 'c1' },
            { type: 'refusal', content: 'No' },
          ],
          finish_reason: 'tool-calls',
        },
      ]);
    });

    it('is recorded without a voided attempt', () => {
      const { attributes } = spanOf([start(), text('void'), reset(), ...answer], { captureContent: true });
      expect(attributes['gen_ai.output.messages']).not.toContain('void');
      expect(attributes['gen_ai.output.messages']).toContain('Paris');
    });
  });

  describe('the option attributes', () => {
    it('adds attributes to the span, and receives how the stream ended', () => {
      const ends: TraceEnd[] = [];
      const hook = (end: TraceEnd): object => {
        ends.push(end);
        return { 'app.length': end.message.text.length };
      };
      const span = spanOf(answer, { attributes: hook as NonNullable<TraceStreamOptions['attributes']> });
      expect(span.attributes).toMatchObject({ 'app.length': 5, 'gen_ai.operation.name': 'chat' });
      expect(ends).toMatchObject([{ outcome: 'complete', message: { text: 'Paris' }, timing: { deltas: 1 } }]);
    });

    it('may return undefined', () => {
      expect(spanOf(answer, { attributes: () => undefined }).attributes).toHaveProperty(['gen_ai.operation.name']);
    });

    it('becomes the error of the stream if it throws, after the span has ended', () => {
      const thrown = new Error('from the hook');
      expect(record(streamOf(answer), traceStream({ tracer, attributes: throwIt(thrown) })).end).toBe(thrown);
      onlySpan();
    });

    describe('with a handler of unhandled errors', () => {
      afterEach(() => {
        config.onUnhandledError = null;
      });

      it('reports its error there if it throws on unsubscribe, after the span has ended', async () => {
        const thrown = new Error('from the hook');
        const reported = new Promise<unknown>((resolve) => {
          config.onUnhandledError = resolve;
        });
        recordLive(NEVER, traceStream({ tracer, attributes: throwIt(thrown) })).unsubscribe();
        onlySpan();
        expect(await reported).toBe(thrown);
      });
    });
  });

  describe('the metrics', () => {
    const labels = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'test',
      'gen_ai.request.model': 'model-1',
      'gen_ai.response.model': 'model-1',
    };

    /** The histograms after a stream in virtual time. */
    function metered(diagram: string, error?: unknown, semconv?: Semconv): Promise<Awaited<ReturnType<typeof histograms>>> {
      marbles(({ stream, flush }) => {
        const source = stream(diagram, {}, error);
        source.pipe(traceStream({ meter, ...(semconv && { semconv }) })).subscribe({ error: () => undefined });
        flush();
      })();
      return histograms();
    }

    it('are the histograms and counters of the conventions', async () => {
      await histograms();
      expect(await metered('s--a-b---cu(f|)')).toEqual({
        'gen_ai.client.inference.duration': [[0.011, 1, labels]],
        'gen_ai.client.inference.time_to_first_chunk': [[0.003, 1, labels]],
        'gen_ai.client.inference.time_per_output_chunk': [[expect.closeTo(0.006), 2, labels]],
        'gen_ai.client.inference.usage.input_tokens': [[10, labels]],
        'gen_ai.client.inference.usage.output_tokens': [[5, labels]],
      });
    });

    it('have a counter for each figure', async () => {
      await histograms();
      const used = usage({ inputTokens: 9, outputTokens: 8, cachedInputTokens: 7, cacheWriteTokens: 1, reasoningTokens: 6 });
      record(streamOf([start(), used, finish()]), traceStream({ meter }));
      expect(await histograms()).toMatchObject({
        'gen_ai.client.inference.usage.cache_read.input_tokens': [[7, labels]],
        'gen_ai.client.inference.usage.cache_write.input_tokens': [[1, labels]],
        'gen_ai.client.inference.usage.reasoning.output_tokens': [[6, labels]],
      });
    });

    it('are the four client histograms of v1.41 on request', async () => {
      await histograms();
      expect(await metered('s--a-b---cu(f|)', undefined, 'v1.41')).toEqual({
        'gen_ai.client.operation.duration': [[0.011, 1, labels]],
        'gen_ai.client.operation.time_to_first_chunk': [[0.003, 1, labels]],
        'gen_ai.client.operation.time_per_output_chunk': [[expect.closeTo(0.006), 2, labels]],
        'gen_ai.client.token.usage': [
          [10, 1, { ...labels, 'gen_ai.token.type': 'input' }],
          [5, 1, { ...labels, 'gen_ai.token.type': 'output' }],
        ],
      });
    });

    it('have the type of an error on the duration, and no tokens if none are reported', async () => {
      await histograms();
      expect(await metered('s--#', new TruncatedError())).toEqual({
        'gen_ai.client.inference.duration': [[0.003, 1, { ...labels, 'error.type': 'truncated' }]],
      });
    });

    it('have the buckets and units of the conventions', async () => {
      metrics.reset();
      await metered('s-a-bu(f|)');
      const all = metrics.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
      const shape = all.map(({ descriptor: { name, unit }, dataPoints }) => {
        const [boundaries = []] = dataPoints.map(({ value }) =>
          typeof value === 'number' ? [] : (value as Histogram).buckets.boundaries,
        );
        return [name, unit, boundaries.length, boundaries[0], boundaries.at(-1)];
      });
      expect(shape.sort()).toEqual([
        ['gen_ai.client.inference.duration', 's', 14, 0.01, 81.92],
        ['gen_ai.client.inference.time_per_output_chunk', 's', 14, 0.01, 81.92],
        ['gen_ai.client.inference.time_to_first_chunk', 's', 14, 0.01, 81.92],
        ['gen_ai.client.inference.usage.input_tokens', '{token}', 0, undefined, undefined],
        ['gen_ai.client.inference.usage.output_tokens', '{token}', 0, undefined, undefined],
      ]);
    });
  });

  it('checks its options at call time', () => {
    expect(() => traceStream({})).toThrow(new TypeError('traceStream: give a tracer, a meter, or both'));
    // @ts-expect-error: a wrong name
    expect(() => traceStream({ tracer, captureContents: true })).toThrow(
      new TypeError('traceStream: unknown option "captureContents", did you mean "captureContent"?'),
    );
    // @ts-expect-error: a meter
    expect(() => traceStream({ tracer: meter })).toThrow(TypeError);
    // @ts-expect-error: a tracer
    expect(() => traceStream({ meter: tracer })).toThrow(TypeError);
    // @ts-expect-error: an older version
    expect(() => traceStream({ tracer, semconv: 'v1.36' })).toThrow(new TypeError('semconv must be v0.1 or v1.41'));
    // @ts-expect-error: a word
    expect(() => traceStream({ tracer, captureContent: 'yes' })).toThrow(new TypeError('captureContent must be a boolean'));
    // @ts-expect-error: a number
    expect(() => traceStream({ tracer, model: 4 })).toThrow(new TypeError('model must be a string'));
    // @ts-expect-error: plain attributes
    expect(() => traceStream({ tracer, attributes: {} })).toThrow(new TypeError('attributes must be a function'));
  });

  it('keeps the event type of its source', () => {
    expectTypeOf(traceStream<DeltaEvent>({ tracer })).toEqualTypeOf<MonoTypeOperatorFunction<DeltaEvent>>();
  });
});

/** A context manager such as `@opentelemetry/context-async-hooks` has. */
function contextManager(): ContextManager {
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, run, self, ...given) => storage.run(active, () => run.call(self as never, ...given)),
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager;
}
