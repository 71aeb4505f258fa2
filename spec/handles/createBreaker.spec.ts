import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { asyncScheduler } from 'rxjs';
import { CircuitOpenError, ConnectionError, HttpError, StreamAbortedError } from '../../src/errors.js';
import { type Breaker, type BreakerOptions, type BreakerState, createBreaker } from '../../src/handles/createBreaker.js';
import { longestTimerMs } from '../../src/kernel/alarm.js';
import { marbles } from '../../src/testing/index.js';

const fault = new ConnectionError();
const states: Readonly<Record<string, BreakerState>> = { c: 'closed', o: 'open', h: 'half-open' };

/** One request that fails. */
function fail(breaker: Breaker, error: unknown = fault): void {
  breaker.enter().fail(error);
}

function succeed(breaker: Breaker): void {
  breaker.enter().succeed();
}

/** Whether a request would pass now. */
function lets(breaker: Breaker): boolean {
  try {
    breaker.enter().release();
    return true;
  } catch {
    return false;
  }
}

/** Runs each step at its time, in virtual time. */
function timeline(steps: Readonly<Record<number, () => void>>): void {
  marbles(({ flush }) => {
    for (const [at, run] of Object.entries(steps)) asyncScheduler.schedule(run, Number(at));
    flush();
  })();
}

