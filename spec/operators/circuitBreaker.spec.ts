import { describe, expect, it } from '@jest/globals';
import { defer, NEVER, of, Subject, take, throwError } from 'rxjs';
import { CircuitOpenError, ConnectionError, HttpError, StreamTimeoutError, toFault } from '../../src/errors.js';
import type { DeltaEvent } from '../../src/events.js';
import { createBreaker } from '../../src/handles/createBreaker.js';
import { circuitBreaker } from '../../src/operators/circuitBreaker.js';
import { retryStream } from '../../src/operators/retryStream.js';
import { timeoutBetweenChunks } from '../../src/operators/timeoutBetweenChunks.js';
import { finish, marbles, reset, start, text } from '../../src/testing/index.js';
import { operatorContract, record } from '../support/operatorContract.js';

const fault = new ConnectionError();
const circuitOpen = (retryAfterMs?: number): CircuitOpenError => new CircuitOpenError('The circuit is open', { retryAfterMs });

describe('circuitBreaker', () => {
  operatorContract(() => circuitBreaker(createBreaker()), { kind: 'mirror' });

  it(
    'sends no request while the breaker is open',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const breaker = createBreaker({ failures: 1, openMs: 20 });
      const source = stream('             s-a-#', {}, fault);
      const events$ = source.pipe(circuitBreaker(breaker));
      expectStream(events$).toBe('        s-a-#', {}, fault);
      expectStream(events$, '------^').toBe('------#', {}, circuitOpen(18));
      expectSubscriptions(source.subscriptions).toBe('^---!');
    }),
  );

  it(
    'lets trials pass after openMs, and all requests once they have succeeded',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const breaker = createBreaker({ failures: 1, successes: 1, openMs: 5, halfOpen: 1 });
      const broken = stream('#', {}, fault);
      const source = stream('s-f|');
      expectStream(broken.pipe(circuitBreaker(breaker))).toBe('#', {}, fault);
      const events$ = source.pipe(circuitBreaker(breaker));
      const full = new CircuitOpenError('The circuit is half-open, and all its trials are running');
      expectStream(events$, '---^').toBe('     ---#', {}, circuitOpen(2));
      expectStream(events$, '-----^').toBe('   -----s-f|');
      expectStream(events$, '------^').toBe('  ------#', {}, full);
      expectStream(events$, '--------^').toBe('--------s-f|');
      expectStream(events$, '--------^').toBe('--------s-f|');
      expectSubscriptions(source.subscriptions).toBe(['-----^--!', '--------^--!', '--------^--!']);
    }),
  );

  it('aborts no running request when it opens', () => {
    const breaker = createBreaker({ failures: 1 });
    const running$ = new Subject<DeltaEvent>();
    const seen: DeltaEvent[] = [];
    running$.pipe(circuitBreaker(breaker)).subscribe({ next: (event) => seen.push(event), error: () => undefined });
    record(
      throwError(() => fault),
      circuitBreaker(breaker),
    );
    expect(breaker.state).toBe('open');
    for (const event of [start(), text('a'), finish()]) running$.next(event);
    expect(seen).toEqual([start(), text('a'), finish()]);
  });

  it('counts a finish as a success, although downstream unsubscribes before the completion', () => {
    const breaker = createBreaker({ failures: 2 });
    const fail = (): void =>
      void record(
        throwError(() => fault),
        circuitBreaker(breaker),
      );
    fail();
    record(of(start(), finish()).pipe(circuitBreaker(breaker)), take(2));
    fail();
    expect(breaker.state).toBe('closed');
    // A stream that completes without `finish` counts as neither.
    record(of(start()), circuitBreaker(breaker));
    fail();
    expect(breaker.state).toBe('open');
  });

  it('counts an unsubscribe as neither, and frees its place', () => {
    marbles(({ flush, stream, expectStream }) => {
      const breaker = createBreaker({ failures: 1, halfOpen: 1, openMs: 1 });
      record(
        throwError(() => fault),
        circuitBreaker(breaker),
      );
      const unsubscribed = stream('s-a-b').pipe(circuitBreaker(breaker));
      expectStream(unsubscribed, '--^-!').toBe('--s-');
      expectStream(unsubscribed, '----^-!').toBe('----s-');
      flush();
      expect(breaker.state).toBe('half-open');
    })();
  });

  it('frees the place of a trial before the next request is sent', () => {
    marbles(({ stream, expectStream }) => {
      const breaker = createBreaker({ failures: 1, successes: 3, halfOpen: 1, openMs: 1 });
      record(
        throwError(() => fault),
        circuitBreaker(breaker),
      );
      const bad = new HttpError('No', { kind: 'invalid-request' });
      let requests = 0;
      const source = defer(() => (++requests === 1 ? throwError(() => bad) : of(start(), finish())));
      const again = source.pipe(circuitBreaker(breaker), retryStream({ initialDelayMs: 0, shouldRetry: () => true }));
      const values = { R: reset({ error: toFault(bad) }) };
      expectStream(
        stream('-|').pipe(() => again),
        '-^',
      ).toBe('-(Rsf|)', values);
    })();
  });

  it('does not count a bad request', () => {
    const breaker = createBreaker({ failures: 1 });
    const bad = new HttpError('No', { kind: 'invalid-request' });
    expect(
      record(
        throwError(() => bad),
        circuitBreaker(breaker),
      ).end,
    ).toBe(bad);
    expect(breaker.state).toBe('closed');
  });

  it('errors with what isFailure throws', () => {
    const error = new Error('from isFailure');
    const isFailure = (): never => {
      throw error;
    };
    expect(
      record(
        throwError(() => fault),
        circuitBreaker(createBreaker({ isFailure })),
      ).end,
    ).toBe(error);
  });

  describe('between timeoutBetweenChunks and retryStream', () => {
    it(
      'counts a stalled stream as a failure, and is entered for each attempt',
      marbles(({ stream, expectStream, expectSubscriptions }) => {
        const breaker = createBreaker({ failures: 2, successes: 1, openMs: 10 });
        const source = stream('s----------');
        const limits = timeoutBetweenChunks<DeltaEvent>({ betweenMs: 3 });
        const options = { initialDelayMs: 1, factor: 1, maxRetries: 4, random: () => 0 };
        const events$ = source.pipe(limits, circuitBreaker(breaker), retryStream(options));
        const late = toFault(new StreamTimeoutError('between', 3));
        const values = {
          x: reset({ attempt: 2, delayMs: 1, error: late }),
          y: reset({ attempt: 3, delayMs: 1, error: late }),
          // 10 ms after it opened.
          z: reset({ attempt: 4, delayMs: 9, error: toFault(circuitOpen(9)) }),
        };
        expectStream(events$, '------------------!').toBe('s--xs--yz--------s', values);
        expectSubscriptions(source.subscriptions).toBe(['^--!', '----^--!', '-----------------^!']);
      }),
    );

    it(
      'makes retryStream emit its error at once if the wait would be too long',
      marbles(() => {
        const breaker = createBreaker({ failures: 1 });
        const events$ = throwError(() => fault).pipe(circuitBreaker(breaker));
        expect(record(events$, (same) => same).end).toBe(fault);
        expect(record(events$, retryStream()).end).toMatchObject({ kind: 'circuit-open', retryable: true, retryAfterMs: 60_000 });
      }),
    );
  });

  it('rejects a value that is not a breaker', () => {
    expect(() => circuitBreaker({} as never)).toThrow(TypeError);
    expect(() => circuitBreaker(undefined as never)).toThrow(TypeError);
    expect(record(NEVER, circuitBreaker(createBreaker())).end).toBe('open');
  });
});
