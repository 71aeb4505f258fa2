import { concat, concatMap, defer, delay, EMPTY, type MonoTypeOperatorFunction, NEVER, type Observable, of } from 'rxjs';
import { checkPositive } from '../../kernel/options.js';
import { mapBody } from '../fakes/responseBody.js';
import { checkGivenCount, createFault, type Fault } from './fault.js';
import { inBytes, inEvents, type Units } from './units.js';

/**
 * Lets a stream stall in the middle: what comes after the first part is held up.
 *
 *     source              s-a-b-c-f|
 *     stallAfter(3, 5)    s-a-b------(cf|)
 *
 * @param count How many events, or on a fetch bytes of the body, come in time, ≥ 0.
 * @param stallMs How long, in milliseconds, from when the next one was due, > 0. @defaultValue Infinity: it stays open and silent
 * @returns A {@link Fault}: an operator on events, and a wrapper of `fetch`.
 * @throws TypeError or RangeError at call time for a bad number.
 * Emits error: none of its own. On unsubscribe: clears its timer and unsubscribes the source.
 * @example events$.pipe(stallAfter(3), timeoutBetweenChunks({ betweenMs: 30_000 }))
 */
export function stallAfter(count: number, stallMs: number = Infinity): Fault {
  checkGivenCount('stallAfter: count', count);
  checkPositive('stallAfter: stallMs', stallMs);
  return createFault((fetch) => mapBody(fetch, stall(count, stallMs, inBytes)), stall(count, stallMs, inEvents));
}

function stall<T>(count: number, stallMs: number, units: Units<T>): MonoTypeOperatorFunction<T> {
  const hold = (value: T): Observable<T> => (stallMs === Infinity ? NEVER : of(value).pipe(delay(stallMs)));
  return (source) =>
    defer(() => {
      let left = count;
      let stalled = false;
      return source.pipe(
        concatMap((value) => {
          const place = left;
          left -= units.sizeOf(value);
          if (stalled || left >= 0) return of(value);
          stalled = true;
          const [head, tail] = units.split(value, place);
          return concat(head === undefined ? EMPTY : of(head), tail === undefined ? EMPTY : hold(tail));
        }),
      );
    });
}
