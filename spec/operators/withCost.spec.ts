import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import { concat, defer, type MonoTypeOperatorFunction, NEVER, of } from 'rxjs';
import type { Cost, DeltaEvent, Price, PricedRequest, Usage, UsageEvent } from '../../src/events.js';
import { aggregateUsage } from '../../src/operators/aggregateUsage.js';
import { hedge } from '../../src/operators/hedge.js';
import { ofEvent } from '../../src/operators/ofEvent.js';
import { retryStream } from '../../src/operators/retryStream.js';
import { takeWithinBudget } from '../../src/operators/takeWithinBudget.js';
import { withCost } from '../../src/operators/withCost.js';
import { finish, marbles, ping, reset, start, step, streamOf, text, usage } from '../../src/testing/index.js';
import { operatorContract, record } from '../support/operatorContract.js';
import { broken, inTurn, outcomeOf } from '../support/outcomes.js';
import { pricedRequest, requestUsage } from '../support/requestUsage.js';

const dollars = (total: number, parts: Partial<Cost> = {}): Cost => ({
  total,
  currency: 'USD',
  input: undefined,
  output: undefined,
  cacheSavings: undefined,
  ...parts,
});

/** A dollar per token, ten for the model `dear`, no price for `unknown`. Above 100 input tokens the price doubles. */
const price: Price = ({ inputTokens, outputTokens }, { model }) => {
  if (model === 'unknown' || inputTokens === undefined || outputTokens === undefined) return undefined;
  const each = (model === 'dear' ? 10 : 1) * (inputTokens > 100 ? 2 : 1);
  return dollars(each * (inputTokens + outputTokens), {
    input: each * inputTokens,
    output: each * outputTokens,
    cacheSavings: 0,
  });
};

const free: Price = () => undefined;

function costs(
  events: readonly DeltaEvent[],
  ...operators: readonly MonoTypeOperatorFunction<DeltaEvent>[]
): (Cost | undefined)[] {
  const piped = operators.reduce((source, operator) => source.pipe(operator), streamOf(events));
  return record(piped, ofEvent('usage')).values.map((event) => (event as UsageEvent).usage.cost);
}

const totals = (...given: Parameters<typeof costs>): (number | undefined)[] => costs(...given).map((cost) => cost?.total);

