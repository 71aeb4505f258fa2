import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import type { DeltaEvent } from '../../events.js';
import { checkCount } from '../../kernel/options.js';
import type { Fetch } from '../fakes/responseBody.js';

/** A fault of the connection: wraps the `fetch` of an SDK client. */
export type FetchFault = (fetch: Fetch) => Fetch;

/**
 * A fault in two forms: an operator on events, `events$.pipe(fault)`, and a wrapper of the `fetch` of an SDK client,
 * `new OpenAI({ fetch: fault(fetch) })`.
 */
export interface Fault {
  (fetch: Fetch): Fetch;
  (source: Observable<DeltaEvent>): Observable<DeltaEvent>;
}

/** @throws TypeError or RangeError if the value is missing or not a whole number ≥ 0. */
export function checkRequiredCount(name: string, value: unknown): void {
  if (value === undefined) throw new TypeError(`${name} is required`);
  checkCount(name, value as number);
}

/** Joins the two forms of a fault: a fetch is a function, an Observable is not. */
export function createFault(onFetch: FetchFault, onEvents: MonoTypeOperatorFunction<DeltaEvent>): Fault {
  function fault(fetch: Fetch): Fetch;
  function fault(source: Observable<DeltaEvent>): Observable<DeltaEvent>;
  function fault(target: Fetch | Observable<DeltaEvent>): Fetch | Observable<DeltaEvent> {
    return typeof target === 'function' ? onFetch(target) : onEvents(target);
  }
  return fault;
}
