import { catchError, defer, type OperatorFunction, of, startWith } from 'rxjs';
import type { DeltaEvent } from '../events.js';
import { carrySignal } from '../kernel/callerAbort.js';
import { operateEvents } from '../kernel/operateEvents.js';
import { checkCount, checkOptions } from '../kernel/options.js';
import { joinRestartedUsage } from '../metering/restartedUsage.js';
import type { MessageState } from '../view/messageState.js';
import { createStateFold } from '../view/stateFold.js';

export type { MessageState, MessageStatus, RetryNotice, StepState, ToolState, ToolStatus } from '../view/messageState.js';

export interface ToMessageStateOptions {
  /** Which choice to read if the request asked for several. @defaultValue 0 */
  readonly choice?: number;
}

const role = { name: 'toMessageState', fold: true, joinUsage: joinRestartedUsage };

/**
 * Emits the answer so far as immutable, plain data, for a view to bind to: the first state on subscribe, then one for each change. It never errors.
 *
 *     source   --s-a-R---s-b-f|     R: reset
 *     result   p-s-a-r---s-b-f|     p: pending, r: retrying with its delay, f: done
 *
 *     source   --s-a-#
 *     result   p-s-a-(x|)           x: error, with the text 'a'
 *
 * A state has the fields of a message, the tools with their progress and results, the rounds of a tool loop, usage, cost and timing, and the
 * `status`: `pending`, `streaming`, `retrying`, and at last `done`, `aborted` or `error`. What an event does not concern is the same object in
 * the next state, so that `computed`, `OnPush`, `memo` and `distinctUntilChanged` can compare by identity. An event that changes nothing
 * emits nothing.
 *
 * A stream that completes without `finish`, or that the caller's signal aborts, ends as `aborted`; the error of another one is in `error`, as
 * plain JSON with the answer so far.
 *
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError if `choice` is not a whole number >= 0.
 * @emitsError None: an error is the last state.
 * @unsubscribe Discards the state.
 * @reset Emits the state without what it voids, with the status `retrying`, at once; usage stays.
 * @cost Holds the message. A delta costs a state and a copy of the list of parts, without copying a text.
 * @example readonly answer = toSignal(events$.pipe(toMessageState()), { requireSync: true })
 */
export function toMessageState(options: ToMessageStateOptions = {}): OperatorFunction<DeltaEvent, MessageState> {
  checkOptions('toMessageState', options, ['choice']);
  const { choice = 0 } = options;
  checkCount('choice', choice);
  return (source) => {
    const result = defer(() => {
      const fold = createStateFold(choice);
      return source.pipe(
        operateEvents<DeltaEvent, MessageState>(role, (destination) => ({
          next(event) {
            if (fold.push(event)) destination.next(fold.state);
          },
          complete() {
            if (fold.complete()) destination.next(fold.state);
            destination.complete();
          },
        })),
        catchError((error: unknown) => of(fold.fail(error))),
        startWith(fold.state),
      );
    });
    return carrySignal(source, result);
  };
}