// requestCost.ts is tested through the operator.
describe('withCost', () => {
  operatorContract(() => withCost(price), { kind: 'mirror' });

  it(
    'adds the cost to each usage, and changes nothing else',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream(' s-a-u-f|');
      const result = '        s-a-U-f|';
      const cost = dollars(15, { input: 10, output: 5, cacheSavings: 0 });
      expectStream(source.pipe(withCost(price))).toBe(result, {
        U: usage({ inputTokens: 10, outputTokens: 5, totalTokens: 15, cost }),
      });
      expectSubscriptions(source.subscriptions).toBe('^------!');
    }),
  );

  it('forwards other events, the same objects', () => {
    const events = [ping(), start(), text('a'), finish()];
    for (const [index, value] of record(streamOf(events), withCost(price)).values.entries()) expect(value).toBe(events[index]);
  });

  it('calls the price with the usage and what decides its price', () => {
    const asked: unknown[] = [];
    const told = usage({ inputTokens: 1, outputTokens: 1, cachedInputTokens: 1 });
    costs(
      [start({ model: 'm', provider: 'p' }), told],
      withCost((...given) => void asked.push(given)),
    );
    expect(asked).toEqual([[told.usage, pricedRequest('m', 'p')]]);
  });

  it('replaces an earlier figure: usage is cumulative', () => {
    const events = [start(), usage({ inputTokens: 10, outputTokens: 1 }), usage({ inputTokens: 10, outputTokens: 4 })];
    expect(totals(events, withCost(price))).toEqual([11, 14]);
  });

  describe('an unknown cost', () => {
    const told = { inputTokens: 1, outputTokens: 1 };

    it('is undefined, never 0', () => {
      expect(costs([start({ model: 'unknown' }), usage(told)], withCost(price))).toEqual([undefined]);
      expect(costs([start(), usage({ outputTokens: 1 })], withCost(price))).toEqual([undefined]);
    });

    it('is not calculated without a model', () => {
      const never: Price = () => {
        throw new Error('not asked');
      };
      expect(costs([start({ model: undefined }), usage(told)], withCost(never))).toEqual([undefined]);
    });

    it('makes the sum unknown', () => {
      const events = [start({ model: 'unknown' }), usage(told), reset(), start(), usage({ inputTokens: 2, outputTokens: 2 })];
      expect(totals(events, withCost(price))).toEqual([undefined, undefined]);
    });
  });

  describe('a cost that the provider reports', () => {
    const billed = { inputTokens: 1, outputTokens: 1, cost: dollars(0.5) };

    it('is kept if the price returns none', () => {
      expect(totals([start(), usage(billed)], withCost(free))).toEqual([0.5]);
      expect(totals([start({ model: undefined }), usage(billed)], withCost(price))).toEqual([0.5]);
    });

    it('is replaced by that of the price, which may prefer it', () => {
      expect(totals([start(), usage(billed)], withCost(price))).toEqual([2]);
      const trusting: Price = (used, by) => used.cost ?? price(used, by);
      expect(totals([start(), usage(billed)], withCost(trusting))).toEqual([0.5]);
    });

    it('is added to the price of another provider', () => {
      const events = [
        start({ model: 'unknown' }),
        usage(billed),
        reset({ cause: 'fallback' }),
        start(),
        usage({ inputTokens: 3, outputTokens: 3 }),
      ];
      expect(totals(events, withCost(price))).toEqual([0.5, 4.5]);
    });
  });

  describe('what the provider reports of a request', () => {
    it.each([
      ['the service tier', { serviceTier: 'flex' }],
      ['the speed', { speed: 'fast' }],
      ['the region and the batch', { region: 'us', batch: true }],
    ])('reaches the price, through joins and other operators: %s', (_, traits) => {
      const asked: PricedRequest[] = [];
      const noting = withCost<DeltaEvent>((_used, request) => void asked.push(request));
      const told = {
        ...usage({ inputTokens: 1, outputTokens: 1 }),
        requests: [requestUsage({ inputTokens: 1, outputTokens: 1 }, traits)],
      };
      const events = [start(), told, text('x'), finish()];
      costs(events, noting);
      costs(events, aggregateUsage(), noting);
      costs(events, takeWithinBudget<DeltaEvent>({ maxChars: 1 }), aggregateUsage(), noting);
      // An attempt that is cut keeps what was reported before.
      const retried = inTurn(broken(events.slice(0, -1)), of(...events)).pipe(retryStream(), aggregateUsage());
      outcomeOf(retried.pipe(noting));
      expect(asked).toHaveLength(5);
      for (const request of asked) expect(request).toEqual(pricedRequest('model-1', 'test', traits));
    });
  });

  it('keeps the list of an event, however short', () => {
    const requests = [requestUsage({ inputTokens: 1, outputTokens: 1 }, { model: 'dear' })];
    const told = { ...usage({ inputTokens: 1, outputTokens: 1 }), requests };
    const [priced] = record(streamOf([start(), told]), withCost(price)).values.slice(1) as UsageEvent[];
    expect(priced?.usage.cost?.total).toBe(20);
    expect(priced?.requests).toMatchObject([{ model: 'dear', usage: { cost: { total: 20 } } }]);
  });

  describe('over several requests', () => {
    // Cumulative figures, as a join emits them.
    const fallback = [
      start({ model: 'dear' }),
      text('x'),
      usage({ inputTokens: 10, outputTokens: 1 }),
      reset({ cause: 'fallback' }),
      start({ model: 'cheap' }),
      text('y'),
      usage({ inputTokens: 30, outputTokens: 4 }),
      finish(),
    ];

    it('prices each by its own model', () => {
      expect(totals(fallback, withCost(price))).toEqual([110, 110 + 23]);
    });

    it('prices each by its own model after aggregateUsage', () => {
      expect(totals(fallback, aggregateUsage({ countTokens: () => 0 }), withCost(price))).toEqual([110 + 23]);
    });

    it('prices each by its own model after takeWithinBudget', () => {
      const operators = [
        takeWithinBudget<DeltaEvent>({ maxOutputTokens: 2, countTokens: () => 1 }),
        aggregateUsage({ countTokens: () => 1 }),
        withCost(price),
      ];
      const events = [...fallback.slice(0, 5), usage({ inputTokens: 30, outputTokens: 1 }), text('y'), text('z'), finish()];
      expect(totals(events, ...operators)).toEqual([110 + 21]);
    });

    it('does not price the sum, which might reach another tier', () => {
      const twice = [
        start(),
        usage({ inputTokens: 60, outputTokens: 1 }),
        reset(),
        start(),
        usage({ inputTokens: 120, outputTokens: 2 }),
        finish(),
      ];
      expect(totals(twice, withCost(price))).toEqual([61, 122]);
      expect(totals(twice, aggregateUsage(), withCost(price))).toEqual([122]);
      const rounds = twice.map((event) => (event.type === 'reset' ? step(1) : event));
      expect(totals(rounds, withCost(price))).toEqual([61, 122]);
      expect(totals(rounds, aggregateUsage(), withCost(price))).toEqual([122]);
    });

    it('prices the rounds of a tool loop by the model that the step names', () => {
      const events = [
        start(),
        usage({ inputTokens: 1, outputTokens: 1 }),
        step(1, { model: 'dear' }),
        usage({ inputTokens: 2, outputTokens: 2 }),
        finish(),
      ];
      expect(totals(events, withCost(price))).toEqual([2, 22]);
      expect(totals(events, aggregateUsage(), withCost(price))).toEqual([22]);
    });

    it('has no cost for a request that was rejected', () => {
      const events = [reset(), ping(), reset(), start(), usage({ inputTokens: 10, outputTokens: 5 }), finish()];
      expect(totals(events, withCost(price))).toEqual([15]);
      expect(totals(events, aggregateUsage(), withCost(price))).toEqual([15]);
    });

    it('prices the estimate of a request that was cut, if its input is known', () => {
      const cut = [
        start(),
        text('x'.repeat(8)),
        reset(),
        start(),
        text('y'),
        usage({ inputTokens: 3, outputTokens: 1 }),
        finish(),
      ];
      expect(totals(cut, aggregateUsage({ prompt: 'x'.repeat(12) }), withCost(price))).toEqual([3 + 2 + 4]);
      expect(totals(cut, aggregateUsage(), withCost(price))).toEqual([undefined]);
    });

    it('adds a running cost to the running totals', () => {
      const events = [...fallback.slice(0, -1), text('z'), finish()];
      expect(totals(events, aggregateUsage({ every: 1, countTokens: () => 0 }), withCost(price)).at(-1)).toBe(133);
    });

    describe('one of which lost a hedge', () => {
      const slow = concat(streamOf([start({ model: 'dear' }), usage({ inputTokens: 50, outputTokens: 1 })]), NEVER);
      const quick = [start({ model: 'cheap' }), text('y'), usage({ inputTokens: 7, outputTokens: 3 }), finish()];
      const hedged$ = slow.pipe(hedge(streamOf(quick), { afterMs: 5 }));
      const last = (...operators: readonly MonoTypeOperatorFunction<DeltaEvent>[]): Usage | undefined => {
        const usages: Usage[] = [];
        const told$ = operators.reduce((source, operator) => source.pipe(operator), hedged$).pipe(ofEvent('usage'));
        marbles(({ flush }) => {
          told$.subscribe({ next: ({ usage: told }) => usages.push(told), error: () => usages.splice(0) });
          flush();
        })();
        return usages.at(-1);
      };

      it('prices the loser by its own model', () => {
        expect(last(withCost(price))?.cost?.total).toBe(510 + 10);
        expect(last(aggregateUsage(), withCost(price))?.cost?.total).toBe(510 + 10);
        expect(last(aggregateUsage({ price }))?.cost?.total).toBe(510 + 10);
      });

      it('prices the loser by its own model after a join', () => {
        const again = retryStream({ shouldRetry: () => true, initialDelayMs: 0, jitter: 0 });
        expect(last(again, aggregateUsage(), withCost(price))?.cost?.total).toBe(510 + 10);
      });
    });

    it(
      'follows retryStream',
      marbles(({ stream, expectObservable }) => {
        const attempts = [
          stream('s-u-a-#', { u: usage({ inputTokens: 60, outputTokens: 8 }) }, new TypeError('broken')),
          stream('s-u-b-(f|)', { u: usage({ inputTokens: 70, outputTokens: 3 }) }),
        ];
        const source = defer(() => attempts.shift() ?? NEVER);
        const retrying = retryStream({ shouldRetry: () => true, initialDelayMs: 3, jitter: 0 });
        const seen$ = source.pipe(retrying, withCost(price), ofEvent('usage'));
        const costed = (inputTokens: number, outputTokens: number, total: number): unknown =>
          expect.objectContaining({
            usage: expect.objectContaining({ inputTokens, outputTokens, cost: expect.objectContaining({ total }) }),
          });
        expectObservable(seen$).toBe('--x--------y---|', { x: costed(60, 8, 68), y: costed(130, 11, 141) });
      }),
    );
  });

  it('emits what the price throws as the error', () => {
    const error = new Error('from the price');
    const broken: Price = () => {
      throw error;
    };
    expect(record(streamOf([start(), usage(), finish()]), withCost(broken))).toEqual({ values: [start()], end: error });
  });

  it('rejects a price that is not a function', () => {
    // @ts-expect-error: nothing
    expect(() => withCost()).toThrow(new TypeError('withCost: give a price'));
    // @ts-expect-error: a number
    expect(() => withCost(5)).toThrow(new TypeError('price must be a function'));
  });

  it('keeps the type of its stream', () => {
    expectTypeOf(withCost<DeltaEvent>(price)).toEqualTypeOf<MonoTypeOperatorFunction<DeltaEvent>>();
    expectTypeOf<Parameters<Price>>().toEqualTypeOf<[usage: Usage, request: PricedRequest]>();
  });
});
