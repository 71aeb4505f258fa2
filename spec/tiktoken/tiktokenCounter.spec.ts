import { describe, expect, it } from '@jest/globals';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { count, lastValueFrom, takeUntil, timer } from 'rxjs';
import type { Usage, UsageEvent } from '../../src/events.js';
import { aggregateUsage } from '../../src/operators/aggregateUsage.js';
import { ofEvent } from '../../src/operators/ofEvent.js';
import { finish, start, streamOf, text, usage } from '../../src/testing/index.js';
import { tiktokenCounter } from '../../src/tiktoken/tiktokenCounter.js';
import { longestPiece } from '../../src/tiktoken/tokenStream.js';
import { cut } from '../support/chunks.js';
import { record } from '../support/operatorContract.js';

async function loaded(model: string) {
  const counter = tiktokenCounter(model);
  await counter.load();
  return counter;
}

/** The usage events of an answer without a usage report of the provider. */
function usageOfAnswer(answer: string, model: string, prompt?: unknown, provider = 'anthropic'): Usage[] {
  const events = [start({ provider, model }), ...cut(answer, [3]).map((piece) => text(piece)), finish()];
  const { values } = record(streamOf(events), (source) =>
    source.pipe(aggregateUsage({ countTokens: tiktokenCounter(model), prompt }), ofEvent('usage')),
  );
  return values.map((event) => (event as UsageEvent).usage);
}

