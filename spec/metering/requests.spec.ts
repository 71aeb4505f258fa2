import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concat, defer, delay, type MonoTypeOperatorFunction, map, NEVER, type Observable, of } from 'rxjs';
import type { DeltaEvent, Price, RequestUsage, Usage, UsageEvent } from '../../src/events.js';
import { addUsage } from '../../src/metering/usageArithmetic.js';
import { aggregateUsage } from '../../src/operators/aggregateUsage.js';
import { fallbackTo } from '../../src/operators/fallbackTo.js';
import { hedge } from '../../src/operators/hedge.js';
import { measureStream } from '../../src/operators/measureStream.js';
import { retryStream } from '../../src/operators/retryStream.js';
import { takeWithinBudget } from '../../src/operators/takeWithinBudget.js';
import { withCost } from '../../src/operators/withCost.js';
import { finish, start, step, streamOf, text, usage } from '../../src/testing/index.js';
import { broken, inTurn, outcomeOf } from '../support/outcomes.js';

// `UsageEvent.requests` is plain data, so what a stream costs depends on the content of its events, never on the identity of an object.

type Mirror = MonoTypeOperatorFunction<DeltaEvent>;

/** A dollar per token; a hundred with the model `dear`. */
const price: Price = ({ inputTokens = 0, outputTokens = 0 }, { model }) => ({
  total: (inputTokens + outputTokens) * (model === 'dear' ? 100 : 1),
  currency: 'USD',
  input: undefined,
  output: undefined,
  cacheSavings: undefined,
});

const used = usage({ inputTokens: 5, outputTokens: 5 });
const twice = usage({ inputTokens: 10, outputTokens: 10 });
const countTokens = (): number => 0;

/** One request of 10 tokens that fails. */
const failing = (model: string): Observable<DeltaEvent> => broken([start({ model }), text('a'), used]);
/** One request of 10 tokens that finishes. */
const answering = (model: string): Observable<DeltaEvent> => of(start({ model }), text('b'), used, finish());

const usagesOf = (stream: Observable<DeltaEvent>): UsageEvent[] =>
  outcomeOf(stream).events.filter((event) => event.type === 'usage');
const lastUsage = (stream: Observable<DeltaEvent>): UsageEvent | undefined => usagesOf(stream).at(-1);

const retrying: Mirror = retryStream({ initialDelayMs: 1, jitter: 0 });

/** A request to `cheap` and one to `dear`, of 10 tokens each. */
const joined: Readonly<Record<string, Observable<DeltaEvent>>> = {
  fallbackTo: failing('cheap').pipe(fallbackTo(answering('dear'))),
  retryStream: defer(() => inTurn(failing('cheap'), answering('dear')).pipe(retrying)),
  hedge: concat(of(start({ model: 'cheap' }), used), NEVER).pipe(hedge(answering('dear'), { afterMs: 5 })),
  steps: streamOf([start({ model: 'cheap' }), text('a'), used, step(1, { model: 'dear' }), text('b'), twice, finish()]),
};

const copies: Readonly<Record<string, Mirror>> = {
  nothing: (source) => source,
  'a copy of the event': map((event) => ({ ...event })),
  'a copy of the usage': map((event) => (event.type === 'usage' ? { ...event, usage: { ...event.usage } } : event)),
  'a wire': map((event) => JSON.parse(JSON.stringify(event)) as DeltaEvent),
};

