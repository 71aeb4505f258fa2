import { afterEach, describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import fc from 'fast-check';
import { config, defer, lastValueFrom, type MonoTypeOperatorFunction, NEVER, type Observable, Subject, take, timer } from 'rxjs';
import type { DeltaEvent, Price, TextDeltaEvent, Usage, UsageEvent } from '../../src/events.js';
import type { TokenCounter } from '../../src/metering/tokenCounter.js';
import { type AggregateUsageOptions, aggregateUsage, type UsageSettlement } from '../../src/operators/aggregateUsage.js';
import { ofEvent } from '../../src/operators/ofEvent.js';
import { retryStream } from '../../src/operators/retryStream.js';
import { stopOn } from '../../src/operators/stopOn.js';
import { withCost } from '../../src/operators/withCost.js';
import {
  file,
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
  toolCallEnd,
  toolCallStart,
  usage,
  usageOf,
} from '../../src/testing/index.js';
import { anyChunking, anyText, cut } from '../support/chunks.js';
import { observed, operatorContract, record, recordLive } from '../support/operatorContract.js';
import { requestUsage, voidUsage } from '../support/requestUsage.js';

const low = { estimated: true, confidence: 'low' } as const;

/** The usages that are emitted, in order. */
function usagesOf(events: readonly DeltaEvent[], options?: AggregateUsageOptions): Usage[] {
  return record(streamOf(events), (source) => source.pipe(aggregateUsage(options), ofEvent('usage'))).values.map(
    (event) => (event as UsageEvent).usage,
  );
}

/** One token per word, like a tokenizer that has the whole text so far. */
function wordCounter(ready = true): TokenCounter & { loads: number; ready: boolean } {
  const count = (whole: string): number => whole.split(' ').filter((word) => word !== '').length;
  return {
    ready,
    loads: 0,
    load() {
      this.loads++;
      return Promise.resolve();
    },
    count,
    stream() {
      let whole = '';
      return {
        push(more) {
          whole += more;
          return count(whole);
        },
      };
    },
  };
}

// usageCollector.ts and tallies.ts are tested through the operator.
describe('aggregateUsage', () => {
  operatorContract(() => aggregateUsage(), { kind: 'mirror' });
  operatorContract(() => aggregateUsage({ countTokens: wordCounter(), prompt: 'Hello', every: 1, onSettled: () => undefined }), {
    kind: 'mirror',
    throwing: (error) =>
      aggregateUsage({
        onSettled: () => {
          throw error;
        },
      }),
  });

  describe('with the figures of the provider', () => {
    it(
      'emits the last ones just before finish',
      marbles(({ stream, expectStream, expectSubscriptions }) => {
        const source = stream(' s-u-a-v-(f|)', { u: usage({ inputTokens: 10, outputTokens: 1 }), v: full });
        const result = '        s---a---(uf|)';
        expectStream(source.pipe(aggregateUsage())).toBe(result, { u: full });
        expectSubscriptions(source.subscriptions).toBe('^-------!');
      }),
    );

    const full = usage({
      inputTokens: 10,
      outputTokens: 5,
      totalTokens: 15,
      cachedInputTokens: 4,
      native: { prompt_tokens: 10 },
    });

    it('takes them as they are, whatever the text', () => {
      expect(usagesOf([start(), text('x'.repeat(400)), full, finish()], { prompt: 'x'.repeat(400) })).toEqual([full.usage]);
    });

    it('adds up the total if the provider reports none', () => {
      const [sum] = usagesOf([start(), usage({ inputTokens: 10, outputTokens: 5 }), finish()]);
      expect(sum).toMatchObject({ totalTokens: 15, estimated: false, confidence: 'exact' });
      const [own] = usagesOf([start(), usage({ inputTokens: 10, outputTokens: 5, totalTokens: 14 }), finish()]);
      expect(own?.totalTokens).toBe(14);
    });

    it('estimates only the figures that are missing', () => {
      const events = [start(), text('x'.repeat(20)), usage({ inputTokens: 10 }), finish()];
      expect(usagesOf(events)).toMatchObject([{ inputTokens: 10, outputTokens: 5, totalTokens: 15, ...low }]);
      const [unasked] = usagesOf([start(), text('x'.repeat(20)), usage({ outputTokens: 7 }), finish()]);
      expect(unasked).toMatchObject({ inputTokens: undefined, outputTokens: 7, totalTokens: undefined, confidence: 'exact' });
      const [asked] = usagesOf([start(), usage({ outputTokens: 7 }), finish()], { prompt: 'Hello' });
      expect(asked).toMatchObject({ inputTokens: 2, outputTokens: 7, totalTokens: 9, ...low });
    });
  });

  describe('without them', () => {
    it(
      'estimates one before finish',
      marbles(({ stream, expectStream }) => {
        const source = stream(' s-a-b-(f|)');
        const result = '        s-a-b-(uf|)';
        expectStream(source.pipe(aggregateUsage())).toBe(result, { u: usage({ outputTokens: 1, ...low }) });
      }),
    );

    it.each([
      ['openai', 42, 11],
      ['anthropic', 42, 12],
      ['xai', 42, 10],
      ['anyone', 42, 11],
    ])('counts the characters of %s by its own ratio', (provider, characters, tokens) => {
      const events = [start({ provider }), text('x'.repeat(characters)), finish()];
      expect(usagesOf(events)).toMatchObject([{ outputTokens: tokens, inputTokens: undefined, ...low }]);
    });

    it('counts all that the model generated, once', () => {
      const said = [
        text('1234'),
        reasoning('1234', { block: 1 }),
        refusal('1234', { block: 2 }),
        text('1234', { choice: 1 }),
        toolCallStart('call', '1234', { block: 3 }),
        toolCallDelta('call', '12', { block: 3 }),
        toolCallDelta('call', '34', { block: 3 }),
        toolCallEnd('call', '1234', '1234', { block: 3 }),
      ];
      expect(usagesOf([start(), ...said, finish()])).toMatchObject([{ outputTokens: 6 }]);
      expect(usagesOf([start(), ...said, finish()], { countTokens: (whole) => whole.length })).toMatchObject([
        { outputTokens: 24 },
      ]);
    });

    it('estimates the input of a prompt in any form', () => {
      const inputs = (prompt: unknown) => usagesOf([start(), finish()], { prompt })[0]?.inputTokens;
      expect(inputs('12345678')).toBe(2);
      expect(inputs([{ role: 'user', content: '12345678' }])).toBe(2);
      expect(inputs({ model: 'gpt', messages: [{ role: 'user', content: [{ type: 'text', text: '12345678' }] }] })).toBe(2);
      expect(inputs(undefined)).toBeUndefined();
    });

    it('emits nothing for a stream of pings', () => {
      expect(usagesOf([ping(), ping()])).toEqual([]);
    });

    it(
      'emits it before the completion of a stream without finish',
      marbles(({ stream, expectStream }) => {
        const source = stream(' s-a-b-(|)');
        const result = '        s-a-b-(u|)';
        expectStream(source.pipe(aggregateUsage())).toBe(result, { u: usage({ outputTokens: 1, ...low }) });
      }),
    );

    it(
      'emits none on an error',
      marbles(({ stream, expectStream }) => {
        expectStream(stream('s-u-a-#').pipe(aggregateUsage())).toBe('s---a-#');
      }),
    );
  });

  describe('countTokens', () => {
    it("counts nothing with 'none': figures that are not reported stay unknown", () => {
      const countTokens = 'none';
      expect(usagesOf([start(), text('a'), finish()], { countTokens, prompt: 'b' })).toMatchObject([
        { inputTokens: undefined, outputTokens: undefined, estimated: false },
      ]);
      expect(usagesOf([start(), usage({ inputTokens: 3, outputTokens: 1 }), text('a'), finish()], { countTokens })).toMatchObject(
        [{ inputTokens: 3, outputTokens: 1, estimated: false }],
      );
    });

    const answer = [start(), text('one two '), text('three'), text('four', { choice: 1 }), finish()];

    it('accepts a counter, and counts each block as one text', () => {
      const counter = wordCounter();
      expect(usagesOf(answer, { countTokens: counter, prompt: ['a b', 'c'] })).toMatchObject([
        { inputTokens: 3, outputTokens: 4, totalTokens: 7, estimated: true, confidence: 'low' },
      ]);
      expect(counter.loads).toBe(1);
    });

    it.each([
      ['frames of messages', [{ role: 'user', content: 'a b' }], 2 + 7, 'high'],
      [
        'frames and an image',
        [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'a', detail: 'low' } }] }],
        7 + 85,
        'high',
      ],
      ['a file, for which there is no rule', [{ role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }] }], 7, 'low'],
    ])('counts %s of the prompt', (_, prompt, inputTokens, confidence) => {
      const said = [start({ provider: 'openai', model: 'gpt-4o' }), text('one two'), finish()];
      expect(usagesOf(said, { countTokens: wordCounter(), prompt })).toMatchObject([
        { inputTokens, outputTokens: 2, confidence },
      ]);
      // The prompt needs no estimate where the provider has counted it.
      const told = [...said.slice(0, -1), usage({ inputTokens: 5 }), finish()];
      expect(usagesOf(told, { countTokens: wordCounter(), prompt })).toMatchObject([{ inputTokens: 5, confidence: 'high' }]);
    });

    it('accepts a function of a text', () => {
      const texts: string[] = [];
      const countTokens = (whole: string): number => texts.push(whole);
      expect(usagesOf(answer, { countTokens })).toMatchObject([{ outputTokens: 3, confidence: 'high' }]);
      expect(texts).toEqual(['one two three', 'four']);
    });

    it('counts nothing if the provider reports its figures', () => {
      const countTokens = (): number => {
        throw new Error('not needed');
      };
      expect(usagesOf([start(), text('a'), usage({ inputTokens: 1, outputTokens: 1 }), finish()], { countTokens })).toHaveLength(
        1,
      );
    });

    it(
      'loads a counter on subscribe, and delays no event for it',
      marbles(({ stream, expectStream }) => {
        const counter = { ...wordCounter(false), load: () => new Promise<void>(() => undefined) };
        const source = stream('s-a-b-(f|)');
        const result = '       s-a-b-(uf|)';
        expectStream(source.pipe(aggregateUsage({ countTokens: counter }))).toBe(result, {
          u: usage({ outputTokens: 1, ...low }),
        });
      }),
    );

    it('counts the text before the counter was ready, and does not call it until then', () => {
      const words = wordCounter(false);
      const counter = {
        ...words,
        stream() {
          if (!this.ready) throw new Error('not loaded');
          return words.stream();
        },
      };
      const { source, subject } = observed();
      const recorded = recordLive(source, aggregateUsage({ countTokens: counter }));
      for (const event of answer.slice(0, 3)) subject.next(event);
      counter.ready = true;
      for (const event of answer.slice(3)) subject.next(event);
      expect(recorded.values.at(-2)).toMatchObject({ usage: { outputTokens: 4, confidence: 'high' } });
    });

    it('estimates by characters when a counter cannot load', async () => {
      const rejected: unknown[] = [];
      const note = (reason: unknown): void => void rejected.push(reason);
      process.on('unhandledRejection', note);
      const refusing = { ...wordCounter(false), load: () => Promise.reject(new Error('offline')) };
      const throwing = {
        ...wordCounter(false),
        load: () => {
          throw new Error('offline');
        },
      };
      for (const countTokens of [refusing, throwing]) {
        expect(usagesOf(answer, { countTokens })).toMatchObject([{ outputTokens: 5, ...low }]);
      }
      await lastValueFrom(timer(0), { defaultValue: 0 });
      process.off('unhandledRejection', note);
      expect(rejected).toEqual([]);
    });

    it.each([
      ['finish', answer],
      ['a reset', [...answer.slice(0, 3), reset(), ...answer]],
      ['a completion without finish', answer.slice(0, -1)],
    ])('emits a throw at %s as the error, and settles by characters', (_, events) => {
      const error = new Error('from the counter');
      const settlements: UsageSettlement[] = [];
      const countTokens = (): number => {
        throw error;
      };
      const { end } = record(streamOf(events), aggregateUsage({ countTokens, onSettled: (one) => settlements.push(one) }));
      expect(end).toBe(error);
      expect(settlements).toMatchObject([{ outcome: 'error', usage: low }]);
    });

    it('emits a throw at an error as the error, and settles by characters', () => {
      const error = new Error('from the counter');
      const settlements: UsageSettlement[] = [];
      const countTokens = (): number => {
        throw error;
      };
      const { source, subject } = observed();
      const recorded = recordLive(source, aggregateUsage({ countTokens, onSettled: (one) => settlements.push(one) }));
      for (const event of answer.slice(0, 3)) subject.next(event);
      subject.error(new Error('from the source'));
      expect(recorded.end).toBe(error);
      expect(settlements).toMatchObject([{ outcome: 'error', usage: { outputTokens: 4, ...low } }]);
    });

    it('rejects a value that cannot count', () => {
      const message = "countTokens must be 'auto', 'character', 'none', a function, or a counter with ready, load, count, stream";
      // @ts-expect-error: a wrong word
      expect(() => aggregateUsage({ countTokens: 'tiktoken' })).toThrow(new TypeError(message));
      // @ts-expect-error: half a counter
      expect(() => aggregateUsage({ countTokens: { ready: true, count: () => 0 } })).toThrow(TypeError);
      const { ready: _, ...unready } = wordCounter();
      // @ts-expect-error: it cannot say whether it can count
      expect(() => aggregateUsage({ countTokens: unready })).toThrow(TypeError);
    });
  });

  describe('over resets', () => {
    it('sums the larger of the figures and the estimate of each attempt', () => {
      // Cumulative figures, as a join emits them.
      const events = [
        start(),
        usage({ inputTokens: 10, outputTokens: 1 }),
        text('x'.repeat(40)),
        reset(),
        start(),
        usage({ inputTokens: 20, outputTokens: 2 }),
        text('y'),
        usage({ inputTokens: 20, outputTokens: 6 }),
        finish(),
      ];
      expect(usagesOf(events)).toMatchObject([{ inputTokens: 20, outputTokens: 15, totalTokens: 35, ...low }]);
    });

    it(
      'sums over retryStream, and counts no figure twice',
      marbles(({ stream, expectStream }) => {
        const broken = new TypeError('broken');
        const first = stream(' s-u-a-#', { u: usage({ inputTokens: 10, outputTokens: 8 }) }, broken);
        const second = stream('s-u-b-(f|)', { u: usage({ inputTokens: 12, outputTokens: 3 }) });
        const attempts = [first, second];
        const source = defer(() => attempts.shift() ?? NEVER);
        const retrying = retryStream({ shouldRetry: () => true, initialDelayMs: 3, jitter: 0 });
        const result = '       ---------------(u|)';
        const requests = [
          voidUsage({ inputTokens: 10, outputTokens: 8, totalTokens: 18, ...low }),
          requestUsage({ inputTokens: 12, outputTokens: 3, totalTokens: 15 }, { attempt: 2 }),
        ];
        const total = { ...usage({ inputTokens: 22, outputTokens: 11, totalTokens: 33, ...low }), requests };
        expectStream(source.pipe(retrying, aggregateUsage(), ofEvent('usage'))).toBe(result, { u: total });
      }),
    );

    it('counts nothing for an attempt that was rejected', () => {
      const exact = usage({ inputTokens: 10, outputTokens: 5, totalTokens: 15 });
      expect(usagesOf([ping(), reset(), reset(), start(), text('a'), exact, finish()])).toEqual([exact.usage]);
    });

    it('estimates an attempt without figures', () => {
      const events = [
        start(),
        text('x'.repeat(8)),
        usage({ inputTokens: 9, outputTokens: 2 }),
        reset(),
        start(),
        text('y'.repeat(8)),
        finish(),
      ];
      expect(usagesOf(events)).toMatchObject([{ inputTokens: 9, outputTokens: 4 }]);
      expect(usagesOf(events, { prompt: 'x'.repeat(20) })).toMatchObject([{ inputTokens: 14, outputTokens: 4 }]);
    });

    it('does not treat a figure that did not grow as 0', () => {
      const told = { inputTokens: 9, outputTokens: 2 };
      const events = [
        start(),
        usage(told),
        reset(),
        start(),
        usage({ ...told, inputTokens: 18 }),
        text('x'.repeat(40)),
        finish(),
      ];
      expect(usagesOf(events)).toMatchObject([{ inputTokens: 18, outputTokens: 12, ...low }]);
    });

    it('uses the ratio of the provider that answers', () => {
      const said = text('x'.repeat(42));
      const events = [
        start({ provider: 'openai' }),
        said,
        reset({ cause: 'fallback' }),
        start({ provider: 'anthropic' }),
        said,
        finish(),
      ];
      expect(usagesOf(events)).toMatchObject([{ outputTokens: 11 + 12 }]);
    });

    it('keeps counting over steps, because a reset never voids usage', () => {
      const events = [
        start(),
        text('x'.repeat(8)),
        usage({ inputTokens: 5, outputTokens: 2 }),
        step(1),
        text('x'.repeat(8)),
        reset({ step: 1 }),
        text('x'.repeat(8)),
        usage({ inputTokens: 15, outputTokens: 4 }),
        finish(),
      ];
      expect(usagesOf(events)).toMatchObject([{ inputTokens: 15, outputTokens: 4 + 2 }]);
    });
  });

  it('takes the larger figure if stopOn ended the request', () => {
    const button = new Subject<void>();
    const { source, subject } = observed();
    const recorded = recordLive(source, (events$) => events$.pipe(stopOn(button), aggregateUsage()));
    for (const event of [start(), usage({ inputTokens: 10, outputTokens: 1 }), text('x'.repeat(40))]) subject.next(event);
    button.next();
    expect(recorded.values.slice(-2)).toMatchObject([
      { type: 'usage', usage: { inputTokens: 10, outputTokens: 10, totalTokens: 20, ...low } },
      { type: 'finish', reason: 'aborted' },
    ]);
  });

  describe('every', () => {
    const x = text('12345678');
    const total = (outputTokens: number): UsageEvent =>
      usage({ inputTokens: 10, outputTokens, totalTokens: 10 + outputTokens, ...low });

    it(
      'emits a running total after every n deltas',
      marbles(({ stream, expectStream }) => {
        const told = usage({ inputTokens: 10, outputTokens: 1 });
        const source = stream(' s-t-x---x---p---x---x---v(f|)', { x, t: told, v: usage({ inputTokens: 10, outputTokens: 7 }) });
        const result = '        s---x---(xu)p---x---(xv)-(wf|)';
        const exact = usage({ inputTokens: 10, outputTokens: 7, totalTokens: 17 });
        expectStream(source.pipe(aggregateUsage({ every: 2 }))).toBe(result, { x, u: total(4), v: total(8), w: exact });
      }),
    );

    it('counts every delta: reasoning, arguments and files too', () => {
      const deltas = [reasoning('a'), toolCallDelta('c', '{}', { block: 1 }), file('aGk=', { block: 2 }), x];
      expect(usagesOf([start(), ...deltas], { every: 1 })).toHaveLength(deltas.length + 1);
      expect(usagesOf([start(), toolCallStart('c', 'n'), ping()], { every: 1 })).toHaveLength(1);
    });

    it('counts with a counter as the text grows', () => {
      const events = [start(), text('one two '), text('three'), text('four'), finish()];
      const outputs = (options: AggregateUsageOptions) => usagesOf(events, options).map(({ outputTokens }) => outputTokens);
      expect(outputs({ countTokens: wordCounter(), every: 1 })).toEqual([2, 3, 3, 3]);
    });

    it('calls a function with whole texts only: characters are counted until the end', () => {
      const texts: string[] = [];
      const countTokens = (whole: string): number => texts.push(whole);
      const running = usagesOf([start(), x, x, finish()], { countTokens, every: 1 });
      expect(running.map(({ outputTokens, confidence }) => [outputTokens, confidence])).toEqual([
        [2, 'low'],
        [4, 'low'],
        [1, 'high'],
      ]);
      expect(texts).toEqual(['1234567812345678']);
    });

    it('emits what a counter throws as the error', () => {
      const error = new Error('from the counter');
      const countTokens: TokenCounter = {
        ...wordCounter(),
        stream: () => ({
          push() {
            throw error;
          },
        }),
      };
      const { end, values } = record(streamOf([start(), x, x, finish()]), aggregateUsage({ countTokens, every: 2 }));
      expect(end).toBe(error);
      expect(values).toEqual([start(), x, x]);
    });

    it('rejects a number that is not whole and > 0', () => {
      expect(() => aggregateUsage({ every: 0 })).toThrow(RangeError);
      expect(() => aggregateUsage({ every: 1.5 })).toThrow(RangeError);
    });
  });

  describe('onSettled', () => {
    function settling(): { readonly settlements: UsageSettlement[]; readonly operator: MonoTypeOperatorFunction<DeltaEvent> } {
      const settlements: UsageSettlement[] = [];
      return { settlements, operator: aggregateUsage({ onSettled: (settlement) => settlements.push(settlement) }) };
    }

    it('has the last usage on completion', () => {
      const { settlements, operator } = settling();
      const told = usage({ inputTokens: 10, outputTokens: 5, totalTokens: 15 });
      record(streamOf([start(), told, finish()]), operator);
      expect(settlements).toEqual([{ usage: told.usage, outcome: 'complete' }]);
    });

    it('has the usage until then on an error', () => {
      const { settlements, operator } = settling();
      const { source, subject } = observed();
      const recorded = recordLive(source, operator);
      for (const event of [start(), usage({ inputTokens: 10, outputTokens: 1 }), text('x'.repeat(40))]) subject.next(event);
      const error = new Error('from the source');
      subject.error(error);
      expect(recorded.end).toBe(error);
      expect(settlements).toMatchObject([{ usage: { inputTokens: 10, outputTokens: 10, ...low }, outcome: 'error' }]);
    });

    it('has the usage until then on unsubscribe', () => {
      const { settlements, operator } = settling();
      streamOf([start(), text('x'.repeat(8)), text('y')])
        .pipe(operator, take(2))
        .subscribe();
      expect(settlements).toMatchObject([{ usage: { outputTokens: 2, ...low }, outcome: 'unsubscribe' }]);
    });

    it('reports no usage if no event arrived', () => {
      const { settlements, operator } = settling();
      record(NEVER, operator);
      record(streamOf([]), operator);
      expect(settlements.map(({ outcome }) => outcome)).toEqual(['unsubscribe', 'complete']);
      expect(settlements[0]?.usage).toEqual(usageOf({ outputTokens: 0, ...low }));
    });

    it('emits what it throws as the error', () => {
      const thrown = new Error('from the callback');
      const { source, subject } = observed();
      let calls = 0;
      const onSettled = (): void => {
        calls++;
        throw thrown;
      };
      const recorded = recordLive(source, aggregateUsage({ onSettled }));
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
        const onSettled = (): void => {
          throw thrown;
        };
        const recorded = recordLive(source, aggregateUsage({ onSettled }));
        expect(() => recorded.unsubscribe()).not.toThrow();
        expect(log).toEqual(['subscribe', 'unsubscribe']);
        expect(await reported).toBe(thrown);
      });
    });

    it('is called exactly once, however the stream ends', () => {
      const anyEvent = fc.constantFrom<DeltaEvent>(
        ping(),
        start(),
        text('abc'),
        reasoning('d'),
        usage({ inputTokens: 1 }),
        step(1),
        reset(),
      );
      const anyEnd = fc.constantFrom('complete', 'error', 'unsubscribe', 'finish', 'throw') satisfies fc.Arbitrary<string>;
      fc.assert(
        fc.property(fc.array(anyEvent), anyEnd, fc.option(fc.integer({ min: 1, max: 4 })), (events, end, taken) => {
          const outcomes: string[] = [];
          const onSettled = ({ outcome }: UsageSettlement): void => {
            outcomes.push(outcome);
            if (end === 'throw' && outcome === 'complete') throw new Error('from the callback');
          };
          const { source, subject } = observed();
          const settled$ = source.pipe(aggregateUsage({ onSettled, every: 2 }));
          const recorded = recordLive(taken === null ? settled$ : settled$.pipe(take(taken)), (same) => same);
          for (const event of events) subject.next(event);
          if (end === 'error') subject.error(new Error('from the source'));
          if (end === 'finish') subject.next(finish());
          if (end === 'complete' || end === 'throw' || end === 'finish') subject.complete();
          recorded.unsubscribe();
          recorded.unsubscribe();
          expect(outcomes).toHaveLength(1);
        }),
        { numRuns: 1_000 },
      );
    });
  });

  describe('price', () => {
    /** A dollar per token, ten for the model `dear`, no price for `unknown`. */
    const price: Price = ({ inputTokens, outputTokens }, { model }) => {
      if (model === 'unknown' || inputTokens === undefined || outputTokens === undefined) return undefined;
      const total = (model === 'dear' ? 10 : 1) * (inputTokens + outputTokens);
      return { total, currency: 'USD', input: undefined, output: undefined, cacheSavings: undefined };
    };
    const prompt = 'x'.repeat(40);

    /** The outcome and the cost of the settlement. */
    function settledCost(events: readonly DeltaEvent[], end: 'complete' | 'error' | 'unsubscribe'): [string, number | undefined] {
      const told: [string, number | undefined][] = [];
      const onSettled = ({ outcome, usage: { cost } }: UsageSettlement): void => void told.push([outcome, cost?.total]);
      const { source, subject } = observed();
      const recorded = recordLive(source, aggregateUsage({ price, prompt, onSettled }));
      for (const event of events) subject.next(event);
      if (end === 'complete') subject.complete();
      else if (end === 'error') subject.error(new Error('from the source'));
      else recorded.unsubscribe();
      expect(told).toHaveLength(1);
      return told[0] ?? ['never', undefined];
    }

    it('returns the cost however the stream ends', () => {
      const told = usage({ inputTokens: 10, outputTokens: 5 });
      expect(settledCost([start(), text('abcd'), told, finish()], 'complete')).toEqual(['complete', 15]);
      expect(settledCost([start(), text('abcd')], 'error')).toEqual(['error', 11]);
      expect(settledCost([start(), text('abcd')], 'unsubscribe')).toEqual(['unsubscribe', 11]);
    });

    it('prices each attempt by the model that answered it', () => {
      const cut = [start({ model: 'dear' }), text('abcd'), reset({ cause: 'fallback' }), start({ model: 'cheap' }), text('abcd')];
      expect(settledCost(cut, 'unsubscribe')).toEqual(['unsubscribe', 110 + 11]);
      expect(settledCost(cut, 'error')).toEqual(['error', 110 + 11]);
    });

    it('has no cost if one is unknown, never 0', () => {
      expect(settledCost([start({ model: 'unknown' }), text('a')], 'unsubscribe')).toEqual(['unsubscribe', undefined]);
      expect(settledCost([], 'unsubscribe')).toEqual(['unsubscribe', undefined]);
    });

    it('adds the cost to every usage, as withCost does', () => {
      const events = [start(), text('abcd'), text('abcd'), finish()];
      expect(usagesOf(events, { price, prompt, every: 1 }).map(({ cost }) => cost?.total)).toEqual([11, 12, 12]);
      const apart = streamOf(events).pipe(aggregateUsage({ prompt, every: 1 }), withCost(price));
      const together = streamOf(events).pipe(aggregateUsage({ prompt, every: 1, price }));
      const same = (source: Observable<DeltaEvent>): Observable<DeltaEvent> => source;
      expect(record(together, same)).toEqual(record(apart, same));
    });

    it('emits what it throws as the error, and settles without a cost', () => {
      const thrown = new Error('from the price');
      const settlements: UsageSettlement[] = [];
      const broken: Price = () => {
        throw thrown;
      };
      const onSettled = (settlement: UsageSettlement): void => void settlements.push(settlement);
      const events = [start(), text('abcd'), finish()];
      expect(record(streamOf(events), aggregateUsage({ price: broken, onSettled }))).toEqual({
        values: events.slice(0, 2),
        end: thrown,
      });
      expect(settlements).toMatchObject([{ outcome: 'error', usage: { outputTokens: 1, cost: undefined } }]);
    });

    it('must be a function', () => {
      // @ts-expect-error: a number
      expect(() => aggregateUsage({ price: 5 })).toThrow(new TypeError('price must be a function'));
    });
  });

  it('does not depend on chunking', () => {
    const said = fc.record({ thought: anyText, answer: anyText, other: anyText, name: anyText, json: anyText });
    fc.assert(
      fc.property(said, anyChunking, fc.boolean(), ({ thought, answer, other, name, json }, sizes, counted) => {
        const stream = (chunks: readonly number[]): DeltaEvent[] => [
          start({ provider: 'anthropic' }),
          ...cut(thought, chunks).map((piece) => reasoning(piece)),
          ...interleave(
            cut(answer, chunks).map((piece) => text(piece, { block: 1 })),
            cut(other, chunks.toReversed()).map((piece) => text(piece, { choice: 1 })),
          ),
          toolCallStart('c', name, { block: 2 }),
          ...cut(json, chunks).map((piece) => toolCallDelta('c', piece, { block: 2 })),
          finish(),
        ];
        const options = counted ? { countTokens: wordCounter() } : {};
        expect(usagesOf(stream(sizes), options)).toEqual(usagesOf(stream([]), options));
      }),
      { numRuns: 1_000 },
    );
  });

  it('keeps the type of its stream, and adds usage to a narrower one', () => {
    expectTypeOf(aggregateUsage<DeltaEvent>()).toEqualTypeOf<MonoTypeOperatorFunction<DeltaEvent>>();
    const events$: Observable<DeltaEvent> = NEVER;
    expectTypeOf(events$.pipe(aggregateUsage())).toEqualTypeOf<Observable<DeltaEvent>>();
    const narrow$ = events$.pipe(ofEvent('text-delta'), aggregateUsage());
    expectTypeOf(narrow$).toEqualTypeOf<Observable<TextDeltaEvent | UsageEvent>>();
  });

  it('rejects unknown options', () => {
    // @ts-expect-error: a wrong name
    expect(() => aggregateUsage({ countToken: 'auto' })).toThrow(
      new TypeError('aggregateUsage: unknown option "countToken", did you mean "countTokens"?'),
    );
    // @ts-expect-error: a wrong type
    expect(() => aggregateUsage({ onSettled: 5 })).toThrow(new TypeError('onSettled must be a function'));
  });
});

function interleave<T>(left: readonly T[], right: readonly T[]): T[] {
  const turns = Array.from({ length: Math.max(left.length, right.length) }, (_, turn) => [
    ...left.slice(turn, turn + 1),
    ...right.slice(turn, turn + 1),
  ]);
  return turns.flat();
}
