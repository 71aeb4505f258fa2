import { asyncScheduler, type MonoTypeOperatorFunction, Observable } from 'rxjs';

/** One notification of a stream, or its unsubscription. Times are those of `asyncScheduler`, in milliseconds. */
export type LaneMark =
  | { readonly kind: 'next'; readonly atMs: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly atMs: number; readonly error: unknown }
  | { readonly kind: 'complete' | 'unsubscribe'; readonly atMs: number };

/** One subscription to a stream, and its notifications. */
export interface LaneRun {
  readonly subscribedAtMs: number;
  readonly marks: readonly LaneMark[];
}

/** The record of one stream: a lane of a picture. */
export interface MarbleLane {
  readonly name: string;
  /** One run for each subscription, in order. */
  readonly runs: readonly LaneRun[];
}

/** A lane, with the operator that records it. */
export interface RecordedLane extends MarbleLane {
  /** Creates an operator that mirrors its source and records each subscription as a run. */
  record<T>(): MonoTypeOperatorFunction<T>;
}

/**
 * Creates a lane; its `record()` operator records a stream for {@link toMarbleDiagram}.
 *
 *     const source = marbleLane('source');
 *     const result = marbleLane('result');
 *     source$.pipe(source.record(), retryStream(), result.record()).subscribe(…);
 *
 * @param name Name of the lane in the picture.
 * @returns The lane, still without runs.
 * @throws TypeError at call time if `name` is not a string.
 * @example toMarbleDiagram([source, result])
 */
export function marbleLane(name: string): RecordedLane {
  if (typeof name !== 'string') throw new TypeError('marbleLane: name must be a string');
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