describe('the requests of a usage', () => {
  describe.each(Object.entries(joined))('of %s', (_, source) => {
    describe.each(Object.entries(copies))('through %s', (_, copy) => {
      const budget = takeWithinBudget<DeltaEvent>({ maxOutputTokens: 1_000, countTokens });
      it.each<readonly [string, Mirror]>([
        ['withCost', (events$) => events$.pipe(copy, withCost(price))],
        ['aggregateUsage and withCost', (events$) => events$.pipe(aggregateUsage({ countTokens }), copy, withCost(price))],
        ['aggregateUsage', (events$) => events$.pipe(copy, aggregateUsage({ countTokens, price }))],
        ['aggregateUsage, twice', (events$) => events$.pipe(aggregateUsage({ countTokens }), copy, aggregateUsage({ price }))],
        ['withCost before aggregateUsage', (events$) => events$.pipe(withCost(price), copy, aggregateUsage({ countTokens }))],
        [
          'withCost before withCost',
          (events$) =>
            events$.pipe(
              withCost(() => undefined),
              copy,
              withCost(price),
            ),
        ],
        ['takeWithinBudget', (events$) => events$.pipe(budget, copy, withCost(price))],
      ])('cost the same to %s', (_, operator) => {
        expect(lastUsage(source.pipe(operator))?.usage).toMatchObject({
          inputTokens: 10,
          outputTokens: 10,
          cost: { total: 10 * 1 + 10 * 100 },
        });
      });
    });
  });

  it('are those of the joins, also where one join is within another', () => {
    const cheap = inTurn(failing('a'), failing('b')).pipe(retryStream({ maxRetries: 1, initialDelayMs: 1, jitter: 0 }));
    const slow = concat(of(start({ model: 'e' }), used), NEVER);
    const claude = inTurn(failing('c'), answering('d')).pipe(retrying);
    const hedged = slow.pipe(hedge(cheap.pipe(fallbackTo(claude)), { afterMs: 5 }));
    const expected = [
      { model: 'e', provider: 'test', attempt: 1, step: 0, stands: false },
      { model: 'a', provider: 'test', attempt: 1, step: 0, stands: false },
      { model: 'b', provider: 'test', attempt: 2, step: 0, stands: false },
      { model: 'c', provider: 'test', attempt: 3, step: 0, stands: false },
      { model: 'd', provider: 'test', attempt: 4, step: 0, stands: true },
    ].map((request) => ({ ...request, usage: used.usage }));
    expect(lastUsage(hedged)).toMatchObject({ requests: expected, usage: { inputTokens: 25, outputTokens: 25 } });
  });

  it('are those of the joins where the stream that lost had repeated its request', () => {
    const losing = inTurn(broken([start({ model: 'a' }), used]), concat(of(start({ model: 'b' }), used), NEVER));
    const hedged = losing.pipe(retrying, hedge(answering('c'), { afterMs: 5 }), retrying);
    expect(lastUsage(hedged)?.requests).toMatchObject([
      { model: 'a', attempt: 1, stands: false },
      { model: 'b', attempt: 2, stands: false },
      { model: 'c', attempt: 1, stands: true },
    ]);
  });

  it('include a race in which both failed, though its model is not known', () => {
    const failed = (model: string): Observable<DeltaEvent> => broken([start({ model }), used]);
    const both$ = failed('a').pipe(hedge(failed('b'), { afterMs: 5 }));
    const again = retryStream({ initialDelayMs: 1, jitter: 0, shouldRetry: () => true });
    const total = lastUsage(inTurn(both$, answering('c')).pipe(again, withCost(price)));
    expect(total?.requests).toMatchObject([
      { model: undefined, attempt: 1, stands: false, usage: { outputTokens: 10, cost: undefined } },
      { model: 'c', attempt: 2, stands: true, usage: { outputTokens: 5, cost: { total: 10 } } },
    ]);
    expect(total?.usage).toMatchObject({ outputTokens: 15, cost: undefined });
  });

  it('are undefined for the one request of a stream', () => {
    expect(lastUsage(answering('cheap').pipe(retrying, fallbackTo(NEVER), aggregateUsage(), withCost(price)))?.requests).toBe(
      undefined,
    );
  });

  it('follow on in a continuation, and all of them stand', () => {
    const rest = of(
      start({ model: 'dear' }),
      text('c'),
      used,
      step(1, { model: 'cheap' }),
      text('d', { block: 1 }),
      twice,
      finish(),
    );
    const continued = failing('cheap').pipe(
      retryStream({ initialDelayMs: 1, jitter: 0, onPartial: { continueWith: () => rest } }),
    );
    const expected = [
      { model: 'cheap', attempt: 1, step: 0, stands: true },
      { model: 'dear', attempt: 2, step: 0, stands: true },
      { model: 'cheap', attempt: 2, step: 1, stands: true },
    ];
    expect(lastUsage(continued)?.requests).toMatchObject(expected);
    expect(lastUsage(continued.pipe(aggregateUsage({ countTokens })))?.requests).toMatchObject(expected);
  });

  it('mark the answer that stands, so that measureStream counts only its tokens', () => {
    const first = broken([start(), text('a'), usage({ outputTokens: 90 })]);
    const second = of(start(), text('b'), usage({ outputTokens: 10 }), finish()).pipe(delay(1_000));
    for (const copy of Object.values(copies)) {
      const { events } = outcomeOf(inTurn(first, second).pipe(retrying, aggregateUsage(), copy, measureStream()));
      expect(events.at(-1)).toMatchObject({ type: 'finish', timing: { tokensPerSecond: 10 } });
    }
  });

  it('include a figure of 0', () => {
    const silent = of(start({ model: 'dear' }), text('b'), usage({ inputTokens: 5, outputTokens: 0 }), finish());
    const { requests } = lastUsage(failing('cheap').pipe(fallbackTo(silent))) ?? {};
    expect(requests?.at(-1)?.usage).toMatchObject({ inputTokens: 5, outputTokens: 0 });
  });

  describe('add up to it', () => {
    const figures = ['inputTokens', 'outputTokens', 'totalTokens', 'cachedInputTokens', 'reasoningTokens'] as const;
    const sumOf = (requests: readonly RequestUsage[]): Usage | undefined =>
      requests.reduce<Usage | undefined>((sum, request) => addUsage(sum, request.usage), undefined);

    function expectSums(stream: Observable<DeltaEvent>): void {
      for (const { usage: total, requests } of usagesOf(stream)) {
        const sum = requests ? sumOf(requests) : total;
        for (const figure of figures) expect(sum?.[figure]).toBe(total[figure]);
        expect(sum?.cost?.total).toBe(total.cost?.total);
      }
    }

    const anyFigures = fc.record({
      inputTokens: fc.nat(9),
      outputTokens: fc.nat(9),
      reasoningTokens: fc.option(fc.nat(9), { nil: undefined }),
    });
    /** One request: what it emits between its start and its end; figures are added to those before. */
    const anyRequest = fc.record({
      model: fc.constantFrom('cheap', 'dear'),
      pieces: fc.array(fc.oneof(fc.constantFrom('text' as const, 'step' as const), anyFigures), { maxLength: 4 }),
      end: fc.constantFrom('finish', 'error', 'silence'),
    });
    type Request = typeof anyRequest extends fc.Arbitrary<infer T> ? T : never;

    function requestOf({ model, pieces, end }: Request): Observable<DeltaEvent> {
      let sum = { inputTokens: 0, outputTokens: 0, reasoningTokens: undefined as number | undefined };
      let rounds = 0;
      const events = pieces.map((piece): DeltaEvent => {
        if (piece === 'text') return text('abc', { block: rounds });
        if (piece === 'step') return step(++rounds, { model: 'cheap' });
        const { reasoningTokens } = piece;
        sum = {
          inputTokens: sum.inputTokens + piece.inputTokens,
          outputTokens: sum.outputTokens + piece.outputTokens,
          reasoningTokens: reasoningTokens === undefined ? sum.reasoningTokens : (sum.reasoningTokens ?? 0) + reasoningTokens,
        };
        return usage({ ...sum, totalTokens: sum.inputTokens + sum.outputTokens });
      });
      const last = end === 'finish' ? of(finish()) : end === 'error' ? broken([]) : NEVER;
      return concat(of(start({ model })).pipe(delay(1)), of(...events), last);
    }

    const anyLane = fc.array(anyRequest, { minLength: 1, maxLength: 3 });
    const laneOf = (requests: readonly Request[]): Observable<DeltaEvent> =>
      defer(() => inTurn(...requests.map(requestOf)).pipe(retryStream({ maxRetries: 2, initialDelayMs: 1 })));

    it('whatever the joins and whatever the operators after them', () => {
      fc.assert(
        fc.property(anyLane, anyLane, anyLane, fc.nat(4), (one, two, three, afterMs) => {
          const joins$ = laneOf(one).pipe(fallbackTo(laneOf(two)), hedge(laneOf(three), { afterMs }), retrying);
          expectSums(joins$);
          expectSums(joins$.pipe(withCost(price)));
          expectSums(joins$.pipe(aggregateUsage({ every: 1 }), withCost(price)));
          expectSums(joins$.pipe(takeWithinBudget({ maxOutputTokens: 5 }), aggregateUsage({ price })));
        }),
        { numRuns: 300 },
      );
    });

    it('and never count one twice: the joins report what their sources did', () => {
      fc.assert(
        fc.property(fc.array(anyRequest, { minLength: 1, maxLength: 5 }), (requests) => {
          const answer: Request = {
            model: 'cheap',
            pieces: [{ inputTokens: 1, outputTokens: 1, reasoningTokens: undefined }],
            end: 'finish',
          };
          const all = [...requests.map((request): Request => ({ ...request, end: 'error' })), answer];
          const outputs = all.map(({ pieces }) =>
            pieces.reduce((sum, piece) => sum + (typeof piece === 'object' ? piece.outputTokens : 0), 0),
          );
          const stream = inTurn(...all.map(requestOf)).pipe(retryStream({ maxRetries: 9, initialDelayMs: 0 }));
          expect(lastUsage(stream)?.usage.outputTokens).toBe(outputs.reduce((sum, output) => sum + output, 0));
        }),
      );
    });
  });
});
