import { fromEvent, Observable, share } from 'rxjs';
import { type PartialSource, StreamAbortedError } from '../errors.js';

/** By `Symbol.for`, so that two copies of the package agree. */
const signalKey: unique symbol = Symbol.for('rxllm.signal');

/** Puts the caller's signal on a source, where an operator that waits before it sends another request finds it. */
export function attachSignal<T>(source: Observable<T>, signal: AbortSignal | undefined): Observable<T> {
  return signal ? Object.defineProperty(source, signalKey, { value: signal, configurable: true }) : source;
}

interface SignalCarrier {
  readonly [signalKey]?: AbortSignal;
  readonly source?: SignalCarrier;
}

/** The caller's signal of a stream: its own, or that of the source which an operator of RxJS has lifted. */
export function signalOf(stream: Observable<unknown>): AbortSignal | undefined {
  let carrier: SignalCarrier | undefined = stream as object;
  while (carrier && !carrier[signalKey]) carrier = carrier.source;
  return carrier?.[signalKey];
}

/** Gives the result of an operator the signal of its source. */
export function carrySignal<T>(source: Observable<unknown>, result: Observable<T>): Observable<T> {
  return attachSignal(result, signalOf(source));
}

const aborts = new WeakMap<AbortSignal, Observable<unknown>>();

/** One listener for all streams that share a signal: Node warns of a leak beyond ten. */
function abortEvents(signal: AbortSignal): Observable<unknown> {
  const known = aborts.get(signal);
  if (known) return known;
  const abort$ = fromEvent(signal, 'abort').pipe(share());
  aborts.set(signal, abort$);
  return abort$;
}

/** Errors with {@link StreamAbortedError} when the signal aborts, at once if it has; else emits nothing and never completes. */
export function abortOf(signal: AbortSignal, partial?: PartialSource): Observable<never> {
  return new Observable((subscriber) => {
    const abort = (): void => subscriber.error(new StreamAbortedError(undefined, { cause: signal.reason, partial }));
    if (signal.aborted) return abort();
    subscriber.add(abortEvents(signal).subscribe({ next: abort, error: (error: unknown) => subscriber.error(error) }));
  });
}

/** @throws TypeError if it is given and not an AbortSignal. */
export function checkSignal(name: string, value: unknown): void {
  if (value !== undefined && typeof Object(value).addEventListener !== 'function')
    throw new TypeError(`${name} must be an AbortSignal`);
}
