import { describe, expect, it } from '@jest/globals';
import { take } from 'rxjs';
import { ConnectionError } from '../../../src/errors.js';
import type { PartialMessage } from '../../../src/events.js';
import { bufferToText } from '../../../src/operators/bufferToText.js';
import { retryStream } from '../../../src/operators/retryStream.js';
import {
  type FakeAttempt,
  fakeProvider,
  finish,
  marbles,
  type StreamOfOptions,
  start,
  streamOf,
  text,
  usage,
} from '../../../src/testing/index.js';
import { record } from '../../support/operatorContract.js';

// responseBody.ts is tested through faults and cassettes.

const same = <T>(source: T): T => source;

describe('streamOf', () => {
  it('emits a text synchronously as one delta for each word', () => {
    expect(record(streamOf('Hello big\nworld '), same)).toEqual({
      values: [start(), text('Hello '), text('big\n'), text('world '), finish()],
      end: 'complete',
    });
    expect(record(streamOf(''), same).values).toEqual([start(), finish()]);
  });

  it('emits the given events unchanged', () => {
    expect(record(streamOf([text('a')]), same)).toEqual({ values: [text('a')], end: 'complete' });
  });

  it(
    'delays the first event and the others',
    marbles(({ expectStream, expectObservable }) => {
      const values = { x: text('x '), y: text('y') };
      expectStream(streamOf('x y', { everyMs: 2 })).toBe('s-x-y-(f|)', values);
      expectStream(streamOf('x y', { firstMs: 3 })).toBe('---(sxyf|)', values);
      expectStream(streamOf('x y', { firstMs: 3, everyMs: 2 }), '^----!').toBe('---s-', values);
      expectObservable(streamOf([], { firstMs: 3 })).toBe('|');
    }),
  );

  it('gives its error the message so far, as a live stream does', () => {
    const error = new ConnectionError();
    expect(record(streamOf('Hello big', { error }), same).end).toBe(error);
    expect(error.partial).toMatchObject({ text: 'Hello big', finishReason: undefined });
    const known = new ConnectionError(undefined, { partial: { ...(error.partial as PartialMessage), text: 'known' } });
    record(streamOf('Hello', { error: known }), same);
    expect(known.partial?.text).toBe('known');
    const foreign = new Error('foreign');
    record(streamOf('Hello', { error: foreign }), same);
    expect(foreign).not.toHaveProperty('partial');
  });

  it(
    'completes, errors or stays open as its options ask',
    marbles(({ expectStream }) => {
      const error = new ConnectionError();
      expectStream(streamOf('a', { error })).toBe('(sa#)', {}, error);
      expectStream(streamOf('a', { end: 'cut' })).toBe('(sa|)');
      expectStream(streamOf('a', { end: 'open' })).toBe('(sa)');
      expectStream(streamOf('a', { finish: 'length', usage: { inputTokens: 1 } })).toBe('(sauf|)', {
        u: usage({ inputTokens: 1 }),
        f: finish('length'),
      });
    }),
  );

  it('emits nothing more once downstream has unsubscribed', () => {
    expect(record(streamOf('a b c').pipe(take(2)), same).values).toHaveLength(2);
  });

  it.each<readonly [string, unknown, StreamOfOptions, RegExp]>([
    ['a number as content', 5, {}, /content must be a string or an array of events/],
    ['a negative time', 'a', { everyMs: -1 }, /everyMs must be >= 0/],
    ['an unknown option', 'a', { every: 1 } as StreamOfOptions, /unknown option "every"/],
    ['an unknown end', 'a', { end: 'no' as 'cut' }, /end must be one of/],
  ])('rejects %s at call time', (_name, content, options, message) => {
    expect(() => streamOf(content as string, options)).toThrow(message);
  });
});

describe('fakeProvider', () => {
  it('plays the next attempt on each subscription, and nothing before', () => {
    const error = new ConnectionError();
    const provider = fakeProvider([error, 'b', [text('c')], streamOf('d')]);
    expect(provider.requests).toEqual([]);
    expect(record(provider, same).end).toBe(error);
    expect(record(provider, bufferToText()).values).toEqual(['b']);
    expect(record(provider, same).values).toEqual([text('c')]);
    expect(record(provider, bufferToText()).values).toEqual(['d']);
    expect(provider.requests.map(({ end }) => end)).toEqual(['error', 'complete', 'complete', 'complete']);
    expect(provider.requests[2]?.events).toEqual([text('c')]);
  });

  it('errors on a subscription past the end of the script', () => {
    const provider = fakeProvider(['a']);
    record(provider, same);
    expect(record(provider, same).end).toEqual(new RangeError('fakeProvider: request 2, but the script has 1 attempt'));
  });

  it(
    'records the times of subscriptions and unsubscriptions, and how each ended',
    marbles(({ expectStream, expectSubscriptions, flush }) => {
      const provider = fakeProvider([
        streamOf('a', { firstMs: 2, everyMs: 1, error: new ConnectionError() }),
        streamOf('b', { everyMs: 2, end: 'open' }),
      ]);
      const retried$ = provider.pipe(retryStream({ initialDelayMs: 4, jitter: 0 }));
      const R = expect.objectContaining({ type: 'reset' }) as never;
      expectStream(retried$, '^---------!').toBe('--s(aR)s-b', { R });
      expectSubscriptions(provider.subscriptions).toBe(['^--!', '-------^--!']);
      flush();
      expect(provider.requests).toMatchObject([
        { subscribedAtMs: 0, endedAtMs: 3, end: 'error' },
        { subscribedAtMs: 7, endedAtMs: 10, end: 'unsubscribed' },
      ]);
    }),
  );

  it(
    'plays two attempts at the same time',
    marbles(({ expectStream }) => {
      const provider = fakeProvider([streamOf('a', { everyMs: 2 }), streamOf('b', { everyMs: 3 })]);
      expectStream(provider).toBe('s-a-(f|)');
      expectStream(provider).toBe('s--b--(f|)');
    }),
  );

  it.each<readonly [string, unknown, RegExp]>([
    ['no script', undefined, /must be an array of attempts/],
    ['an empty script', [], /must be an array of attempts/],
    ['a text instead of a script', 'a', /must be an array of attempts/],
    ['an attempt of the wrong type', ['a', 5], /attempt 1 must be a string, an array of events, an Error or an Observable/],
  ])('rejects %s at call time', (_name, script, message) => {
    expect(() => fakeProvider(script as FakeAttempt[])).toThrow(message);
  });
});
