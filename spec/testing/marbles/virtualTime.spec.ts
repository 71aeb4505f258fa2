import { describe, expect, it } from '@jest/globals';
import { asyncScheduler, defer, delay, firstValueFrom, from, interval, lastValueFrom, of, takeUntil, timer, toArray } from 'rxjs';
import { retryStream } from '../../../src/operators/retryStream.js';
import { timeoutBetweenChunks } from '../../../src/operators/timeoutBetweenChunks.js';
import { fakeProvider, marbles, stallAfter, start, streamOf, text, virtualTime } from '../../../src/testing/index.js';

describe('virtualTime', () => {
  it(
    'lets promises settle between two scheduled actions',
    virtualTime(async () => {
      const begun = performance.now();
      const twice = defer(async () => {
        await Promise.resolve();
        return 'x';
      }).pipe(delay(60_000));
      expect(asyncScheduler.now()).toBe(0);
      expect(await lastValueFrom(twice)).toBe('x');
      expect(asyncScheduler.now()).toBe(60_000);
      await lastValueFrom(twice);
      expect(asyncScheduler.now()).toBe(120_000);
      expect(performance.now() - begun).toBeLessThan(5_000);
    }),
  );

  it(
    'has the marbles and expectations of `marbles`',
    virtualTime(({ stream, hotStream, answer, expectStream, expectSubscriptions, expectObservable }) => {
      const source = stream('s-a-b-f|');
      expectStream(source).toBe('s-a-b-f|');
      expectSubscriptions(source.subscriptions).toBe('^------!');
      expectStream(hotStream('s-^-a-f|')).toBe('--a-f|');
      expectStream(answer('Hel-lo|')).toBeAnswer('Hel-lo|');
      expectObservable(from(Promise.resolve('x')).pipe(delay(3))).toBe('---(x|)');
    }),
  );

  it('rejects if a stream does not emit what is expected', async () => {
    const test = virtualTime(({ stream, expectStream }) => expectStream(stream('s-a|')).toBe('s-b|'));
    await expect(test()).rejects.toThrow(/text: expected "b", got "a"/);
  });

  it('rejects with the error that the test throws, synchronously or later', async () => {
    const sooner = virtualTime(() => {
      throw new Error('sooner');
    });
    const later = virtualTime(async () => {
      await firstValueFrom(timer(10));
      throw new Error('later');
    });
    await expect(sooner()).rejects.toThrow('sooner');
    await expect(later()).rejects.toThrow('later');
  });

  it('restores real time, also after a failure', async () => {
    await expect(virtualTime(() => Promise.reject(new Error('no')))()).rejects.toThrow('no');
    expect(asyncScheduler.now()).toBeGreaterThan(1_000_000_000_000);
    const begun = performance.now();
    await firstValueFrom(timer(20));
    expect(performance.now() - begun).toBeGreaterThan(15);
  });

  it('lets a time limit error exactly on time, but after an event of the same frame', async () => {
    await virtualTime(({ expectStream }) => {
      const quick$ = streamOf([start(), text('a')], { everyMs: 5, firstMs: 5 });
      expectStream(quick$.pipe(timeoutBetweenChunks({ firstMs: 6, betweenMs: 6 }))).toBe('-----s----(a|)');
      const slow$ = streamOf([start(), text('a')]).pipe(stallAfter(1));
      expectStream(slow$.pipe(timeoutBetweenChunks({ betweenMs: 6 }))).toBe('s-----#', {}, { kind: 'timeout', phase: 'between' });
    })();
  });

  it(
    'runs the delay of a retry in virtual time',
    virtualTime(async () => {
      const provider = fakeProvider([streamOf('a', { end: 'cut', error: new Error('no') }), 'b']);
      const retried$ = provider.pipe(retryStream({ shouldRetry: () => true, initialDelayMs: 10_000, jitter: 0 }), toArray());
      expect((await lastValueFrom(retried$)).map(({ type }) => type)).toEqual([
        'start',
        'text-delta',
        'reset',
        'start',
        'text-delta',
        'finish',
      ]);
      expect(provider.requests.map(({ subscribedAtMs }) => subscribedAtMs)).toEqual([0, 10_000]);
    }),
  );

  it('rejects if the test waits for something that never happens', async () => {
    await expect(virtualTime(() => new Promise(() => undefined))()).rejects.toThrow(/waits for something that never happens/);
  });

  it('rejects if it is used inside itself', async () => {
    await expect(virtualTime(() => virtualTime(() => undefined)())()).rejects.toThrow(/another test is still in virtual time/);
  });

  it(
    'ends although an endless stream was used, once that is unsubscribed',
    virtualTime(async () => {
      expect(await lastValueFrom(interval(1).pipe(takeUntil(timer(100)), toArray()))).toHaveLength(99);
    }),
  );

  it(
    'does not affect `marbles` afterwards',
    marbles(({ expectObservable }) => expectObservable(of('x').pipe(delay(2))).toBe('--(x|)')),
  );
});
