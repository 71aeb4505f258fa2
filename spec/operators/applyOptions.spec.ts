import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import fc from 'fast-check';
import { concat, type MonoTypeOperatorFunction, NEVER, type Observable, of, throwError, timer } from 'rxjs';
import { ConnectionError, StreamTimeoutError, toFault } from '../../src/errors.js';
import type { DeltaEvent, Price } from '../../src/events.js';
import { createConcurrencyLimiter } from '../../src/handles/createConcurrencyLimiter.js';
import { createRateLimiter } from '../../src/handles/createRateLimiter.js';
import { aggregateUsage, type UsageSettlement } from '../../src/operators/aggregateUsage.js';
import { type ApplyOptions, applyOptions } from '../../src/operators/applyOptions.js';
import { fallbackTo } from '../../src/operators/fallbackTo.js';
import { measureStream } from '../../src/operators/measureStream.js';
import { retryStream } from '../../src/operators/retryStream.js';
import { smooth } from '../../src/operators/smooth.js';
import { stopOn } from '../../src/operators/stopOn.js';
import { takeWithinBudget } from '../../src/operators/takeWithinBudget.js';
import { tapStream } from '../../src/operators/tapStream.js';
import { timeoutBetweenChunks } from '../../src/operators/timeoutBetweenChunks.js';
import { withCost } from '../../src/operators/withCost.js';
import { finish, letters, type MarbleHelpers, type MarbleStream, marbles, reset, start, text } from '../../src/testing/index.js';
import { operatorContract } from '../support/operatorContract.js';

