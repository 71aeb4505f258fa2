import { describe, expect, it } from '@jest/globals';
import { concat, lastValueFrom, type Observable, of, Subject, toArray } from 'rxjs';
import type { DeltaEvent } from '../../src/events.js';
import { messageTurns } from '../../src/message/turns.js';
import { aggregateUsage } from '../../src/operators/aggregateUsage.js';
import { batchFrames } from '../../src/operators/batchFrames.js';
import { bufferToText } from '../../src/operators/bufferToText.js';
import { fallbackTo } from '../../src/operators/fallbackTo.js';
import { measureStream } from '../../src/operators/measureStream.js';
import { parseJsonOnComplete } from '../../src/operators/parseJsonOnComplete.js';
import { partialToolInput } from '../../src/operators/partialToolInput.js';
import { smooth } from '../../src/operators/smooth.js';
import { stopOn } from '../../src/operators/stopOn.js';
import { takeWithinBudget } from '../../src/operators/takeWithinBudget.js';
import { toMessage } from '../../src/operators/toMessage.js';
import { withCost } from '../../src/operators/withCost.js';
import {
  fakeProvider,
  fakeTools,
  finish,
  start,
  text,
  toolCallDelta,
  toolCallEnd,
  toolCallStart,
  usage,
} from '../../src/testing/index.js';
import { runTools } from '../../src/tools/runTools.js';
import { expectGrammar } from '../support/grammar.js';
import { record } from '../support/operatorContract.js';
import { answering, calling, outlineOf, outlineTurns, type ScriptedCall } from '../support/toolRun.js';

// Operators work on a run as on any stream of events.

const two: readonly ScriptedCall[] = [
  ['c1', 'weather', '{"city":"Paris"}'],
  ['c2', 'weather', '{"city":"Oslo"}'],
];

function run(last = answering('{"warmer":"Paris"}')): Observable<DeltaEvent> {
  const { tools } = fakeTools({ weather: [of('asking', 21), 12] });
  const provider = fakeProvider([[start(), text('Let me see. '), ...calling(two).slice(1)], last]);
  return runTools(() => provider, { turns: [], tools });
}

describe('a run of runTools', () => {
  it('is one message: its parts show the rounds, with their calls, inputs and results', async () => {
    const message = await lastValueFrom(run().pipe(toMessage()));
    expect(message).toMatchObject({ text: 'Let me see. {"warmer":"Paris"}', finishReason: 'stop', usage: { totalTokens: 30 } });
    expect(message.json()).toEqual({ warmer: 'Paris' });
    expect(message.toolCalls.map(({ callId, input }) => [callId, input])).toEqual([
      ['c1', { city: 'Paris' }],
      ['c2', { city: 'Oslo' }],
    ]);
    expect(message.parts.map(({ type, step }) => `${step} ${type}`)).toEqual([
      '0 text',
      '0 tool-call',
      '0 tool-call',
      '0 tool-result',
      '0 tool-result',
      '1 text',
    ]);
    expect(outlineTurns(messageTurns(message))).toEqual([
      'assistant: Let me see. , call c1, call c2',
      'tool: result c1 21, result c2 12',
      'assistant: {"warmer":"Paris"}',
    ]);
  });

  it('has text of all rounds; parsers read the last', async () => {
    expect(await lastValueFrom(run().pipe(bufferToText()))).toBe('Let me see. {"warmer":"Paris"}');
    expect(await lastValueFrom(run().pipe(parseJsonOnComplete()))).toEqual({ warmer: 'Paris' });
  });

  it('has one usage at the end, and a cost of each request', async () => {
    const price = ({ outputTokens = 0 }: { outputTokens: number | undefined }, { model }: { model: string }) => ({
      total: model === 'model-1' ? (outputTokens ?? 0) : 100,
      currency: 'USD',
      input: undefined,
      output: undefined,
      cacheSavings: undefined,
    });
    const events = await lastValueFrom(run().pipe(aggregateUsage(), withCost(price), measureStream(), toArray()));
    expectGrammar(events, true);
    const usages = events.filter((event) => event.type === 'usage');
    expect(usages).toHaveLength(1);
    expect(usages[0]).toMatchObject({ usage: { inputTokens: 20, outputTokens: 10, cost: { total: 10 } } });
    expect(events.at(-1)).toMatchObject({ reason: 'stop', timing: { deltas: 2 } });
  });

  it('keeps its grammar through what holds text back', async () => {
    const events = await lastValueFrom(run().pipe(smooth({ by: 'word', delayMs: 1 }), batchFrames(), toArray()));
    expectGrammar(events, true);
    expect(events.filter(({ type }) => type === 'tool-result' || type === 'step').map(outlineOf)).toEqual([
      'progress c1 "asking"',
      'result c1 21',
      'result c2 12',
      'step 1',
    ]);
  });

  it('has the growing input of each call', async () => {
    const events = [
      start(),
      toolCallStart('c9', 'weather'),
      toolCallDelta('c9', '{"city":"Pa'),
      toolCallDelta('c9', 'ris"}'),
      toolCallEnd('c9', 'weather', '{"city":"Paris"}'),
      finish('tool-calls'),
    ];
    const provider = fakeProvider([calling(two), events, answering('Done')]);
    const { tools } = fakeTools({ weather: [1, 2, 3] });
    const inputs = await lastValueFrom(runTools(() => provider, { turns: [], tools }).pipe(partialToolInput('c9'), toArray()));
    expect(inputs.map((snapshot) => (snapshot as { value?: unknown }).value ?? snapshot).at(-1)).toEqual({ city: 'Paris' });
  });

  it('is cancelled with its tools at the budget, and by stopOn', () => {
    const stopped$ = new Subject<void>();
    const { tools, calls } = fakeTools({ weather: [concat(of('asking'), stopped$.asObservable()), new Subject()] });
    const provider = fakeProvider([calling(two)]);
    const events$ = runTools(() => provider, { turns: [], tools });
    const seen: DeltaEvent[] = [];
    const stop$ = new Subject<void>();
    events$.pipe(stopOn(stop$)).subscribe({ next: (event) => seen.push(event), error: fail });
    stop$.next();
    expect(seen.at(-1)).toMatchObject({ type: 'finish', reason: 'aborted' });
    expect(calls.map(({ end }) => end)).toEqual(['cancelled', 'cancelled']);
    const { values } = record(run(answering('x'.repeat(400))), takeWithinBudget({ maxChars: 20 }));
    expect(values.at(-1)).toMatchObject({ type: 'finish', reason: 'budget' });
  });

  it('does not fall back to another provider once a tool has run', () => {
    const broken = fakeProvider([calling(two), new Error('broken')]);
    const { tools } = fakeTools({ weather: [1, 2] });
    const other = fakeProvider(['Other']);
    record(
      runTools(() => broken, { turns: [], tools }),
      fallbackTo(other),
    );
    expect(other.requests).toHaveLength(0);
  });

  it('reports the usage of a run that is cut in a later round', async () => {
    const cut = fakeProvider([calling(two), [start(), usage({ inputTokens: 7 })]]);
    const { tools } = fakeTools({ weather: [1, 2] });
    const message = await lastValueFrom(runTools(() => cut, { turns: [], tools }).pipe(toMessage()));
    expect(message).toMatchObject({ finishReason: 'aborted', usage: { inputTokens: 17, outputTokens: 5 } });
  });
});

function fail(error: unknown): never {
  throw error;
}
