import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import fc from 'fast-check';
import { config, type MonoTypeOperatorFunction, NEVER, take } from 'rxjs';
import type { DeltaEvent, FileEvent, Timing } from '../../src/events.js';
import { aggregateUsage } from '../../src/operators/aggregateUsage.js';
import { measureStream, type TimingSettlement } from '../../src/operators/measureStream.js';
import { ofEvent } from '../../src/operators/ofEvent.js';
import {
  finish,
  marbles,
  ping,
  reasoning,
  refusal,
  reset,
  start,
  step,
  streamOf,
  text,
  toolCallDelta,
  toolCallStart,
  usage,
} from '../../src/testing/index.js';
import { observed, operatorContract, record, recordLive } from '../support/operatorContract.js';

const nothing: Timing = {
  firstDeltaMs: undefined,
  totalMs: 0,
  deltas: 0,
  charactersPerSecond: undefined,
  tokensPerSecond: undefined,
  medianDeltaMs: undefined,
  maxDeltaMs: undefined,
};

/** Expects this timing on the `finish` of a stream in virtual time. */
function timed(
  diagram: string,
  timing: Partial<Timing>,
  values: Readonly<Record<string, DeltaEvent>> = {},
  before: MonoTypeOperatorFunction<DeltaEvent> = (same) => same,
): () => void {
  return marbles(({ stream, expectObservable }) => {
    const source = stream(diagram, values);
    const result = diagram.replace(/[^f|()\-\s]/g, '-');
    const last = expect.objectContaining({ type: 'finish', timing: expect.objectContaining(timing) });
    expectObservable(source.pipe(before, measureStream(), ofEvent('finish'))).toBe(result, { f: last });
  });
}

const throwIt = (error: unknown) => () => {
  throw error;
};

