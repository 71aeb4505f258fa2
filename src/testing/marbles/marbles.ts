import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { assertDeltas } from './assertDeltas.js';
import { type DeltaMarbles, deltaMarbles } from './deltaMarbles.js';
import type { EventLetters } from './letters.js';

/** RxJS's helpers of `TestScheduler.run`, and ours. */
export interface MarbleHelpers extends RunHelpers, DeltaMarbles {}

/**
 * A test body in virtual time: everything that RxJS schedules takes no real time.
 *
 * @param test Gets the helpers; it must not be async (for promises there is {@link virtualTime}).
 * @param values Letters of your own, beside {@link letters} or instead of them. @defaultValue none
 * @returns What `it`, `test` or anything else runs. It throws a {@link MarbleMismatchError} where a stream is not as expected.
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
