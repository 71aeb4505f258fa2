import {
  concat,
  concatMap,
  delay,
  dematerialize,
  from,
  type MonoTypeOperatorFunction,
  materialize,
  NEVER,
  type Observable,
  of,
  throwError,
} from 'rxjs';
import { ConnectionError, type DeltaEvent, isDeltaEvent } from 'rxllm';
import { type FakeAttempt, fakeProvider, type MarbleHelpers, streamOf } from 'rxllm/testing';
import type { Attempt, Script } from './attempt.js';
import { errorCall } from './errors.js';

/** The helpers of a run that a script needs. */
export type ScriptHelpers = Pick<MarbleHelpers, 'answer' | 'stream'>;

/** Creates the source of a script. */
export function scriptStream({ attempts }: Script, helpers: ScriptHelpers): Observable<unknown> {
  const streams = attempts.map((attempt) => attemptStream(attempt, helpers));
  const [first] = streams;
  return streams.length === 1 && first ? first : fakeProvider(streams as FakeAttempt[]);
}

function attemptStream({ values, pausesMs, end, marble }: Attempt, { answer, stream }: ScriptHelpers): Observable<unknown> {
  if (marble?.kind === 'answer') return answer(marble.text, { error: new ConnectionError() });
  if (marble) return stream(marble.text, {}, new ConnectionError());
  const played$ = isEvents(values) ? eventStream(values, end) : valueStream(values, end);
  return pausesMs.some((ms) => ms > 0) ? played$.pipe(paced(pausesMs)) : played$;
}

/** Whether they are events of rxllm, or there are none: otherwise a script plays JSON, which `streamOf` does not accept. */
export function isEvents(values: readonly unknown[]): values is readonly DeltaEvent[] {
  return values.every(isDeltaEvent);
}

function eventStream(events: readonly DeltaEvent[], end: Attempt['end']): Observable<DeltaEvent> {
  if (end === 'complete') return streamOf(events);
  return streamOf(events, end === 'open' ? { end } : { error: errorCall(end).create() });
}

function valueStream(values: readonly unknown[], end: Attempt['end']): Observable<unknown> {
  if (end === 'complete') return from(values);
  return concat(from(values), end === 'open' ? NEVER : throwError(() => errorCall(end).create()));
}

/** Emits each notification after its own pause, in milliseconds; the last one is that of the end. */
export function paced<T>(pausesMs: readonly number[]): MonoTypeOperatorFunction<T> {
  return (source$) =>
    source$.pipe(
      materialize(),
      concatMap((each, index) => (pausesMs[index] ? of(each).pipe(delay(pausesMs[index] ?? 0)) : of(each))),
      dematerialize(),
    );
}
