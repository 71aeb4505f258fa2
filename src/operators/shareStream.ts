import type { MonoTypeOperatorFunction } from 'rxjs';
import type { DeltaEvent } from '../events.js';
import { carrySignal } from '../kernel/callerAbort.js';
import { operateEvents } from '../kernel/operateEvents.js';
import { joinRestartedUsage } from '../metering/restartedUsage.js';
import { createSharedStream } from '../view/sharedStream.js';

const role = { name: 'shareStream', joinUsage: joinRestartedUsage };

/**
 * Shares one request between subscribers that may subscribe at any time.
 *
 *     source          s-a-b-c-f|
 *     result          s-a-b-c-f|
 *     result, late         (sX)c-f|       X = 'ab': the stream so far as few events
 *     result, later                (sYf|)  Y = 'abc'
 *
 * A late subscriber gets the stream so far first, merged: one event for the deltas of a block, and of what a `reset` voided only the usage. Every
 * operator makes the same of it as of the events themselves. Then it gets each event when it is emitted. `ping` and `raw` are not repeated.
 *
 * The first subscription sends the request. When the last one is unsubscribed before the end, the request is aborted, and the next subscription
 * sends another. After the completion the merged stream is emitted to every subscriber, and no request is sent; after an error, the next
 * subscription sends another. In contrast, `share` sends another request for a late subscriber, and `shareReplay` holds every event and never
 * aborts.
 *
 * Share the events, not what is made of them, and pipe it after what measures: `retryStream`, `aggregateUsage`, `withCost`. A subscriber that
 * throws harms no other.
 *
 * @emitsError None of its own; the error of the source is emitted to all subscribers.
 * @unsubscribe Aborts the request if no other subscriber remains.
 * @reset Forwards it, and drops what it voids.
 * @cost Holds the merged stream: about one byte for each character of ASCII text. An event costs one call for each subscriber.
 * @example const events$ = fromChatCompletions(client, params).pipe(retryStream(), shareStream())
 */
export function shareStream<E extends DeltaEvent>(): MonoTypeOperatorFunction<E> {
  return (source) =>
    carrySignal(
      source,
      createSharedStream(source.pipe(operateEvents<E, E>(role, (destination) => ({ next: (event) => destination.next(event) })))),
    );
}
