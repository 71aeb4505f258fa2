import { Observable, type OperatorFunction, Subject } from 'rxjs';
import type { DeltaEvent } from '../../events.js';

/** A source that logs its subscriptions. */
export interface ObservedStream {
  readonly source: Observable<DeltaEvent>;
  /** `'subscribe'` and `'unsubscribe'`, in order. */
  readonly log: readonly string[];
  /** Its notifications are those of the source, unless another stream was given. */
  readonly subject: Subject<DeltaEvent>;
}

/** Creates a source that logs its subscriptions. */
export function observed(inner?: Observable<DeltaEvent>): ObservedStream {
  const log: string[] = [];
  const subject = new Subject<DeltaEvent>();
  const source = new Observable<DeltaEvent>((subscriber) => {
    log.push('subscribe');
    subscriber.add(() => log.push('unsubscribe'));
    subscriber.add((inner ?? subject).subscribe(subscriber));
  });
  return { source, log, subject };
}

/** What a stream has emitted. */
export interface Recorded {
  readonly values: readonly unknown[];
  /** `'open'`, `'complete'`, or the emitted error. */
  readonly end: unknown;
}

/** Records what an operator emits synchronously, and unsubscribes. */
export function record<T>(source: Observable<T>, operator: OperatorFunction<T, unknown>): Recorded {
  const recorded = recordLive(source, operator);
  recorded.unsubscribe();
  return { values: recorded.values, end: recorded.end };
}

/** Records what an operator emits, as long as the source does. */
export function recordLive<T>(
  source: Observable<T>,
  operator: OperatorFunction<T, unknown>,
): Recorded & { readonly unsubscribe: () => void } {
  const values: unknown[] = [];
  let end: unknown = 'open';
  const subscription = source.pipe(operator).subscribe({
    next: (value) => values.push(value),
    error: (error: unknown) => {
      end = error;
    },
    complete: () => {
      end = 'complete';
    },
  });
  return {
    values,
    get end() {
      return end;
    },
    unsubscribe: () => subscription.unsubscribe(),
  };
}
