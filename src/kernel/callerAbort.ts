import { fromEvent, merge, Observable, share } from 'rxjs';
import { type PartialSource, StreamAbortedError } from '../errors.js';

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
export function abortOf(signal: AbortSignal, partial?: PartialSource): Observable<never> {
  return new Observable((subscriber) => {
    const abort = (): void => subscriber.error(new StreamAbortedError(undefined, { cause: signal.reason, partial }));
    if (signal.aborted) return abort();
    subscriber.add(abortEvents(signal).subscribe({ next: abort, error: (error: unknown) => subscriber.error(error) }));
  });
}

/** By `Symbol.for`, so that two copies of the package agree. */
const callers = Symbol.for('rxllm.callerSignals');

/** Notes whose request an error ended, so that an operator that waits before it sends another one can wait for the caller's abort too. */
export function noteCaller<E extends object>(error: E, ...signals: readonly AbortSignal[]): E {
  return signals.length === 0 ? error : Object.defineProperty(error, callers, { value: signals, configurable: true });
}

/**
 * The caller's abort of any request that the error ended; nothing where no caller is known.
 *
 * @param partial What the stream had said.
 */
export function abortAfter(error: unknown, partial: PartialSource): Observable<never> | undefined {
  const signals = Object(error)[callers] as readonly AbortSignal[] | undefined;
  return signals && merge(...signals.map((signal) => abortOf(signal, partial)));
}

/** What is being left: sources that had begun by then, because a limiter may let another stream begin in the place of the one that leaves. */
interface Leaving {
  readonly begun: number;
  readonly signals: Set<AbortSignal>;
}

let begun = 0;
let leaving: Leaving | undefined;

/** For a source that begins: what to call when it is left. */
export function onLeaving(signal: AbortSignal): () => void {
  const number = ++begun;
  return () => {
    if (leaving && number <= leaving.begun) leaving.signals.add(signal);
  };
}

/** Leaves the sources, because of an error of an operator's own, which then knows their callers as theirs would. */
export function leaveFor<E extends object>(error: E, leave: () => void): E {
  const outer = leaving;
  const signals = new Set<AbortSignal>();
  leaving = { begun, signals };
  try {
    leave();
  } finally {
    leaving = outer;
  }
  return noteCaller(error, ...signals);
}
