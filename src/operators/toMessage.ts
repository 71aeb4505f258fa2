import type { OperatorFunction } from 'rxjs';
import type { DeltaEvent, Message } from '../events.js';
import { operateEvents } from '../kernel/operateEvents.js';
import { checkCount, checkEach } from '../kernel/options.js';
import { createMessageFold } from '../message/messageFold.js';
import { joinRestartedUsage } from '../metering/restartedUsage.js';

export interface ToMessageOptions {
  /** Which choice to read if the request asked for several. @defaultValue 0 */
  readonly choice?: number;
}

/**
 * Collects the events into one `Message` and emits it when the stream completes.
 *
 *     source   s-a-b-u-f|
 *     result   ---------(m|)     m.text = 'ab', m.finishReason = 'stop'
 *
 * A stream that completes without `finish` emits its message too, with the finish reason `aborted`; an empty source emits nothing. A
 * `reset` discards the content that it voids, but not its usage.
 *
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError if `choice` is not a whole number >= 0.
 * @emitsError None of its own.
 * @unsubscribe Discards the message.
 * @reset Discards the parts that it voids; usage stays.
 * @cost Holds the message. A delta costs an append.
 * @example const { text, toolCalls, usage } = await lastValueFrom(events$.pipe(toMessage()))
 */
export function toMessage(options: ToMessageOptions = {}): OperatorFunction<DeltaEvent, Message> {
  checkEach('toMessage', options, { choice: checkCount });
  const { choice = 0 } = options;
  return operateEvents({ name: 'toMessage', fold: true, joinUsage: joinRestartedUsage }, (destination) => {
    const fold = createMessageFold(choice);
    let empty = true;
    return {
      next(event) {
        empty = false;
        fold.push(event);
      },
      complete() {
        if (!empty) destination.next(fold.message());
        destination.complete();
      },
    };
  });
}
