import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import type { DeltaEvent } from '../../events.js';
import { checkCount } from '../../kernel/options.js';
import type { Fetch } from '../fakes/responseBody.js';

/** A fault on the wire: wraps the `fetch` of an SDK client. */
export type FetchFault = (fetch: Fetch) => Fetch;

/**
 * A fault for both: an operator on events, `events$.pipe(fault)`, and a wrapper of the `fetch` of an SDK client,
 * `new OpenAI({ fetch: fault(fetch) })`.
 */
export interface Fault {
  (fetch: Fetch): Fetch;
  (source: Observable<DeltaEvent>): Observable<DeltaEvent>;
}

/** @throws TypeError or RangeError unless it is a whole number ≥ 0. */
export function checkGivenCount(name: string, value: unknown): void {
  if (value === undefined) throw new TypeError(`${name} is required`);
  checkCount(name, value as number);
}

/** One fault of its two forms: a fetch is a function, and a stream is none. */
export function createFault(onFetch: FetchFault, onEvents: MonoTypeOperatorFunction<DeltaEvent>): Fault {
  function fault(fetch: Fetch): Fetch;
  function fault(source: Observable<DeltaEvent>): Observable<DeltaEvent>;
  function fault(target: Fetch | Observable<DeltaEvent>): Fetch | Observable<DeltaEvent> {
    return typeof target === 'function' ? onFetch(target) : onEvents(target);
  }
  return fault;
}
