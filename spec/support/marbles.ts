import { expect } from '@jest/globals';
import type { Observable } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import type { DeltaEvent } from '../../src/events.js';
import { finish, ping, reset, start, text, usage } from './events.js';

/**
 * What each letter of a stream means: `s` start, `a`–`e` text of that letter, `p` ping, `u` usage of 10 and 5 tokens, `R` reset,
 * `f` finish. A spec adds its own letters, or replaces these.
 */
export const letters: Readonly<Record<string, DeltaEvent>> = {
  s: start(),
  a: text('a'),
  b: text('b'),
  c: text('c'),
  d: text('d'),
  e: text('e'),
  p: ping(),
  u: usage({ inputTokens: 10, outputTokens: 5, totalTokens: 15 }),
  R: reset(),
  f: finish(),
};

/** A cold observable that logs its subscriptions for `expectSubscriptions`. */
export type ColdStream = Observable<DeltaEvent> & Pick<ReturnType<RunHelpers['cold']>, 'subscriptions'>;

export interface MarbleHelpers extends RunHelpers {
  /** A cold stream of delta events. */
  stream(marbles: string, values?: Readonly<Record<string, DeltaEvent>>, error?: unknown): ColdStream;
  /** Expects a stream of delta events, in the same letters. */
  expectStream(
    stream: Observable<DeltaEvent>,
    unsubscription?: string,
  ): { toBe(marbles: string, values?: Readonly<Record<string, DeltaEvent>>, error?: unknown): void };
}

/** A test body in virtual time: `it('…', marbles(({ stream, expectStream }) => …))`. */
export function marbles(test: (helpers: MarbleHelpers) => void): () => void {
  return () => {
    const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
    scheduler.run((helpers) => {
      test({
        ...helpers,
        stream: (diagram, values = {}, error = undefined) => helpers.cold(diagram, { ...letters, ...values }, error),
        expectStream: (stream, unsubscription) => ({
          toBe: (diagram, values = {}, error = undefined) =>
            helpers.expectObservable(stream, unsubscription).toBe(diagram, { ...letters, ...values }, error),
        }),
      });
    });
  };
}
