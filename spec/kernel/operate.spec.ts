import { afterEach, describe, expect, it } from '@jest/globals';
import { config, EMPTY, NEVER, Observable, type OperatorFunction, of, retry, Subject, take, throwError } from 'rxjs';
import { type OperatorHandlers, operate } from '../../src/kernel/operate.js';
import { operatorContract, record, recordLive } from '../support/operatorContract.js';

/** An operator with these handlers, which otherwise mirrors its source. */
function mirror<T>(own: Partial<OperatorHandlers<T>> = {}): OperatorFunction<T, T> {
  return operate((destination) => ({ next: (value: T) => destination.next(value), ...own }));
}

const broken = new Error('broken');

function fail(): never {
  throw broken;
}

describe('operate', () => {
  operatorContract(() => mirror(), { kind: 'mirror', throwing: (error) => mirror({ complete: () => reject(error) }) });

  it('forwards notifications without a handler', () => {
    expect(record(of(1, 2), mirror())).toEqual({ values: [1, 2], end: 'complete' });
    expect(
      record(
        throwError(() => broken),
        mirror(),
      ).end,
    ).toBe(broken);
  });

  it('runs start once per subscription, so that its variables are the state of that subscription', () => {
    const count = operate<string, number>((destination) => {
      let seen = 0;
      return { next: () => destination.next(++seen) };
    });
    const counted$ = of('a', 'b').pipe(count);
    expect(record(counted$, (same) => same).values).toEqual([1, 2]);
    expect(record(counted$, (same) => same).values).toEqual([1, 2]);
  });

  it('emits what next throws as the error, after the source was unsubscribed', () => {
    const log: string[] = [];
    const source = new Observable<number>((subscriber) => {
      subscriber.add(() => log.push('unsubscribed'));
      subscriber.next(1);
      log.push(`closed: ${subscriber.closed}`);
    });
    source.pipe(mirror({ next: fail })).subscribe({ error: () => log.push('error') });
    expect(log).toEqual(['unsubscribed', 'error', 'closed: true']);
  });

  it('never has two subscriptions to a source that is repeated after a throw', () => {
    let open = 0;
    let most = 0;
    const source = new Observable<number>((subscriber) => {
      most = Math.max(most, ++open);
      subscriber.add(() => open--);
      subscriber.next(1);
    });
    source.pipe(mirror({ next: fail }), retry(3)).subscribe({ error: () => undefined });
    expect({ open, most }).toEqual({ open: 0, most: 1 });
  });

  it('emits what error or complete throws as the error', () => {
    expect(
      record(
        throwError(() => new Error('first')),
        mirror({ error: fail }),
      ).end,
    ).toBe(broken);
    expect(record(EMPTY, mirror({ complete: fail })).end).toBe(broken);
  });

  it('emits what start throws as the error', () => {
    expect(record(of(1), operate(fail))).toEqual({ values: [], end: broken });
  });

  it('runs no handler after unsubscribe', () => {
    const called: string[] = [];
    const source = new Subject<number>();
    const note = (name: string) => () => void called.push(name);
    const own = { next: note('next'), error: note('error'), complete: note('complete') };
    const subscription = source.pipe(mirror(own)).subscribe();
    source.next(1);
    subscription.unsubscribe();
    source.next(2);
    source.complete();
    expect(called).toEqual(['next']);
  });

  it('stops a synchronous source within next', () => {
    let produced = 0;
    const source = new Observable<number>((subscriber) => {
      while (produced < 1_000 && !subscriber.closed) subscriber.next(++produced);
    });
    source.pipe(mirror(), take(1)).subscribe();
    expect(produced).toBe(1);
  });

  it('does not subscribe the source when start ends the stream', () => {
    let subscriptions = 0;
    const source = new Observable<number>(() => void subscriptions++);
    const ended = operate<number, number>((destination, upstream) => {
      upstream.unsubscribe();
      destination.next(0);
      destination.complete();
      return { next: () => undefined, settle: fail };
    });
    expect(record(source, ended)).toEqual({ values: [0], end: 'complete' });
    expect(subscriptions).toBe(0);
  });

  it('unsubscribes only the source through upstream', () => {
    const source = new Subject<number>();
    const ending = operate<number, number>((destination, upstream) => ({
      next(value) {
        upstream.unsubscribe();
        destination.next(value);
        destination.next(source.observed ? 1 : 0);
      },
    }));
    const recorded = recordLive(source, ending);
    source.next(5);
    source.next(6);
    expect(recorded).toMatchObject({ values: [5, 0], end: 'open' });
  });

  describe('settle', () => {
    const endings: [string, Observable<number>, string[]][] = [
      ['an open source', NEVER, ['unsubscribe']],
      ['a source that completed', EMPTY, ['complete']],
      ['a source that errored', throwError(() => broken), ['error', 'broken']],
    ];
    it.each(endings)('runs once, with the outcome of %s', (_, source, expected) => {
      const called: string[] = [];
      record(
        source,
        mirror({ settle: (outcome, error) => called.push(outcome, ...(error instanceof Error ? [error.message] : [])) }),
      );
      expect(called).toEqual(expected);
    });

    it('runs before the notification reaches downstream', () => {
      const order: string[] = [];
      const settle = (outcome: string): void => void order.push(`settle ${outcome}`);
      const note = { complete: () => order.push('complete'), error: () => order.push('error') };
      EMPTY.pipe(mirror({ settle })).subscribe(note);
      throwError(() => broken)
        .pipe(mirror({ settle }))
        .subscribe(note);
      expect(order).toEqual(['settle complete', 'complete', 'settle error', 'error']);
    });

    it('may emit on complete', () => {
      const last = operate<number, string>((destination) => ({
        next: () => undefined,
        settle: (outcome) => destination.next(outcome),
      }));
      expect(record(of(1), last)).toEqual({ values: ['complete'], end: 'complete' });
    });

    it('runs once when downstream has enough values', () => {
      const called: string[] = [];
      const settle = (outcome: string): void => void called.push(outcome);
      record(of(1, 2), (source) => source.pipe(mirror({ settle }), take(1)));
      expect(called).toEqual(['unsubscribe']);
    });

    it('runs once with the error that a handler has thrown, after the source was unsubscribed', () => {
      const source = new Subject<number>();
      const called: unknown[] = [];
      const settle = (outcome: string, error: unknown): void => void called.push(outcome, error, source.observed);
      const recorded = recordLive(source, mirror({ next: fail, settle }));
      source.next(1);
      expect(called).toEqual(['error', broken, false]);
      expect(recorded.end).toBe(broken);
    });

    it('does not run a second time when downstream has enough at the completion', () => {
      const called: string[] = [];
      const last = operate<number, string>((destination) => ({
        next: () => undefined,
        complete() {
          destination.next('last');
          destination.complete();
        },
        settle: (outcome) => called.push(outcome),
      }));
      expect(record(of(1), (source) => source.pipe(last, take(1))).values).toEqual(['last']);
      expect(called).toEqual(['complete']);
    });

    const thrown = new Error('settle threw');
    it.each([
      ['completes', EMPTY],
      ['errors', throwError(() => broken)],
    ])('replaces the notification with what it throws when the source %s', (_, source) => {
      expect(record(source, mirror({ settle: () => reject(thrown) })).end).toBe(thrown);
    });

    afterEach(() => {
      config.onUnhandledError = null;
    });

    it('reports what it throws on unsubscribe as unhandled', async () => {
      const reported = new Promise<unknown>((resolve) => {
        config.onUnhandledError = resolve;
      });
      record(NEVER, mirror({ settle: fail }));
      expect(await reported).toBe(broken);
    });
  });
});

function reject(error: Error): never {
  throw error;
}
