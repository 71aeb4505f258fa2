import { asyncScheduler, type MonoTypeOperatorFunction, Observable } from 'rxjs';

/** Something that a stream did. Times are milliseconds, as `asyncScheduler` counts. */
export type LaneMark =
  | { readonly kind: 'next'; readonly atMs: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly atMs: number; readonly error: unknown }
  | { readonly kind: 'complete' | 'unsubscribe'; readonly atMs: number };

/** One subscription to a stream, and all it did. */
export interface LaneRun {
  readonly subscribedAtMs: number;
  readonly marks: readonly LaneMark[];
}

/** What a stream did: a lane of a picture. */
export interface MarbleLane {
  readonly name: string;
  /** A run for every subscription, in order. */
  readonly runs: readonly LaneRun[];
}

/** A lane, and the operator that fills it. */
export interface RecordedLane extends MarbleLane {
  /** Mirrors its source, and notes what it does. */
  record<T>(): MonoTypeOperatorFunction<T>;
}

/**
 * Records what a stream does, for {@link toMarbleDiagram}.
 *
 *     const source = marbleLane('source');
 *     const result = marbleLane('result');
 *     source$.pipe(source.record(), retryStream(), result.record()).subscribe(…);
 *
 * @param name What the lane is called in the picture.
 * @throws TypeError at call time if it is not a text.
 * @example toMarbleDiagram([source, result])
 */
export function marbleLane(name: string): RecordedLane {
  if (typeof name !== 'string') throw new TypeError('marbleLane: name must be a text');
  const runs: { readonly subscribedAtMs: number; readonly marks: LaneMark[] }[] = [];

  function record<T>(): MonoTypeOperatorFunction<T> {
    return (source) =>
      new Observable((subscriber) => {
        const marks: LaneMark[] = [];
        let ended = false;
        runs.push({ subscribedAtMs: asyncScheduler.now(), marks });
        subscriber.add(() => {
          if (!ended) marks.push({ kind: 'unsubscribe', atMs: asyncScheduler.now() });
        });
        return source.subscribe({
          next(value) {
            marks.push({ kind: 'next', atMs: asyncScheduler.now(), value });
            subscriber.next(value);
          },
          error(error: unknown) {
            ended = true;
            marks.push({ kind: 'error', atMs: asyncScheduler.now(), error });
            subscriber.error(error);
          },
          complete() {
            ended = true;
            marks.push({ kind: 'complete', atMs: asyncScheduler.now() });
            subscriber.complete();
          },
        });
      });
  }

  return { name, runs, record };
}
