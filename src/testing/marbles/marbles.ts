import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { assertDeltas } from './assertDeltas.js';
import { type DeltaMarbles, deltaMarbles } from './deltaMarbles.js';
import type { EventLetters } from './letters.js';

/** The helpers of RxJS's `TestScheduler.run`, and those of {@link deltaMarbles}. */
export interface MarbleHelpers extends RunHelpers, DeltaMarbles {}

/**
 * Runs a test body in virtual time: everything that RxJS schedules takes no real time.
 *
 * @param test Receives the helpers. It must not be async: for promises use {@link virtualTime}.
 * @param values Letters to add to {@link letters}, or to replace. @defaultValue none
 * @returns A function for `it`, `test` or any other runner. It throws a {@link MarbleMismatchError} if a stream does not emit what is expected,
 * and a TypeError if the test is async.
 * @example it('keeps text', marbles(({ answer, expectObservable }) => { … }))
 */
export function marbles(test: (helpers: MarbleHelpers) => void, values: EventLetters = {}): () => void {
  return () => {
    const scheduler = new TestScheduler(assertDeltas);
    scheduler.run((helpers) => {
      if (test({ ...helpers, ...deltaMarbles(scheduler, values) }) !== undefined) {
        throw new TypeError('marbles: the test must not be async, use virtualTime');
      }
    });
  };
}
