import { describe, expect, it } from '@jest/globals';
import { take } from 'rxjs';
import { ConnectionError } from '../../../src/errors.js';
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

const same = <T>(source: T): T => source;

describe('streamOf', () => {
  it('says a text, a delta a word, at once', () => {
    expect(record(streamOf('Hello big\nworld '), same)).toEqual({
      values: [start(), text('Hello '), text('big\n'), text('world '), finish()],
      end: 'complete',
    });
    expect(record(streamOf(''), same).values).toEqual([start(), finish()]);
  });

  it('says exactly these events', () => {
    expect(record(streamOf([text('a')]), same)).toEqual({ values: [text('a')], end: 'complete' });
  });

  it(
    'takes its time',
    marbles(({ expectStream, expectObservable }) => {
      const values = { x: text('x '), y: text('y') };
      expectStream(streamOf('x y', { everyMs: 2 })).toBe('s-x-y-(f|)', values);
      expectStream(streamOf('x y', { firstMs: 3 })).toBe('---(sxyf|)', values);
      expectStream(streamOf('x y', { firstMs: 3, everyMs: 2 }), '^----!').toBe('---s-', values);
      expectObservable(streamOf([], { firstMs: 3 })).toBe('|');
    }),
  );

  it(
    'ends as it is told',
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

  it('stops a synchronous text as soon as downstream has enough', () => {
    expect(record(streamOf('a b c').pipe(take(2)), same).values).toHaveLength(2);
  });

  it.each<readonly [string, unknown, StreamOfOptions, RegExp]>([
    ['neither text nor events', 5, {}, /give a text or an array of events/],
    ['a negative time', 'a', { everyMs: -1 }, /everyMs must be >= 0/],
    ['an option that is not known', 'a', { every: 1 } as StreamOfOptions, /unknown option "every"/],
    ['another end', 'a', { end: 'no' as 'cut' }, /end must be one of/],
  ])('rejects %s', (_name, said, options, message) => {
    expect(() => streamOf(said as string, options)).toThrow(message);
  });
});

describe('fakeProvider', () => {
  it('plays the next attempt at each subscription, and none before', () => {
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

  it('errors past the end of the script, so that a request too many is never overlooked', () => {
    const provider = fakeProvider(['a']);
    record(provider, same);
    expect(record(provider, same).end).toEqual(new RangeError('fakeProvider: request 2, but the script has 1 attempt'));
  });

  it(
    'records who subscribed and unsubscribed, in virtual time',
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
    'keeps two subscriptions apart while both are open',
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
    ['an attempt that is nothing', ['a', 5], /attempt 1 must be a text, events, an error or a stream/],
  ])('rejects %s', (_name, script, message) => {
    expect(() => fakeProvider(script as FakeAttempt[])).toThrow(message);
  });
});