describe('tiktokenCounter', () => {
  describe('load', () => {
    it('loads only the vocabulary of the model', async () => {
      const counter = tiktokenCounter('p50k_base');
      expect(counter.ready).toBe(false);
      expect(() => counter.count('a')).toThrow('tiktokenCounter: p50k_base is not loaded yet: await load() first');
      expect(() => counter.stream()).toThrow(/not loaded/);
      await counter.load();
      expect([counter.ready, counter.count('Hello world')]).toEqual([true, 2]);
      expect(tiktokenCounter('p50k_edit').ready).toBe(false);
    });

    it('loads a vocabulary once for all counters', async () => {
      const [counter, other] = [tiktokenCounter('gpt-4'), tiktokenCounter('gpt-3.5-turbo')];
      expect(counter.load()).toBe(other.load());
      await counter.load();
      expect([counter.ready, other.ready, tiktokenCounter('cl100k_base').ready]).toEqual([true, true, true]);
    });

    it('does not block timers while it loads', async () => {
      const turns = await lastValueFrom(timer(0, 0).pipe(takeUntil(loaded('gpt2')), count()));
      expect(turns).toBeGreaterThan(2);
    });
  });

  it('counts a whole text, with a detached `count` too', async () => {
    const { count: countWhole } = await loaded('gpt-4o');
    expect([countWhole(''), countWhole('Hello world'), countWhole('中文')]).toEqual([0, 2, 1]);
  });

  it('counts special tokens as text', async () => {
    const counter = await loaded('gpt-4o');
    expect(counter.count('<|endoftext|>')).toBe(7);
  });

  it('counts texts that arrive at the same time separately', async () => {
    const counter = await loaded('gpt-4o');
    const [left, right] = [counter.stream(), counter.stream()];
    expect([left.push('Hel'), right.push(' '), left.push('lo'), right.push(' '), left.push(' world')]).toEqual([1, 1, 1, 1, 2]);
  });

  describe('a piece that is too long', () => {
    const units = [
      'a',
      'A',
      '中',
      ' ',
      '\t',
      '\n',
      '=',
      'aB',
      'e\u0301',
      '😀',
      ' \n',
      '中A',
      'abcdefghijklmnopqrstuvwxyz',
      '//',
      '/*'.concat('-'.repeat(75)),
    ];

    it.each(units)('of %j is counted within 10 %%, for any chunking', async (unit) => {
      const counter = await loaded('gpt-4o');
      for (const tail of ['', 'x', ' x', "'s", '1', '\n']) {
        const whole = unit.repeat(Math.ceil(2_000 / unit.length)) + tail;
        const exact = countTokens(whole);
        for (const sizes of [[], [1], [7], [255, 2]]) {
          const stream = counter.stream();
          const [last] = cut(whole, sizes)
            .map((piece) => stream.push(piece))
            .slice(-1);
          expect(Math.abs((last ?? 0) - exact)).toBeLessThanOrEqual(exact / 10);
        }
      }
    });

    it.each([
      ['makes the count approximate', longestPiece + 1, 'low'],
      ['does not make the count approximate at the bound', longestPiece, 'high'],
    ])('%s', async (_, length, confidence) => {
      const { stream } = await loaded('gpt-4o');
      const long = stream();
      long.push(`Hello${'='.repeat(length)} world`);
      expect(long.approximate).toBe(confidence === 'low');
      expect(usageOfAnswer('='.repeat(length), 'gpt-4o')).toMatchObject([{ confidence }]);
      expect(usageOfAnswer('Hello', 'gpt-4o', '='.repeat(length), 'openai')).toMatchObject([
        { inputTokens: expect.any(Number), confidence },
      ]);
    });

    it.each([
      ['one letter', 'a'.repeat(50_000)],
      ['Chinese', Array.from({ length: 50_000 }, (_, index) => String.fromCharCode(0x4e00 + ((index * 7_919) % 8_000))).join('')],
      ['blanks', ' '.repeat(50_000)],
      ['newlines', '\n'.repeat(50_000)],
      ['signs', '='.repeat(50_000)],
      ['emoji', '😀'.repeat(25_000)],
      [
        'base64',
        Buffer.from(Array.from({ length: 37_500 }, (_, index) => (index * 7_919 + index ** 2) & 0xff)).toString('base64'),
      ],
    ])('takes time linear in its length: 50,000 characters of %s', async (_, whole) => {
      const counter = await loaded('gpt-4o');
      counter.count(whole);
      const before = process.cpuUsage();
      counter.count(whole);
      const { user } = process.cpuUsage(before);
      expect(user / 1_000).toBeLessThan(100);
    });
  });

  describe('for an unknown model', () => {
    it.each([
      ['gpt-99', 420, 105],
      ['claude-sonnet-4-5', 420, 120],
      ['us.anthropic.claude-3-haiku', 420, 120],
      ['anthropic/claude-opus-4', 420, 120],
      ['grok-4', 420, 100],
      ['x-ai/grok-4-fast', 420, 100],
      ['llama3.2', 420, 105],
      ['llama3.2', 1, 1],
    ])('estimates from the characters: %s', async (model, length, tokens) => {
      const counter = tiktokenCounter(model);
      expect(counter.ready).toBe(true);
      await counter.load();
      expect(counter.count('x'.repeat(length))).toBe(tokens);
      const stream = counter.stream();
      const pieces = cut('x'.repeat(length), [5]).map((piece) => stream.push(piece));
      expect([pieces.at(-1), stream.approximate]).toEqual([tokens, true]);
    });

    it('marks the usage as an estimate of low confidence', () => {
      expect(usageOfAnswer('x'.repeat(70), 'claude-sonnet-4-5', 'x'.repeat(35))).toMatchObject([
        { inputTokens: 10, outputTokens: 20, totalTokens: 30, estimated: true, confidence: 'low' },
      ]);
    });
  });

  describe('in aggregateUsage', () => {
    it('estimates with high confidence if it is loaded', async () => {
      await loaded('gpt-4o');
      expect(
        usageOfAnswer('The capital of France is Paris.', 'gpt-4o', [{ role: 'user', content: 'Hello world' }], 'openai'),
        // Two tokens of text, and the frames of a message and of the answer by OpenAI's rule.
      ).toMatchObject([{ inputTokens: 9, outputTokens: 7, totalTokens: 16, estimated: true, confidence: 'high' }]);
    });

    it('estimates from the characters if it is not loaded', () => {
      expect(tiktokenCounter('r50k_base').ready).toBe(false);
      expect(usageOfAnswer('x'.repeat(35), 'r50k_base')).toMatchObject([
        { outputTokens: 10, estimated: true, confidence: 'low' },
      ]);
    });

    it('emits a running total', async () => {
      const countTokens = await loaded('gpt-4o');
      const events = [start(), text('Hello'), text(' wor'), text('ld'), finish()];
      const running$ = streamOf(events).pipe(aggregateUsage({ countTokens, every: 1 }), ofEvent('usage'));
      const totals = record(running$, (same) => same).values.map((event) => (event as UsageEvent).usage.outputTokens);
      expect(totals).toEqual([1, 2, 2, 2]);
    });

    it('does not change a usage that the provider reports', async () => {
      const reported = usage({ inputTokens: 1, outputTokens: 2, totalTokens: 3 });
      const countTokens = await loaded('gpt-4o');
      const usage$ = streamOf([start(), text('Hello world again'), reported, finish()]).pipe(
        aggregateUsage({ countTokens }),
        ofEvent('usage'),
      );
      expect(await lastValueFrom(usage$)).toEqual(reported);
    });
  });

  it('rejects a model that is not a non-empty string', () => {
    expect(() => tiktokenCounter('')).toThrow(new TypeError('tiktokenCounter: model must be the name of a model'));
    // @ts-expect-error: a wrong type
    expect(() => tiktokenCounter({ model: 'gpt-4o' })).toThrow(TypeError);
  });
});
