import { afterEach, describe, expect, it } from '@jest/globals';
import { BasicTracerProvider, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { concat, delay, NEVER, of } from 'rxjs';
import { traceStream } from '../../src/otel/traceStream.js';
import {
  fakeProvider,
  fakeTools,
  finish,
  marbles,
  start,
  toolCallEnd,
  toolCallStart,
  toolResult,
} from '../../src/testing/index.js';
import { runTools } from '../../src/tools/runTools.js';
import { record } from '../support/operatorContract.js';
import { answering, calling, type ScriptedCall } from '../support/toolRun.js';

const exporter = new InMemorySpanExporter();
const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer('spec');
const two: readonly ScriptedCall[] = [
  ['c1', 'weather', '{"city":"Paris"}'],
  ['c2', 'clock'],
];

const named = (name: string): ReadableSpan | undefined => exporter.getFinishedSpans().find((span) => span.name === name);

describe('traceStream of a run of runTools', () => {
  afterEach(() => exporter.reset());

  it('has a span for each tool, under that of the agent', () => {
    const { tools } = fakeTools({ weather: [{ celsius: 21 }], clock: [new Error('secret')] });
    const provider = fakeProvider([calling(two), answering('Done')]);
    record(
      runTools(() => provider, { turns: [], tools }),
      traceStream({ tracer }),
    );
    const agent = named('invoke_agent');
    expect(agent?.attributes).toMatchObject({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.response.finish_reasons': ['stop'],
    });
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual([
      'execute_tool weather',
      'execute_tool clock',
      'invoke_agent',
    ]);
    const weather = named('execute_tool weather');
    expect(weather).toMatchObject({ kind: 0, parentSpanContext: { spanId: agent?.spanContext().spanId }, status: { code: 0 } });
    expect(weather?.attributes).toEqual({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'weather',
      'gen_ai.tool.call.id': 'c1',
      'gen_ai.tool.type': 'function',
    });
    expect(named('execute_tool clock')).toMatchObject({ status: { code: 2 }, attributes: { 'error.type': '_OTHER' } });
    expect(JSON.stringify(exporter.getFinishedSpans().map(({ attributes }) => attributes))).not.toContain('secret');
  });

  it('records arguments and results only with captureContent', () => {
    const { tools } = fakeTools({ weather: [{ celsius: 21 }], clock: ['12:00'] });
    const provider = fakeProvider([calling(two), answering('Done')]);
    record(
      runTools(() => provider, { turns: [], tools }),
      traceStream({ tracer, captureContent: true }),
    );
    expect(named('execute_tool weather')?.attributes).toMatchObject({
      'gen_ai.tool.call.arguments': '{"city":"Paris"}',
      'gen_ai.tool.call.result': '{"celsius":21}',
    });
  });

  it(
    'has spans from the end of the answer to the result, and ends those of tools that are cancelled',
    marbles(({ cold, flush }) => {
      const { tools } = fakeTools({ weather: [concat(of('asking'), NEVER)], clock: [cold('20ms (r|)')] });
      const provider = fakeProvider([calling(two)]);
      const subscription = runTools(() => provider, { turns: [], tools })
        .pipe(traceStream({ tracer }))
        .subscribe({ error: fail });
      of(0)
        .pipe(delay(30))
        .subscribe({ next: () => subscription.unsubscribe(), error: fail });
      flush();
      expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['execute_tool weather', 'invoke_agent']);
    }),
  );

  it('has no span for a tool of the provider, and is no agent then', () => {
    const provided = { executor: 'provider' } as const;
    const events = [
      start(),
      toolCallStart('s', 'web_search', provided),
      toolCallEnd('s', 'web_search', '{}', provided),
      toolResult('s', 'web_search', []),
      finish(),
    ];
    record(of(...events), traceStream({ tracer }));
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['chat model-1']);
  });
});

function fail(error: unknown): never {
  throw error;
}
