import { fromEvent, merge, Observable, share } from 'rxjs';
import { StreamAbortedError } from '../errors.js';

const aborts = new WeakMap<AbortSignal, Observable<unknown>>();

/** One listener for all streams that share a signal: Node takes more than ten for a leak, and warns. */
function abortEvents(signal: AbortSignal): Observable<unknown> {
  const known = aborts.get(signal);
  if (known) return known;
  const abort$ = fromEvent(signal, 'abort').pipe(share());
  aborts.set(signal, abort$);
  return abort$;
}

/** Errors with {@link StreamAbortedError} when the caller's signal aborts, at once if it has; else it says nothing and never ends. */
export function abortOf(signal: AbortSignal): Observable<never> {
  return new Observable((subscriber) => {
    const abort = (): void => subscriber.error(new StreamAbortedError(undefined, { cause: signal.reason }));
    if (signal.aborted) return abort();
    subscriber.add(abortEvents(signal).subscribe({ next: abort, error: (error: unknown) => subscriber.error(error) }));
  });
}

/** By `Symbol.for`, so that two copies of the package agree. */
const callers = Symbol.for('rxllm.callerSignals');
/** Those of the sources that are being left, while somebody asks. */
let leaving: Set<AbortSignal> | undefined;

/** Notes whose request an error ended, so that an operator that waits before it sends another one can wait for the caller's abort too. */
export function noteCaller<E extends object>(error: E, ...signals: readonly AbortSignal[]): E {
  return signals.length === 0 ? error : Object.defineProperty(error, callers, { value: signals, configurable: true });
}

/** A source tells that it is left. */
export function tellLeaving(signal: AbortSignal): void {
  leaving?.add(signal);
}

/** Leaves the sources, because of an error of an operator's own, which is then as good as theirs. */
export function leaveFor<E extends object>(error: E, leave: () => void): E {
  const outer = leaving;
  const left = new Set<AbortSignal>();
  leaving = left;
  try {
    leave();
  } finally {
    leaving = outer;
  }
  return noteCaller(error, ...left);
}

/** The caller's abort of any request that the error ended; never, where no signal is known. */
export function abortAfter(error: unknown): Observable<never> | undefined {
  const signals = Object(error)[callers] as readonly AbortSignal[] | undefined;
  return signals && merge(...signals.map(abortOf));
}
