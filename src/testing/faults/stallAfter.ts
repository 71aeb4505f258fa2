import { concat, concatMap, defer, delay, EMPTY, type MonoTypeOperatorFunction, NEVER, type Observable, of } from 'rxjs';
import { checkPositive } from '../../kernel/options.js';
import { mapBody } from '../fakes/responseBody.js';
import { checkRequiredCount, createFault, type Fault } from './fault.js';
import { inBytes, inEvents, type Units } from './units.js';

/**
 * Stalls a stream in the middle: holds back everything after the first part.
 *
 *     source              s-a-b-c-f|
 *     stallAfter(3, 5)    s-a-b------(cf|)
 *
 * @param count Number of events, or of body bytes on a fetch, that arrive in time, ≥ 0.
 * @param stallMs Delay of the rest, in milliseconds from the time of the next event or byte, > 0. @defaultValue Infinity: emits nothing more
 * @returns A {@link Fault}: an operator on events, and a wrapper of `fetch`.
 * @throws TypeError or RangeError at call time for a bad number.
 * @emitsError None of its own.
 * @unsubscribe Clears its timer and unsubscribes from the source.
 * @example events$.pipe(stallAfter(3), timeoutBetweenChunks({ betweenMs: 30_000 }))
 */
export function stallAfter(count: number, stallMs: number = Infinity): Fault {
  checkRequiredCount('stallAfter: count', count);
  checkPositive('stallAfter: stallMs', stallMs);
  return createFault((fetch) => mapBody(fetch, stall(count, stallMs, inBytes)), stall(count, stallMs, inEvents));
}

function stall<T>(count: number, stallMs: number, units: Units<T>): MonoTypeOperatorFunction<T> {
  const hold = (value: T): Observable<T> => (stallMs === Infinity ? NEVER : of(value).pipe(delay(stallMs)));
  return (source) =>
    defer(() => {
      let remaining = count;
      let stalled = false;
      return source.pipe(
        concatMap((value) => {
          const cutAt = remaining;
          remaining -= units.sizeOf(value);
          if (stalled || remaining >= 0) return of(value);
          stalled = true;
          const [head, tail] = units.split(value, cutAt);
          return concat(head === undefined ? EMPTY : of(head), tail === undefined ? EMPTY : hold(tail));
        }),
      );
    });
}
