import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import fc from 'fast-check';
import { defer, type MonoTypeOperatorFunction, NEVER, type Observable } from 'rxjs';
import { ConnectionError } from '../../src/errors.js';
import type { Confidence, Cost, DeltaEvent, Price, Usage } from '../../src/events.js';
import { writtenText } from '../../src/message/deltas.js';
import type { TokenCounter } from '../../src/metering/tokenCounter.js';
import { aggregateUsage } from '../../src/operators/aggregateUsage.js';
import { retryStream } from '../../src/operators/retryStream.js';
import { type TakeWithinBudgetOptions, takeWithinBudget } from '../../src/operators/takeWithinBudget.js';
import { toMessage } from '../../src/operators/toMessage.js';
import { withCost } from '../../src/operators/withCost.js';
import {
  blockEnd,
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
} from '../../src/testing/index.js';
import { anyChunking, anyText, cut } from '../support/chunks.js';
import { observed, operatorContract, record, recordLive } from '../support/operatorContract.js';
import { requestUsage, voidUsage } from '../support/requestUsage.js';

const low = { estimated: true, confidence: 'low' } as const;
const spent = finish('budget', { rawReason: undefined, choices: [{ choice: 0, reason: 'budget', rawReason: undefined }] });
const used = (outputTokens: number): DeltaEvent => usage({ outputTokens, ...low });
/** The sum of two attempts. */
const usedTwice = (first: number, second: number, confidence: Confidence = 'low'): DeltaEvent => ({
  ...usage({ outputTokens: first + second, ...low, confidence }),
  requests: [
    voidUsage({ outputTokens: first, ...low, confidence }),
    requestUsage({ outputTokens: second, ...low, confidence }, { attempt: 2 }),
  ],
});

/** A dollar per token of input and output. */
const dollars = (total: number): Cost => ({
  total,
  currency: 'USD',
  input: undefined,
  output: undefined,
  cacheSavings: undefined,
});
const dollarPrice: Price = ({ inputTokens = 0, outputTokens = 0 }) => dollars(inputTokens + outputTokens);

/** One token per letter. */
const letterCounter = (ready = true): TokenCounter & { pushed: string[] } => ({
  ready,
  pushed: [],
  load: () => Promise.resolve(),
  count: (whole) => whole.length,
  stream() {
    let tokens = 0;
    return {
      push: (more) => {
        this.pushed.push(more);
        tokens += more.length;
        return tokens;
      },
    };
  },
});

/** The events that are emitted for a synchronous source. */
const within = (events: readonly DeltaEvent[], options: TakeWithinBudgetOptions): readonly DeltaEvent[] =>
  record(streamOf(events), takeWithinBudget(options)).values as readonly DeltaEvent[];

const textOf = (events: readonly DeltaEvent[]): string =>
  events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');

function fail(error: unknown): never {
  throw error;
}

