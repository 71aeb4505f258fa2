import { concat, EMPTY, from, isObservable, Observable, of, take } from 'rxjs';
import type { ToolCall } from '../events.js';
import { isPromiseLike } from '../structured/standardSchema.js';
import { approvalEvent, failureEvent, type ToolEvent } from './toolEvents.js';

/** A decision on a call; `undefined` if there is none yet. */
export type Decision = boolean | undefined;

/** What `approve` may return. An Observable decides by its first value; one that completes without a value does not decide. */
export type DecisionInput = Decision | PromiseLike<Decision> | Observable<Decision>;

/**
 * Emits the decision on a call, then what follows from it. While the decision is pending, the call waits, which is an event too. Without a
 * decision nothing follows, and the call has no answer.
 *
 * @param run The events of the call if it is approved.
 */
export function decide(call: ToolCall, decision: DecisionInput, run: Observable<ToolEvent>): Observable<ToolEvent> {
  if (!isObservable(decision) && !isPromiseLike(decision))
    return concat(of(approvalEvent(call, decision)), following(call, decision, run));
  return new Observable((subscriber) => {
    let approved: Decision;
    let pending = true;
    let waits = false;
    const decided = from(decision).pipe(take(1));
    const subscription = decided.subscribe({
      next(value) {
        approved = value;
      },
      error: (error: unknown) => subscriber.error(error),
      complete() {
        pending = false;
        if (approved !== undefined || !waits) subscriber.next(approvalEvent(call, approved));
        subscriber.add(following(call, approved, run).subscribe(subscriber));
      },
    });
    subscriber.add(subscription);
    if (!pending || subscriber.closed) return;
    waits = true;
    subscriber.next(approvalEvent(call, undefined));
  });
}

function following(call: ToolCall, decision: Decision, run: Observable<ToolEvent>): Observable<ToolEvent> {
  if (decision === undefined) return EMPTY;
  return decision ? run : of(failureEvent(call, `The call of ${call.name} was not approved`));
}
