import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import fc from 'fast-check';
import { defer, EMPTY, finalize, type MonoTypeOperatorFunction, type Observable, Subject, type Subscription } from 'rxjs';
import { ConnectionError, LimitError } from '../../src/errors.js';
import type { DeltaEvent } from '../../src/events.js';
import { createConcurrencyLimiter } from '../../src/handles/createConcurrencyLimiter.js';
import { limitConcurrency } from '../../src/operators/limitConcurrency.js';
import { retryStream } from '../../src/operators/retryStream.js';
import { finish, marbles, start, streamOf, text } from '../../src/testing/index.js';
import { observed, operatorContract, recordLive } from '../support/operatorContract.js';

const one = () => createConcurrencyLimiter({ maxConcurrent: 1 });
const whole = streamOf([start(), text('a'), finish()]);

function fail(error: unknown): never {
  throw error;
}

describe('limitConcurrency', () => {
  operatorContract(() => limitConcurrency(createConcurrencyLimiter({ maxConcurrent: 2 })), { kind: 'mirror' });

  it(
    'sends no request before a slot is free',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const limited = limitConcurrency<DeltaEvent>(one());
      const source = stream(' s-a-f|');
      const another = stream('s-b-f|');
      expectStream(source.pipe(limited)).toBe(' s-a-f|');
      expectStream(another.pipe(limited)).toBe('-----s-b-f|');
      expectSubscriptions(source.subscriptions).toBe(' ^----!');
      expectSubscriptions(another.subscriptions).toBe('-----^----!');
    }),
  );

  it(
    'subscribes streams in order, up to maxConcurrent at once',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const limited = limitConcurrency<DeltaEvent>(createConcurrencyLimiter({ maxConcurrent: 2 }));
      const third = stream('                 s-f|');
      const fourth = stream('                s-f|');
      expectStream(stream('s---f|').pipe(limited)).toBe('s---f|');
      expectStream(stream('s-f|').pipe(limited)).toBe('  s-f|');
      expectStream(third.pipe(limited)).toBe('         ---s-f|');
      expectStream(fourth.pipe(limited)).toBe('        -----s-f|');
      expectSubscriptions(third.subscriptions).toBe('  ---^--!');
      expectSubscriptions(fourth.subscriptions).toBe(' -----^--!');
    }),
  );

  it(
    'releases the slot when a stream errors, and when it is unsubscribed',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const limited = limitConcurrency<DeltaEvent>(one());
      const failing = stream('  s-#');
      const stopped = stream('  s-a-f|');
      const last = stream('     s-a-f|');
      expectStream(failing.pipe(limited)).toBe('   s-#');
      expectStream(stopped.pipe(limited), '        ----!').toBe('--s-');
      expectStream(last.pipe(limited)).toBe('      ----s-a-f|');
      expectSubscriptions(stopped.subscriptions).toBe(' --^-!');
      expectSubscriptions(last.subscriptions).toBe('    ----^----!');
    }),
  );

  it(
    'sends no request for a stream that is unsubscribed while it waits',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const limited = limitConcurrency<DeltaEvent>(one());
      const waiting = stream('                s-f|');
      const last = stream('                   s-f|');
      expectStream(stream('s---f|').pipe(limited)).toBe('s---f|');
      expectStream(waiting.pipe(limited), '--!').toBe('   -');
      expectStream(last.pipe(limited)).toBe('    -----s-f|');
      expectSubscriptions(waiting.subscriptions).toBe([]);
    }),
  );

  it(
    'holds no slot during the delay of a retry',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const limited = limitConcurrency<DeltaEvent>(one());
      const failing = stream(' s-#', {}, new ConnectionError());
      const again = stream('   s-f|');
      const attempts = [failing, again];
      const retried$ = defer(() => attempts.shift() ?? EMPTY).pipe(limited, retryStream({ initialDelayMs: 6, jitter: 0 }));
      const other = stream('   s-f|');
      expectStream(retried$).toBe('s-R-----s-f|', { R: expect.objectContaining({ type: 'reset' }) as unknown as DeltaEvent });
      expectStream(other.pipe(limited)).toBe('--s-f|');
      expectSubscriptions(failing.subscriptions).toBe('^-!');
      expectSubscriptions(again.subscriptions).toBe('--------^--!');
      expectSubscriptions(other.subscriptions).toBe('--^--!');
    }),
  );

  it('releases the slot after the request has ended, and before the notification', () => {
    const limited = limitConcurrency<DeltaEvent>(one());
    const log: string[] = [];
    const logged = (name: string, inner$: Observable<DeltaEvent>): Observable<DeltaEvent> =>
      defer(() => {
        log.push(`${name} sent`);
        return inner$.pipe(finalize(() => log.push(`${name} closed`)));
      }).pipe(limited);
    const [first, second] = [new Subject<DeltaEvent>(), new Subject<DeltaEvent>()];
    logged('first', first).subscribe({ complete: () => log.push('first notified'), error: fail });
    const subscription = logged('second', second).subscribe({ error: fail });
    logged('third', EMPTY).subscribe({ complete: () => log.push('third notified'), error: fail });
    first.complete();
    subscription.unsubscribe();
    expect(log).toEqual([
      'first sent',
      'first closed',
      'second sent',
      'first notified',
      'second closed',
      'third sent',
      'third closed',
      'third notified',
    ]);
  });

  it('errors at once with a retryable error when too many streams wait', () => {
    const limiter = createConcurrencyLimiter({ maxConcurrent: 1, maxQueue: 1 });
    const { source, log } = observed();
    const running = recordLive(source, limitConcurrency(limiter));
    recordLive(source, limitConcurrency(limiter));
    const rejected = recordLive(source, limitConcurrency(limiter));
    expect(rejected.end).toBeInstanceOf(LimitError);
    expect(rejected.end).toMatchObject({ limit: 'maxQueue', value: 1, retryable: true, partial: { text: '' } });
    expect(log).toEqual(['subscribe']);
    running.unsubscribe();
    expect(log).toEqual(['subscribe', 'unsubscribe', 'subscribe']);
  });

  it('admits streams one after the other, and none that has to wait, with a maxQueue of 0', () => {
    const limiter = createConcurrencyLimiter({ maxConcurrent: 1, maxQueue: 0 });
    const ends: unknown[] = [];
    const next = (): void => {
      ends.push(recordLive(whole, limitConcurrency(limiter)).end);
    };
    whole.pipe(limitConcurrency(limiter)).subscribe({ complete: next, error: fail });
    next();
    expect(ends).toEqual(['complete', 'complete']);
  });

  it('runs 10,000 synchronous streams without a deep stack', () => {
    const limiter = one();
    const { source, subject } = observed();
    const order: number[] = [];
    recordLive(source, limitConcurrency(limiter));
    for (let index = 0; index < 10_000; index++) {
      whole.pipe(limitConcurrency(limiter)).subscribe({ complete: () => order.push(index), error: fail });
    }
    expect(limiter).toMatchObject({ active: 1, waiting: 10_000 });
    subject.complete();
    expect(order).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
    expect(limiter).toMatchObject({ active: 0, waiting: 0 });
  });

  it('never exceeds the limit, loses no slot, and keeps the order in any sequence of ends', () => {
    const anyAct = fc.constantFrom('subscribe', 'complete', 'error', 'unsubscribe', 'cancel', 'synchronous');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyAct, fc.nat(20)), { maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        (acts, maxConcurrent) => {
          const limiter = createConcurrencyLimiter({ maxConcurrent });
          const begun: number[] = [];
          const running = new Map<number, Subject<DeltaEvent>>();
          const waiting = new Map<number, Subscription>();
          const subscriptions = new Map<number, Subscription>();
          let came = 0;

          function subscribe(): void {
            const name = came++;
            const source = defer(() => {
              begun.push(name);
              waiting.delete(name);
              const subject = new Subject<DeltaEvent>();
              running.set(name, subject);
              expect(running.size).toBeLessThanOrEqual(maxConcurrent);
              return subject.pipe(finalize(() => running.delete(name)));
            });
            const subscription = source.pipe(limitConcurrency(limiter)).subscribe({ error: () => undefined });
            subscriptions.set(name, subscription);
            if (!begun.includes(name)) waiting.set(name, subscription);
          }

          for (const [act, choice] of acts) {
            const [name, subject] = [...running][choice % Math.max(1, running.size)] ?? [];
            if (act === 'subscribe') subscribe();
            if (act === 'synchronous') whole.pipe(limitConcurrency(limiter)).subscribe({ error: fail });
            if (act === 'complete') subject?.complete();
            if (act === 'error') subject?.error(new Error('from the source'));
            if (act === 'unsubscribe' && name !== undefined) subscriptions.get(name)?.unsubscribe();
            if (act === 'cancel') {
              const [cancelled, subscription] = [...waiting][choice % Math.max(1, waiting.size)] ?? [];
              subscription?.unsubscribe();
              if (cancelled !== undefined) waiting.delete(cancelled);
            }
            expect(limiter.active).toBe(running.size);
            expect(limiter.waiting === 0 || limiter.active === maxConcurrent).toBe(true);
          }
          expect(begun).toEqual([...begun].sort((a, b) => a - b));
          for (const subscription of subscriptions.values()) subscription.unsubscribe();
          // A synchronous stream may have waited, and then none waits any more.
          expect(limiter).toMatchObject({ active: 0, waiting: 0 });
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('keeps the type of its source', () => {
    expectTypeOf(limitConcurrency<DeltaEvent>(one())).toEqualTypeOf<MonoTypeOperatorFunction<DeltaEvent>>();
  });

  it('rejects a value that is not a limiter', () => {
    const message = 'limitConcurrency: limiter must come from createConcurrencyLimiter()';
    for (const limiter of [undefined, null, 5, {}]) {
      expect(() => limitConcurrency(limiter as never)).toThrow(new TypeError(message));
    }
  });
});