// limits/circuit.ts is tested through the breaker.
describe('createBreaker', () => {
  it(
    'emits its state on subscribe and at each change',
    marbles(({ expectObservable }) => {
      const breaker = createBreaker({ failures: 1, successes: 1, openMs: 5 });
      asyncScheduler.schedule(() => fail(breaker), 2);
      asyncScheduler.schedule(() => fail(breaker), 8);
      asyncScheduler.schedule(() => succeed(breaker), 15);
      expectObservable(breaker.state$, '^-----------------!').toBe('c-o----ho----h-c--', states);
    }),
  );

  it(
    'emits a change to all subscribers at the same time, whenever they subscribed',
    marbles(({ expectObservable }) => {
      const breaker = createBreaker({ failures: 1, successes: 1, openMs: 5 });
      asyncScheduler.schedule(() => fail(breaker), 2);
      asyncScheduler.schedule(() => succeed(breaker), 9);
      expectObservable(breaker.state$, '^-----------!').toBe('    c-o----h-c--', states);
      expectObservable(breaker.state$, '---^--------!').toBe('    ---o---h-c--', states);
      expectObservable(breaker.state$, '--------^---!').toBe('    --------hc--', states);
      expectObservable(breaker.state$, '----------^-!').toBe('    ----------c-', states);
    }),
  );

  it('has one timer for any number of subscribers', () => {
    const schedule = jest.spyOn(asyncScheduler, 'schedule');
    try {
      const breaker = createBreaker({ failures: 1 });
      fail(breaker);
      const watching = [1, 2, 3].map(() => breaker.state$.subscribe());
      expect(schedule).toHaveBeenCalledTimes(1);
      for (const each of watching) each.unsubscribe();
    } finally {
      schedule.mockRestore();
    }
  });

  it('emits half-open before the result of a trial, also when the timer is late', () => {
    const seen: BreakerState[] = [];
    const breaker = createBreaker({ failures: 1, successes: 1, openMs: 5 });
    timeline({
      0: () => {
        // Scheduled before the subscriber schedules its timer for the same time.
        asyncScheduler.schedule(() => succeed(breaker), 5);
        fail(breaker);
        breaker.state$.subscribe({ next: (state) => seen.push(state), error: () => undefined });
      },
    });
    expect(seen).toEqual(['open', 'half-open', 'closed']);
  });

  it('lets every request pass while it is closed', () => {
    const breaker = createBreaker();
    expect(breaker.state).toBe('closed');
    for (let request = 0; request < 100; request++) expect(breaker.enter()).toBeDefined();
  });

  it('opens after 5 failures in a row by default, or after the given number', () => {
    const breaker = createBreaker();
    for (let failure = 1; failure < 5; failure++) fail(breaker);
    expect(breaker.state).toBe('closed');
    succeed(breaker);
    for (let failure = 1; failure < 5; failure++) fail(breaker);
    expect(breaker.state).toBe('closed');
    fail(breaker);
    expect(breaker.state).toBe('open');
  });

  it('blocks while it is open, with an error that has the remaining time', () => {
    timeline({
      0: () => {
        const breaker = createBreaker({ failures: 1, openMs: 100 });
        fail(breaker);
        expect(() => breaker.enter()).toThrow(CircuitOpenError);
        asyncScheduler.schedule(() => {
          let error: unknown;
          try {
            breaker.enter();
          } catch (thrown) {
            error = thrown;
          }
          expect(error).toMatchObject({ kind: 'circuit-open', retryable: true, retryAfterMs: 70, partial: { text: '' } });
        }, 30);
      },
    });
    expect.assertions(2);
  });

  it('is half-open after 60 s and closes after 2 successes by default, or as the options give', () => {
    const breaker = createBreaker({ failures: 1 });
    const seen: BreakerState[] = [];
    timeline({
      0: () => fail(breaker),
      59999: () => seen.push(breaker.state),
      60000: () => {
        seen.push(breaker.state);
        succeed(breaker);
        seen.push(breaker.state);
        succeed(breaker);
        seen.push(breaker.state);
      },
    });
    expect(seen).toEqual(['open', 'half-open', 'half-open', 'closed']);
  });

  it('lets 3 trials run at once while it is half-open, and another when one has ended', () => {
    const breaker = createBreaker({ failures: 1, successes: 10, openMs: 5 });
    timeline({
      0: () => fail(breaker),
      5: () => {
        const trials = [breaker.enter(), breaker.enter(), breaker.enter()];
        let error: unknown;
        try {
          breaker.enter();
        } catch (thrown) {
          error = thrown;
        }
        // It is unknown when a trial ends.
        expect(error).toMatchObject({ kind: 'circuit-open', retryAfterMs: undefined });
        trials[0]?.release();
        expect(lets(breaker)).toBe(true);
        trials[0]?.release();
        trials[1]?.succeed();
        breaker.enter();
        breaker.enter();
        expect(lets(breaker)).toBe(false);
      },
    });
    expect.assertions(3);
  });

  it('opens again for the whole time when a trial fails', () => {
    const breaker = createBreaker({ failures: 5, successes: 2, openMs: 10 });
    const seen: BreakerState[] = [];
    timeline({
      0: () => {
        for (let failure = 0; failure < 5; failure++) fail(breaker);
      },
      12: () => {
        succeed(breaker);
        fail(breaker);
        seen.push(breaker.state);
      },
      21: () => seen.push(breaker.state),
      22: () => {
        seen.push(breaker.state);
        // The success before the failure no longer counts.
        succeed(breaker);
        seen.push(breaker.state);
      },
    });
    expect(seen).toEqual(['open', 'open', 'half-open', 'half-open']);
  });

  it('does not count the results of requests that were sent before a change of state', () => {
    const breaker = createBreaker({ failures: 2, successes: 1, openMs: 10 });
    const [slow, slower, slowest] = [breaker.enter(), breaker.enter(), breaker.enter()];
    const seen: BreakerState[] = [];
    timeline({
      0: () => {
        fail(breaker);
        fail(breaker);
      },
      5: () => slow.fail(fault),
      10: () => {
        slower.succeed();
        seen.push(breaker.state);
        slowest.fail(fault);
        seen.push(breaker.state);
      },
    });
    expect(seen).toEqual(['half-open', 'half-open']);
  });

  it('keeps the place of a trial occupied until it ends, also after a change of state', () => {
    const breaker = createBreaker({ failures: 1, halfOpen: 2, openMs: 10 });
    timeline({
      0: () => fail(breaker),
      10: () => {
        const hanging = breaker.enter();
        fail(breaker);
        asyncScheduler.schedule(() => {
          breaker.enter();
          expect(lets(breaker)).toBe(false);
          hanging.succeed();
          expect(lets(breaker)).toBe(true);
          expect(breaker.state).toBe('half-open');
        }, 10);
      },
    });
    expect.assertions(3);
  });

  it('counts only errors that show a failure of the provider', () => {
    const breaker = createBreaker({ failures: 1 });
    const refusals = (['invalid-request', 'authentication', 'quota'] as const).map((kind) => new HttpError('', { kind }));
    for (const error of [...refusals, new StreamAbortedError(), new CircuitOpenError(), new TypeError()]) fail(breaker, error);
    expect(breaker.state).toBe('closed');
    fail(breaker, new HttpError('', { kind: 'overloaded' }));
    expect(breaker.state).toBe('open');
  });

  it('counts the errors that isFailure accepts', () => {
    const isFailure: BreakerOptions['isFailure'] = ({ error }) => error instanceof TypeError;
    const breaker = createBreaker({ failures: 1, isFailure });
    fail(breaker);
    expect(breaker.state).toBe('closed');
    fail(breaker, new TypeError());
    expect(breaker.state).toBe('open');
  });

  it('frees the place of a trial when isFailure throws', () => {
    let check = (): boolean => true;
    const breaker = createBreaker({ failures: 1, halfOpen: 1, openMs: 5, isFailure: () => check() });
    timeline({
      0: () => fail(breaker),
      5: () => {
        check = () => {
          throw new Error('from isFailure');
        };
        expect(() => fail(breaker)).toThrow('from isFailure');
        expect(lets(breaker)).toBe(true);
      },
    });
    expect.assertions(2);
  });

  it('counts a pass once', () => {
    const breaker = createBreaker({ failures: 2 });
    const pass = breaker.enter();
    for (let time = 0; time < 3; time++) pass.fail(fault);
    expect(breaker.state).toBe('closed');
  });

  it(
    'has no timer while state$ is not subscribed',
    marbles(({ expectObservable, flush }) => {
      const breaker = createBreaker({ failures: 1, openMs: 5 });
      const before = asyncScheduler.now();
      fail(breaker);
      breaker.state$.subscribe().unsubscribe();
      flush();
      // Virtual time advances only as long as a timer is scheduled.
      expect(asyncScheduler.now() - before).toBeLessThan(5);
      expectObservable(breaker.state$, '^-!').toBe('o', states);
    }),
  );

  it('stays open for longer than a timer can run', () => {
    const breaker = createBreaker({ failures: 1, openMs: 2 * longestTimerMs });
    const seen: [BreakerState, number][] = [];
    timeline({
      0: () => {
        fail(breaker);
        breaker.state$.subscribe({ next: (state) => seen.push([state, asyncScheduler.now()]), error: () => undefined });
      },
    });
    expect(seen).toEqual([
      ['open', 0],
      ['half-open', 2 * longestTimerMs],
    ]);
  });

  it('behaves as its model in any sequence of requests and results', () => {
    const anyStep = fc.constantFrom('enter', 'succeed', 'fail', 'release', 'wait');
    const anyOptions = fc.record({
      failures: fc.integer({ min: 1, max: 3 }),
      successes: fc.integer({ min: 1, max: 3 }),
      halfOpen: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(anyOptions, fc.array(fc.tuple(anyStep, fc.nat(9)), { maxLength: 60 }), (limits, steps) => {
        const breaker = createBreaker({ ...limits, openMs: 2 });
        const running: { readonly pass: ReturnType<Breaker['enter']>; readonly trial: boolean }[] = [];
        let now = 0;
        const run: Record<number, () => void> = {};
        for (const [step, choice] of steps) {
          if (step === 'wait') now++;
          const earlier = run[now];
          run[now] = () => {
            earlier?.();
            const before = breaker.state;
            if (step === 'enter') {
              const trials = running.filter(({ trial }) => trial).length;
              const free = before === 'closed' || (before === 'half-open' && trials < limits.halfOpen);
              expect(lets(breaker)).toBe(free);
              if (free) running.push({ pass: breaker.enter(), trial: before === 'half-open' });
            } else if (step !== 'wait' && running.length > 0) {
              const [ended] = running.splice(choice % running.length, 1);
              ended?.pass[step](fault);
              // Only the success of a trial closes the circuit, only a failure opens it.
              if (breaker.state !== before)
                expect([step, breaker.state]).toEqual(step === 'fail' ? ['fail', 'open'] : ['succeed', 'closed']);
            }
          };
        }
        timeline(run);
      }),
      { numRuns: 1_000 },
    );
  });

  it('rejects unknown options and values out of range', () => {
    expect(() => createBreaker({ failure: 3 } as object)).toThrow('did you mean "failures"?');
    for (const name of ['failures', 'successes', 'halfOpen', 'openMs']) {
      expect(() => createBreaker({ [name]: 0 })).toThrow(RangeError);
      expect(() => createBreaker({ [name]: -1 })).toThrow(RangeError);
      expect(() => createBreaker({ [name]: '3' as never })).toThrow(TypeError);
    }
    expect(() => createBreaker({ failures: 1.5 })).toThrow(RangeError);
    expect(() => createBreaker({ isFailure: true as never })).toThrow(TypeError);
    expect(() => createBreaker(3 as never)).toThrow(TypeError);
  });
});