// streamTiming.ts is tested through the operator.
describe('measureStream', () => {
  describe('while the clock stands still', () => {
    beforeEach(() => void jest.spyOn(Date, 'now').mockReturnValue(1_000));
    afterEach(() => void jest.restoreAllMocks());

    operatorContract(() => measureStream(), { kind: 'mirror' });
    operatorContract(() => measureStream({ onSettled: () => undefined }), {
      kind: 'mirror',
      throwing: (error) => measureStream({ onSettled: throwIt(error) }),
    });

    it('has no rates', () => {
      const { values } = record(streamOf([start(), text('a'), text('b'), usage({ outputTokens: 1 }), finish()]), measureStream());
      expect(values.at(-1)).toEqual(
        finish('stop', { timing: { ...nothing, firstDeltaMs: 0, deltas: 2, medianDeltaMs: 0, maxDeltaMs: 0 } }),
      );
    });
  });

  it(
    'adds the timing to finish, and changes nothing else',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream(' s--a-b---f|');
      const result = '        s--a-b---F|';
      const timing: Timing = {
        firstDeltaMs: 3,
        totalMs: 9,
        deltas: 2,
        charactersPerSecond: 2 / 0.009,
        tokensPerSecond: undefined,
        medianDeltaMs: 2,
        maxDeltaMs: 2,
      };
      expectStream(source.pipe(measureStream())).toBe(result, { F: finish('stop', { timing }) });
      expectSubscriptions(source.subscriptions).toBe('^---------!');
    }),
  );

  it('forwards the same objects, except for finish', () => {
    const events = [ping(), start(), text('a'), usage(), finish()];
    for (const [index, value] of record(streamOf(events), measureStream()).values.slice(0, -1).entries()) {
      expect(value).toBe(events[index]);
    }
  });

  describe('counts', () => {
    const image: FileEvent = {
      type: 'file',
      block: 0,
      choice: 0,
      mediaType: 'image/png',
      data: 'aGk=',
      transcript: undefined,
      final: true,
    };

    it(
      'every delta, and no other event',
      timed(
        's-p-k-x-r-j-i-u-f|',
        { firstDeltaMs: 6, deltas: 4, medianDeltaMs: 2, maxDeltaMs: 2, charactersPerSecond: 6 / 0.016 },
        { k: toolCallStart('c', 'add'), x: toolCallDelta('c', '{}'), r: reasoning('Hm'), j: refusal('No'), i: image },
      ),
    );

    it(
      'the output tokens that the provider reports, over the whole time',
      timed('s--a-----uf|', { tokensPerSecond: 5 / 0.01, totalMs: 10 }),
    );

    it('no tokens if none are reported', timed('s--a-----f|', { tokensPerSecond: undefined }));

    it('what aggregateUsage estimates', timed('s--a------f|', { tokensPerSecond: 1 / 0.01 }, {}, aggregateUsage()));

    it('nothing of an answer without deltas', timed('s--f|', { ...nothing, totalMs: 3, charactersPerSecond: 0 }));
  });

  describe('the gaps between deltas', () => {
    it('have a median and a maximum', timed('s-a-b---c-------d-f|', { medianDeltaMs: 4, maxDeltaMs: 8 }));
    it('have a median between the two in the middle', timed('s-a-b---c-f|', { medianDeltaMs: 3, maxDeltaMs: 4 }));
    it('are none of one delta', timed('s-a------f|', { medianDeltaMs: undefined, maxDeltaMs: undefined }));
    it('may be 0', timed('s-(ab)--f|', { medianDeltaMs: 0, maxDeltaMs: 0 }));
    it(
      'may be long',
      marbles(({ stream, flush }) => {
        const settlements: TimingSettlement[] = [];
        const source = stream('a 8999ms b 999ms (c|)');
        source.pipe(measureStream({ onSettled: (one) => settlements.push(one) })).subscribe();
        flush();
        const [{ timing } = { timing: nothing }] = settlements;
        expect(timing.maxDeltaMs).toBe(9_000);
        expect(Math.abs((timing.medianDeltaMs ?? 0) - 5_000)).toBeLessThan(5_000 / 256);
      }),
    );
  });

  describe('over a reset', () => {
    const retry = { R: reset({ delayMs: 4 }) };

    it(
      'includes the wait of the reader, and measures the answer that stands',
      timed(
        's-a-b-R----s---c-d-f|',
        { firstDeltaMs: 15, totalMs: 19, deltas: 2, charactersPerSecond: 2 / 0.009, medianDeltaMs: 2, maxDeltaMs: 2 },
        retry,
      ),
    );

    it(
      'counts the tokens of the answer that stands',
      timed('s-a-u-R----s--c-v-f|', { tokensPerSecond: 3 / 0.008 }, { ...retry, v: usage({ inputTokens: 20, outputTokens: 8 }) }),
    );

    it(
      'counts only those of the sum of aggregateUsage',
      timed(
        's-a-u-R----s--c-v-f|',
        { tokensPerSecond: 3 / 0.008 },
        { ...retry, v: usage({ inputTokens: 20, outputTokens: 8 }) },
        aggregateUsage(),
      ),
    );

    it(
      'keeps the deltas before a continuation, and does not count the delay as a gap',
      timed('s-a-b-R---------c-d-f|', { firstDeltaMs: 2, deltas: 4, medianDeltaMs: 2, maxDeltaMs: 2 }, { R: reset({ step: 1 }) }),
    );

    it(
      'subtracts the void rounds of a tool loop',
      timed('s-a-1-b-c-R-d-f|', { firstDeltaMs: 2, deltas: 2 }, { 1: step(1), R: reset({ step: 1 }) }),
    );
  });

  it(
    'does not count the time of a tool as a gap',
    timed('s-a-b-1---------c--d-f|', { deltas: 4, medianDeltaMs: 2.5, maxDeltaMs: 3 }, { 1: step(1) }),
  );

  describe('onSettled', () => {
    it(
      'is called on completion, with the timing of finish',
      marbles(({ stream, flush }) => {
        const settlements: TimingSettlement[] = [];
        stream('s-a-f--|')
          .pipe(measureStream({ onSettled: (one) => settlements.push(one) }))
          .subscribe();
        flush();
        expect(settlements).toMatchObject([{ outcome: 'complete', timing: { firstDeltaMs: 2, totalMs: 4, deltas: 1 } }]);
      }),
    );

    it(
      'is called on an error',
      marbles(({ stream, flush }) => {
        const settlements: TimingSettlement[] = [];
        const measured$ = stream('s-a--b--#').pipe(measureStream({ onSettled: (one) => settlements.push(one) }));
        measured$.subscribe({ error: () => undefined });
        flush();
        expect(settlements).toMatchObject([
          { outcome: 'error', timing: { firstDeltaMs: 2, totalMs: 8, deltas: 2, maxDeltaMs: 3, charactersPerSecond: 250 } },
        ]);
      }),
    );

    it(
      'is called on unsubscribe',
      marbles(({ stream, expectStream, flush }) => {
        const settlements: TimingSettlement[] = [];
        const measured$ = stream('s-a--b--c').pipe(measureStream({ onSettled: (one) => settlements.push(one) }));
        expectStream(measured$, '------!').toBe('s-a--b');
        flush();
        expect(settlements).toMatchObject([{ outcome: 'unsubscribe', timing: { totalMs: 6, deltas: 2 } }]);
      }),
    );

    it('is called for a stream without events', () => {
      const settlements: TimingSettlement[] = [];
      const operator = measureStream({ onSettled: (one) => settlements.push(one) });
      record(NEVER, operator);
      record(streamOf([]), operator);
      expect(settlements.map(({ outcome }) => outcome)).toEqual(['unsubscribe', 'complete']);
      expect(settlements[0]?.timing).toMatchObject({ deltas: 0, firstDeltaMs: undefined });
    });

    it('emits what it throws as the error', () => {
      const thrown = new Error('from the callback');
      const { source, subject } = observed();
      let calls = 0;
      const recorded = recordLive(
        source,
        measureStream({
          onSettled: () => {
            calls++;
            throw thrown;
          },
        }),
      );
      subject.error(new Error('from the source'));
      expect(recorded.end).toBe(thrown);
      expect(calls).toBe(1);
    });

    describe('where RxJS reports what is unhandled', () => {
      afterEach(() => {
        config.onUnhandledError = null;
      });

      it('reports what it throws on unsubscribe', async () => {
        const thrown = new Error('from the callback');
        const reported = new Promise<unknown>((resolve) => {
          config.onUnhandledError = resolve;
        });
        const { source, log } = observed();
        const recorded = recordLive(source, measureStream({ onSettled: throwIt(thrown) }));
        expect(() => recorded.unsubscribe()).not.toThrow();
        expect(log).toEqual(['subscribe', 'unsubscribe']);
        expect(await reported).toBe(thrown);
      });
    });

    it('is called exactly once, however the stream ends', () => {
      const anyEvent = fc.constantFrom<DeltaEvent>(ping(), start(), text('abc'), usage({ outputTokens: 1 }), step(1), reset());
      const anyEnd = fc.constantFrom('complete', 'error', 'unsubscribe', 'finish', 'throw') satisfies fc.Arbitrary<string>;
      fc.assert(
        fc.property(fc.array(anyEvent), anyEnd, fc.option(fc.integer({ min: 1, max: 4 })), (events, end, taken) => {
          let calls = 0;
          const onSettled = ({ outcome }: TimingSettlement): void => {
            calls++;
            if (end === 'throw' && outcome === 'complete') throw new Error('from the callback');
          };
          const { source, subject } = observed();
          const measured$ = source.pipe(measureStream({ onSettled }));
          const recorded = recordLive(taken === null ? measured$ : measured$.pipe(take(taken)), (same) => same);
          for (const event of events) subject.next(event);
          if (end === 'error') subject.error(new Error('from the source'));
          if (end === 'finish') subject.next(finish());
          if (end === 'complete' || end === 'throw' || end === 'finish') subject.complete();
          recorded.unsubscribe();
          expect(calls).toBe(1);
        }),
        { numRuns: 1_000 },
      );
    });
  });

  it('rejects unknown options', () => {
    // @ts-expect-error: a wrong name
    expect(() => measureStream({ onSettle: () => undefined })).toThrow(
      new TypeError('measureStream: unknown option "onSettle", did you mean "onSettled"?'),
    );
    // @ts-expect-error: a wrong type
    expect(() => measureStream({ onSettled: 5 })).toThrow(new TypeError('onSettled must be a function'));
  });

  it('keeps the type of its stream', () => {
    expectTypeOf(measureStream<DeltaEvent>()).toEqualTypeOf<MonoTypeOperatorFunction<DeltaEvent>>();
  });
});
