import { concat, concatMap, defaultIfEmpty, from, isObservable, Observable, of, take } from 'rxjs';
import type { ToolApprovalEvent, ToolCall } from '../events.js';
import { isPromiseLike } from '../structured/standardSchema.js';
import { approvalEvent, failureEvent, type ToolEvent } from './toolEvents.js';

/** A decision on a call; `undefined` if there is none yet. */
export type Decision = boolean | undefined;

/** What `approve` may return. An Observable decides by its first value; one that completes without a value does not decide. */
export type DecisionInput = Decision | PromiseLike<Decision> | Observable<Decision>;

/**
 * Emits the decision on a call, then what follows from it. Without a decision nothing follows, and the call has no answer.
 *
 * @param run The events of the call if it is approved.
 */
export function decide(call: ToolCall, decision: DecisionInput, run: Observable<ToolEvent>): Observable<ToolEvent> {
  const denied = of(failureEvent(call, `The call of ${call.name} was not approved`));
  return decisions(call, decision).pipe(
    concatMap((event) => {
      if (event.approved === undefined) return of(event);
      return concat(of(event), event.approved ? run : denied);
    }),
  );
}

/** While a decision is pending, the call waits, which is an event too. */
function decisions(call: ToolCall, decision: DecisionInput): Observable<ToolApprovalEvent> {
  if (!isObservable(decision) && !isPromiseLike(decision)) return of(approvalEvent(call, decision));
  return new Observable((subscriber) => {
    let pending = true;
    let waits = false;
    const subscription = from(decision)
      .pipe(take(1), defaultIfEmpty(undefined))
      .subscribe({
        next(approved) {
          pending = false;
          if (approved !== undefined || !waits) subscriber.next(approvalEvent(call, approved));
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    subscriber.add(subscription);
    if (!pending || subscriber.closed) return;
    waits = true;
    subscriber.next(approvalEvent(call, undefined));
  });
}