// kernel/namedOperators.ts is tested through applyOptions.
describe('applyOptions', () => {
  operatorContract(() => applyOptions({ tapStream: {} }), {
    kind: 'mirror',
    throwing: (error) =>
      applyOptions({
        tapStream: {
          start: () => {
            throw error;
          },
        },
      }),
  });

  it(
    'repeats an attempt that is too slow, because the limit is inside the repeat',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('s-----a');
      const late = new StreamTimeoutError('between', 3);
      const again = reset({ delayMs: 2, error: toFault(late) });
      const options = { retryStream: { maxRetries: 1, initialDelayMs: 2, jitter: 0 }, timeoutBetweenChunks: { betweenMs: 3 } };
      const result = '       s--R-s--#';
      const error = expect.objectContaining({ kind: 'retry-exhausted' });
      expectStream(source.pipe(applyOptions(options))).toBe(result, { R: again }, error);
      expectSubscriptions(source.subscriptions).toBe(['^--!', '-----^--!']);
    }),
  );

  it(
    'limits the whole stream, repeats included, by totalMs',
    marbles(({ cold, expectStream }) => {
      const failing = cold<DeltaEvent>('--#', {}, new ConnectionError('cut'));
      const options = { retryStream: { initialDelayMs: 2, jitter: 0, factor: 1 }, timeoutBetweenChunks: { totalMs: 9 } };
      const again = (attempt: number) => reset({ attempt, delayMs: 2, error: toFault(new ConnectionError('cut')) });
      const result = '--2---3--#';
      const values = { 2: again(2), 3: again(3) };
      expectStream(failing.pipe(applyOptions(options))).toBe(result, values, new StreamTimeoutError('total', 9));
    }),
  );

  it(
    'keeps the rate although streams wait for a slot, because a turn is granted after the slot',
    marbles(({ stream, expectSubscriptions, expectStream }) => {
      const options: ApplyOptions = {
        limitConcurrency: createConcurrencyLimiter({ maxConcurrent: 1 }),
        rateLimit: createRateLimiter({ requestsPerMinute: 1 }),
      };
      const [long, second, third] = [stream('s 200s f|'), stream('(sf|)'), stream('(sf|)')];
      expectStream(long.pipe(applyOptions(options))).toBe('  s 200s f|');
      expectStream(second.pipe(applyOptions(options))).toBe('200002ms (sf|)');
      expectStream(third.pipe(applyOptions(options))).toBe(' 260002ms (sf|)');
      expectSubscriptions(second.subscriptions).toBe('200002ms (^!)');
      expectSubscriptions(third.subscriptions).toBe(' 260002ms (^!)');
    }),
  );

  describe('the order', () => {
    const price = () => ({ input: 1, output: 2, cacheSavings: 0, total: 3, currency: 'USD' });
    const other = of(start(), text('other '), finish());
    const stop = timer(7);

    /** In the order in which they are applied: the options of each operator, and the operator itself. */
    const stages: readonly (readonly [ApplyOptions, MonoTypeOperatorFunction<DeltaEvent>])[] = [
      [{ timeoutBetweenChunks: { betweenMs: 3 } }, timeoutBetweenChunks({ betweenMs: 3 })],
      [
        { retryStream: { maxRetries: 1, initialDelayMs: 1, jitter: 0 } },
        retryStream({ maxRetries: 1, initialDelayMs: 1, jitter: 0 }),
      ],
      [{ fallbackTo: [other] }, fallbackTo(other)],
      [{ stopOn: stop }, stopOn(stop)],
      [{ takeWithinBudget: { maxChars: 9 } }, takeWithinBudget({ maxChars: 9 })],
      [{ aggregateUsage: true }, aggregateUsage()],
      [{ withCost: price }, withCost(price)],
      [{ measureStream: true }, measureStream()],
      [{ tapStream: {} }, tapStream()],
      [{ smooth: { delayMs: 1 } }, smooth({ delayMs: 1 })],
    ];
    const subset = fc.shuffledSubarray(stages.map((_stage, index) => index));
    const script = fc.array(fc.constantFrom('s', 'a', 'b', 'c', 'p', 'u', '-', '----'), { maxLength: 12 });

    it('does not depend on the order of the names', () => {
      fc.assert(
        fc.property(subset, script, fc.constantFrom('f|', '#'), (indices, steps, end) => {
          const options = Object.assign({}, ...indices.map((index) => stages[index]?.[0])) as ApplyOptions;
          const piped = [...indices].sort((a, b) => a - b).map((index) => stages[index]?.[1]);
          marbles((helpers) => {
            const source = streamOf(helpers, `s${steps.join('')}${end}`);
            const expected = piped.reduce<Observable<DeltaEvent>>((stream, operator) => operator?.(stream) ?? stream, source);
            helpers.expectObservable(source.pipe(applyOptions(options))).toEqual(expected);
          })();
        }),
        { numRuns: 1_000 },
      );
    });

    function streamOf({ cold }: MarbleHelpers, diagram: string): MarbleStream {
      return cold(diagram, { ...letters, b: text('two '), c: text('three words more ') }, new ConnectionError('cut'));
    }
  });

  it('rejects wrong options at call time, and names the nearest known name', () => {
    expect(() => applyOptions({ retrystream: true } as ApplyOptions)).toThrow(
      new TypeError('applyOptions: unknown option "retrystream", did you mean "retryStream"?'),
    );
    expect(() => applyOptions({ bufferToText: true } as ApplyOptions)).toThrow(TypeError);
    // @ts-expect-error: a function without options
    expect(() => applyOptions(retryStream)).toThrow(TypeError);
    expect(() => applyOptions({ retryStream: { maxRetries: -1 } })).toThrow(RangeError);
    expect(() => applyOptions({ timeoutBetweenChunks: {} })).toThrow(TypeError);
    expect(() => applyOptions({ withCost: true } as unknown as ApplyOptions)).toThrow('withCost needs its options');
  });

  it('gives the price to the onSettled of aggregateUsage, so that it gets a cost without a finish', () => {
    const costs: unknown[] = [];
    const onSettled = ({ outcome, usage: { cost } }: UsageSettlement): void => void costs.push([outcome, cost?.total]);
    const withCost: Price = ({ outputTokens = 0 }) => ({
      total: outputTokens,
      currency: 'USD',
      input: undefined,
      output: undefined,
      cacheSavings: undefined,
    });
    const cut$ = concat(of(start(), text('abcd')), NEVER);
    cut$
      .pipe(applyOptions({ withCost, aggregateUsage: { onSettled } }))
      .subscribe()
      .unsubscribe();
    expect(costs).toEqual([['unsubscribe', 1]]);
  });

  it('omits operators that are false or undefined', () => {
    const failing = throwError(() => new ConnectionError('cut'));
    const seen: DeltaEvent[] = [];
    failing
      .pipe(applyOptions({ retryStream: false, aggregateUsage: undefined, measureStream: false }))
      .subscribe({ next: (event) => seen.push(event), error: () => undefined });
    expect(seen).toEqual([]);
  });

  it('has the type of events, whatever is applied', () => {
    expectTypeOf(NEVER.pipe(applyOptions({ aggregateUsage: true }))).toEqualTypeOf<Observable<DeltaEvent>>();
  });
});
