import { defer, Observable, Subscriber, Subscription } from 'rxjs';
import { type CallPolicy, callEvents, type OpenCall } from './callEvents.js';
import { createCallOrder } from './callOrder.js';
import { createRunLimit } from './runLimit.js';
import type { ToolEvent } from './toolEvents.js';

/** How the calls of a round are answered. */
export interface RoundPolicy extends CallPolicy {
  /** How many tools run at a time. */
  readonly concurrency: number;
}

/**
 * Answers the calls of a round in parallel. Progress and approvals are emitted live, results in the order of the calls; a call that waits for a
 * decision holds back no result of another.
 *
 *     call 1     ----------(r|)
 *     call 2     --p--(R|)
 *     result     --p-------(rR|)
 */
export function runCalls(calls: readonly OpenCall[], policy: RoundPolicy): Observable<ToolEvent> {
  return new Observable((subscriber) => {
    const running = new Subscription();
    subscriber.add(running);
    const limit = createRunLimit<ToolEvent>(policy.concurrency, running);
    const order = createCallOrder(calls.length, (event) => subscriber.next(event));
    let open = calls.length;

    for (const [index, call] of calls.entries()) {
      if (running.closed) return;
      const inner = new Subscriber<ToolEvent>({
        next: (event) => order.push(index, event),
        error(error: unknown) {
          // The other tools are cancelled before the error is emitted, so that none runs beside a repeat.
          running.unsubscribe();
          order.flush();
          subscriber.error(error);
        },
        complete() {
          order.end(index);
          open--;
          if (open === 0) subscriber.complete();
        },
      });
      running.add(inner);
      defer(() => callEvents(call, policy, limit)).subscribe(inner);
    }
  });
}