// budget.ts and characterLimit.ts are tested through the operator.
describe('takeWithinBudget', () => {
  operatorContract(() => takeWithinBudget({ maxOutputTokens: 1_000, maxCost: 1_000, maxChars: 1_000, price: dollarPrice }), {
    kind: 'mirror',
    throwing: (error) =>
      takeWithinBudget({
        maxCost: 1,
        price: () => {
          throw error;
        },
      }),
  });

  it(
    'ends the stream and the request as soon as the budget is spent',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('s-a-b-c-d-f|');
      const result = '       s-a-b-(cuf|)';
      expectStream(source.pipe(takeWithinBudget({ maxChars: 3 }))).toBe(result, { u: used(1), f: spent });
      expectSubscriptions(source.subscriptions).toBe('^-----!');
    }),
  );

  it(
    'mirrors a stream within its budget',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('s-a-p-R-s-b-u-(f|)');
      const result = '       s-a-p-R-s-b-u-(f|)';
      const options = { maxChars: 2, maxOutputTokens: 100, maxCost: 100, price: dollarPrice };
      expectStream(source.pipe(takeWithinBudget(options))).toBe(result);
      expectSubscriptions(source.subscriptions).toBe('^-------------!');
    }),
  );

  it('aborts the request before it emits anything else', () => {
    const { source, log, subject } = observed();
    const seen: string[] = [];
    source
      .pipe(takeWithinBudget({ maxChars: 1 }))
      .subscribe({ next: ({ type }) => seen.push(`${type} ${log.length}`), error: fail });
    subject.next(start());
    subject.next(text('a'));
    expect(seen).toEqual(['start 1', 'text-delta 1', 'usage 2', 'finish 2']);
    expect(log).toEqual(['subscribe', 'unsubscribe']);
  });

  it('lets folds keep the text so far', () => {
    const { values } = record(streamOf([start(), text('Hello'), finish()]), (events$) =>
      events$.pipe(takeWithinBudget({ maxChars: 4 }), toMessage()),
    );
    expect(values).toMatchObject([{ text: 'Hell', finishReason: 'budget', usage: { outputTokens: 2 } }]);
  });

  describe('maxChars', () => {
    it('cuts the delta that exceeds it', () => {
      expect(within([start(), text('Hel'), text('lo world'), finish()], { maxChars: 5 })).toEqual([
        start(),
        text('Hel'),
        text('lo'),
        used(3),
        spent,
      ]);
    });

    it('never cuts a surrogate pair, in one delta or in two', () => {
      expect(within([text('ab😀')], { maxChars: 3 }).slice(0, -2)).toEqual([text('ab')]);
      expect(within([text('ab\ud83d'), text('\ude00')], { maxChars: 3 }).slice(0, -2)).toEqual([text('ab')]);
      expect(within([text('ab'), text('😀')], { maxChars: 3 }).slice(0, -2)).toEqual([text('ab')]);
      expect(within([text('ab'), text('😀')], { maxChars: 4 }).slice(0, -2)).toEqual([text('ab'), text('😀')]);
    });

    it('counts text and refusals of all choices, but no reasoning and no arguments', () => {
      const unseen = [reasoning('xxxx'), toolCallStart('c', 'xxxx'), toolCallDelta('c', 'xxxx')];
      const seen = [text('a'), text('b', { choice: 1 }), text('c', { phase: 'commentary' }), refusal('d')];
      expect(within([...unseen, ...seen, text('e')], { maxChars: 4 })).toEqual([...unseen, ...seen, used(4), spent]);
    });

    it('counts from 0 in a new attempt, but keeps the usage', () => {
      const events = [start(), text('abc'), reset(), start(), text('abcde')];
      expect(within(events, { maxChars: 4 })).toEqual([...events.slice(0, 4), text('abcd'), usedTwice(1, 2), spent]);
    });

    it('subtracts only the text of void steps', () => {
      const events = [start(), text('ab'), step(1), text('cd'), reset({ step: 1 }), text('cdef')];
      expect(textOf(within(events, { maxChars: 5 }))).toBe('abcdcde');
    });

    it('emits exactly as much text, however it is cut', () => {
      fc.assert(
        fc.property(anyText, anyChunking, fc.integer({ min: 1, max: 40 }), (whole, sizes, maxChars) => {
          const pieces = cut(whole, sizes).map((piece) => text(piece));
          const left = within([start(), ...pieces, finish()], { maxChars });
          const said = textOf(left);
          const splits = whole.length >= maxChars && /[\ud800-\udbff]/.test(whole.charAt(maxChars - 1));
          expect(said).toBe(whole.slice(0, splits ? maxChars - 1 : maxChars));
          const ends = left.filter(({ type }) => type === 'finish');
          expect(ends).toMatchObject([{ reason: whole.length >= maxChars ? 'budget' : 'stop' }]);
          expect(left.at(-1)).toBe(ends[0]);
        }),
        { numRuns: 1_000 },
      );
    });
  });

  describe('maxOutputTokens', () => {
    it.each([
      ['openai', 13],
      ['anthropic', 11],
      ['xai', 13],
    ])('counts the characters of %s by its own ratio', (provider, letters) => {
      const stream = [start({ provider }), ...Array.from('x'.repeat(20), (letter) => text(letter))];
      // The first letter of the fourth token reaches the limit.
      const events = within(stream, { maxOutputTokens: 4 });
      expect(textOf(events)).toHaveLength(letters);
      expect(events.slice(-2)).toEqual([used(4), spent]);
    });

    it('counts all that the model generates', () => {
      const said = [
        text('xxxx'),
        reasoning('xxxx', { block: 1 }),
        refusal('xxxx', { block: 2 }),
        toolCallStart('c', 'xxxx', { block: 3 }),
        toolCallDelta('c', 'xxxx', { block: 3 }),
      ];
      for (const [place, event] of said.entries()) {
        const events = within([start(), ...said], { maxOutputTokens: place + 1 });
        expect(events.slice(-3)).toEqual([event, used(place + 1), spent]);
      }
    });

    it('discards the delta that exceeds it, but counts it', () => {
      const events = [start(), text('xxxx'), text('x'.repeat(12)), finish()];
      expect(within(events, { maxOutputTokens: 3 })).toEqual([start(), text('xxxx'), used(4), spent]);
    });

    it('never ends a tool call that is open', () => {
      const call = [toolCallStart('c', 'xxxx'), toolCallDelta('c', 'xxxx'), toolCallEnd('c', 'xxxx', 'xxxx')];
      const message = record(streamOf([start(), ...call, finish()]), (events$) =>
        events$.pipe(takeWithinBudget({ maxOutputTokens: 2 }), toMessage()),
      ).values;
      expect(message).toMatchObject([{ toolCalls: [{ ended: false, argumentsText: 'xxxx' }], finishReason: 'budget' }]);
    });

    it('passes each delta to a counter once', () => {
      const countTokens = letterCounter();
      const events = [start(), text('ab'), text('c'), text('de'), text('f')];
      expect(textOf(within(events, { maxOutputTokens: 5, countTokens }))).toBe('abcde');
      expect(countTokens.pushed).toEqual(['ab', 'c', 'de']);
    });

    it('calls a function with one delta at a time', () => {
      const asked: string[] = [];
      const countTokens = (piece: string): number => asked.push(piece) && 1;
      const events = within([start(), text('one'), text(' two'), text(' three')], { maxOutputTokens: 2, countTokens });
      expect(textOf(events)).toBe('one two');
      expect(asked).toEqual(['one', ' two']);
    });

    it('counts characters until a counter is ready', () => {
      const countTokens = letterCounter(false);
      expect(textOf(within([start(), text('xxxx'), text('xxxx')], { maxOutputTokens: 2, countTokens }))).toBe('xxxxxxxx');
      expect(countTokens.pushed).toEqual([]);
    });

    it('emits what a counter throws as the error, and aborts the request', () => {
      const error = new Error('from the counter');
      const { source, log, subject } = observed();
      const countTokens = (): number => {
        throw error;
      };
      const recorded = recordLive(source, takeWithinBudget({ maxOutputTokens: 2, countTokens }));
      subject.next(start());
      subject.next(text('a'));
      expect(recorded.end).toBe(error);
      expect(log).toEqual(['subscribe', 'unsubscribe']);
    });

    it('includes the usage of a failed attempt', () => {
      const events = [start(), text('xxxx'), reset(), start(), text('xxxx'), text('xxxx')];
      expect(within(events, { maxOutputTokens: 2 })).toEqual([...events.slice(0, 5), usedTwice(1, 1), spent]);
    });

    it(
      'counts over the attempts of retryStream, and sends no further request',
      marbles(({ stream, expectStream, expectSubscriptions }) => {
        const first = stream(' s-a-#', {}, new ConnectionError());
        const second = stream('s-b-c', {});
        const sources = [first, second];
        const attempts$ = defer(() => sources.shift() ?? NEVER);
        const budget = takeWithinBudget({ maxOutputTokens: 3, countTokens: letterCounter() });
        const result = '       s-a-R-s-b-(cuf|)';
        const error = { name: 'ConnectionError', kind: 'connection', message: 'The connection failed', retryable: true };
        const none = {
          status: undefined,
          code: undefined,
          requestId: undefined,
          retryAfterMs: undefined,
          details: undefined,
          partial: undefined,
        };
        expectStream(attempts$.pipe(retryStream({ initialDelayMs: 2, jitter: 0 }), budget)).toBe(result, {
          R: reset({ delayMs: 2, error: { ...error, ...none } }),
          u: usedTwice(1, 2, 'high'),
          f: spent,
        });
        expectSubscriptions(first.subscriptions).toBe(' ^---!');
        expectSubscriptions(second.subscriptions).toBe('------^---!');
      }),
    );

    it('counts only blocks that have grown, however many there are', () => {
      const blocks = Array.from({ length: 20_000 }, (_, block) => text('x', { block }));
      const countTokens = letterCounter();
      const events = within([start(), ...blocks, finish()], { maxOutputTokens: 100_000, countTokens });
      expect(events).toHaveLength(20_002);
      expect(countTokens.pushed).toHaveLength(20_000);
    });
  });

  describe('figures of the provider', () => {
    const told = (outputTokens: number): DeltaEvent => usage({ inputTokens: 10, outputTokens, totalTokens: 10 + outputTokens });

    it(
      'count if they are larger, from the next delta on',
      marbles(({ stream, expectStream, expectSubscriptions }) => {
        const source = stream('s-a-t-p-b-f|', { t: told(100) });
        const result = '       s-a-t-p-(uf|)';
        const u = usage({ inputTokens: 10, outputTokens: 100, totalTokens: 110, ...low });
        expectStream(source.pipe(takeWithinBudget({ maxOutputTokens: 50 }))).toBe(result, { t: told(100), u, f: spent });
        expectSubscriptions(source.subscriptions).toBe('^-------!');
      }),
    );

    it('do not cut a whole answer: its own finish is emitted', () => {
      const end = [toolCallEnd('c', 'n', '{}'), blockEnd({}), finish('tool-calls')];
      const events = [start(), toolCallStart('c', 'n'), toolCallDelta('c', '{}'), told(100), ...end];
      expect(within(events, { maxOutputTokens: 50 })).toEqual(events);
    });

    it('do not reduce the count', () => {
      expect(textOf(within([start(), text('xxxx'), told(0), text('xxxx')], { maxOutputTokens: 2 }))).toBe('xxxxxxxx');
    });

    it('prevent a retry and a step beyond the budget', () => {
      const events = [start(), text('xxxx'), told(100), reset(), start(), text('y')];
      expect(within(events, { maxOutputTokens: 50 }).map(({ type }) => type)).toEqual([
        'start',
        'text-delta',
        'usage',
        'usage',
        'finish',
      ]);
      expect(within([start(), told(100), step(1), text('y')], { maxOutputTokens: 50 }).at(-1)).toEqual(spent);
    });
  });

  describe('maxCost', () => {
    it('limits the price of the usage so far', () => {
      const asked: [number | undefined, string, string][] = [];
      const price: Price = (usage, request) => {
        asked.push([usage.outputTokens, request.model, request.provider]);
        return dollarPrice(usage, request);
      };
      const events = [start(), ping(), text('xxxx'), blockEnd({}), text('xxxx'), text('xxxx')];
      expect(textOf(within(events, { maxCost: 2, price }))).toBe('xxxxxxxx');
      expect(asked).toEqual([
        [0, 'model-1', 'test'],
        [1, 'model-1', 'test'],
        [2, 'model-1', 'test'],
      ]);
    });

    it('counts the input by its prompt, or as the provider reports it', () => {
      const events = [start(), text('xxxx'), text('xxxx'), text('xxxx')];
      expect(textOf(within(events, { maxCost: 3, price: dollarPrice, prompt: 'x'.repeat(4) }))).toBe('xxxxxxxx');
      const [first, ...rest] = events;
      const told = [first ?? start(), usage({ inputTokens: 1 }), ...rest];
      expect(textOf(within(told, { maxCost: 3, price: dollarPrice }))).toBe('xxxxxxxx');
    });

    it('ends after start if the prompt alone costs as much', () => {
      const events = within([start(), text('a')], { maxCost: 3, price: dollarPrice, prompt: 'x'.repeat(40) });
      expect(events.map(({ type }) => type)).toEqual(['start', 'usage', 'finish']);
    });

    it('takes the larger of its own cost and the one that the provider reports', () => {
      const cost = dollars(5);
      const events = [start(), usage({ outputTokens: 1, cost }), text('a')];
      expect(within(events, { maxCost: 5, price: () => undefined }).at(-1)).toEqual(spent);
      expect(within(events, { maxCost: 6, price: () => undefined }).at(-1)).toEqual(text('a'));
      expect(within(events, { maxCost: 5, price: dollarPrice }).at(-1)).toEqual(spent);
      const euros: Price = (usage, request) => ({ ...(dollarPrice(usage, request) ?? cost), currency: 'EUR' });
      expect(within(events, { maxCost: 5, price: euros }).at(-1)).toEqual(text('a'));
    });

    it('prices each attempt by its own model', () => {
      const price: Price = ({ outputTokens = 0 }, { model }) => dollars(outputTokens * (model === 'dear' ? 10 : 1));
      const events = [
        start({ model: 'dear' }),
        text('xxxx'),
        reset({ cause: 'fallback' }),
        start({ model: 'cheap' }),
        ...Array.from('yyyyyyyy', (letter) => text(letter.repeat(4))),
      ];
      expect(textOf(within(events, { maxCost: 15, price }))).toBe(`xxxx${'y'.repeat(20)}`);
    });

    it('limits nothing if no cost is known', () => {
      const events = [start(), text('xxxx'), finish()];
      expect(within(events, { maxCost: 1, price: () => undefined })).toEqual(events);
      const unnamed = [start({ model: undefined }), text('xxxx'), finish()];
      expect(within(unnamed, { maxCost: 1, price: dollarPrice })).toEqual(unnamed);
    });
  });

  describe('its usage', () => {
    const events = [start(), usage({ inputTokens: 10, outputTokens: 1 }), text('xxxx'), text('xxxx')];
    const total = { inputTokens: 10, outputTokens: 2, totalTokens: 12, ...low };

    it('is the sum of all attempts', () => {
      expect(within([...events, reset(), ...events], { maxOutputTokens: 4 }).at(-2)).toMatchObject({
        usage: { inputTokens: 10, outputTokens: 4 },
      });
    });

    it('is not counted twice by aggregateUsage', () => {
      const usages: Usage[] = [];
      record(streamOf([start(), text('xxxx'), reset(), ...events]), (events$) =>
        events$.pipe(takeWithinBudget({ maxOutputTokens: 3 }), aggregateUsage({ onSettled: ({ usage }) => usages.push(usage) })),
      );
      expect(usages).toMatchObject([{ ...total, outputTokens: 3, totalTokens: 13 }]);
    });
  });

  it('lists each attempt with its model for withCost', () => {
    const price: Price = ({ outputTokens = 0 }, { model }) => dollars(outputTokens * (model === 'dear' ? 10 : 1));
    const events = [
      start({ model: 'dear' }),
      text('xxxx'),
      reset({ cause: 'fallback' }),
      start({ model: 'cheap' }),
      text('xxxx'),
      text('xxxx'),
    ];
    for (const settle of [aggregateUsage(), (same: Observable<DeltaEvent>) => same]) {
      const { values } = record(streamOf(events), (events$) =>
        events$.pipe(takeWithinBudget({ maxOutputTokens: 3 }), settle, withCost(price)),
      );
      expect(values.at(-2)).toMatchObject({ usage: { outputTokens: 3, cost: { total: 10 + 2 } } });
    }
  });

  it('never emits more, and ends once, whatever the events', () => {
    const anyEvent = fc.oneof(
      anyText.map((said) => text(said)),
      anyText.map((said) => reasoning(said, { block: 1 })),
      anyText.map((said) => toolCallDelta('c', said, { block: 2 })),
      fc.nat(40).map((outputTokens) => usage({ outputTokens })),
      fc.constantFrom<DeltaEvent>(start(), ping(), step(1), reset(), blockEnd({}), toolCallEnd('c', 'n', '')),
    );
    const anyLimits = fc.record({ maxOutputTokens: fc.integer({ min: 1, max: 80 }), maxChars: fc.integer({ min: 1, max: 80 }) });
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 20 }), anyLimits, (events, limits) => {
        const { source, log, subject } = observed();
        const recorded = recordLive(source, takeWithinBudget({ ...limits, countTokens: letterCounter() }));
        for (const event of [...events, finish()]) subject.next(event);
        const left = recorded.values as readonly DeltaEvent[];
        expect(left.map(writtenText).join('').length).toBeLessThanOrEqual(limits.maxOutputTokens);
        expect(left.filter(({ type }) => type === 'finish')).toHaveLength(1);
        expect(left.at(-1)?.type).toBe('finish');
        const isSpent = left.at(-1)?.type === 'finish' && left.at(-2)?.type === 'usage' && recorded.end === 'complete';
        expect(log).toEqual(isSpent ? ['subscribe', 'unsubscribe'] : ['subscribe']);
        // A start after a start is told as a reset.
        const others = (list: readonly DeltaEvent[]): readonly DeltaEvent[] => list.filter(({ type }) => type !== 'reset');
        if (!isSpent) expect(others(left)).toEqual(others([...events, finish()]));
        recorded.unsubscribe();
      }),
      { numRuns: 1_000 },
    );
  });

  it('keeps the type of its stream', () => {
    expectTypeOf(takeWithinBudget<DeltaEvent>({ maxChars: 1 })).toEqualTypeOf<MonoTypeOperatorFunction<DeltaEvent>>();
  });

  it('rejects options that are no budget', () => {
    const none = 'takeWithinBudget: give at least one of maxOutputTokens, maxCost, maxChars';
    expect(() => takeWithinBudget({})).toThrow(new TypeError(none));
    expect(() => takeWithinBudget({ price: dollarPrice })).toThrow(new TypeError(none));
    expect(() => takeWithinBudget({ maxCost: 1 })).toThrow(new TypeError('takeWithinBudget: maxCost needs a price'));
    for (const value of [0, -1, Number.NaN]) {
      expect(() => takeWithinBudget({ maxOutputTokens: value })).toThrow(RangeError);
      expect(() => takeWithinBudget({ maxChars: value })).toThrow(RangeError);
      expect(() => takeWithinBudget({ maxCost: value, price: dollarPrice })).toThrow(RangeError);
    }
    expect(() => takeWithinBudget({ maxChars: 1.5 })).toThrow(RangeError);
    // @ts-expect-error: a wrong type
    expect(() => takeWithinBudget({ maxChars: '5' })).toThrow(new TypeError('maxChars must be a number'));
    // @ts-expect-error: a wrong type
    expect(() => takeWithinBudget({ maxCost: 1, price: 5 })).toThrow(new TypeError('price must be a function'));
    // @ts-expect-error: a wrong word
    expect(() => takeWithinBudget({ maxOutputTokens: 1, countTokens: 'tiktoken' })).toThrow(TypeError);
    // @ts-expect-error: a wrong name
    expect(() => takeWithinBudget({ maxTokens: 5 })).toThrow(/did you mean "maxOutputTokens"|unknown option "maxTokens"/);
    // @ts-expect-error: no options
    expect(() => takeWithinBudget()).toThrow(TypeError);
  });
});
