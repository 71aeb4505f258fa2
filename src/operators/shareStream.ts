import type { MonoTypeOperatorFunction } from 'rxjs';
import type { DeltaEvent } from '../events.js';
import { carrySignal } from '../kernel/callerAbort.js';
import { operateEvents } from '../kernel/operateEvents.js';
import { joinRestartedUsage } from '../metering/restartedUsage.js';
import { createSharedStream } from '../view/sharedStream.js';

const role = { name: 'shareStream', joinUsage: joinRestartedUsage };

/**
 * Shares one request between readers that may come at any time.
 *
 *     source          s-a-b-c-f|
 *     reader          s-a-b-c-f|
 *     late reader          (sX)-c-f|      X = 'ab': the stream so far as few events
 *     after the end               (sYf|)  Y = 'abc'
 *
 * A late reader gets the stream so far first, merged: one event for the deltas of a block, and of what a `reset` voided only the usage. Every
 * operator makes the same of it as of the events themselves. Then the reader gets each event as it comes. `ping` and `raw` are not repeated.
 *
 * The first reader sends the request; when the last one leaves before the end, it is aborted, and who comes after that asks again. After the
 * completion the merged stream is repeated, as long as the result is used; after an error, the next reader asks again. In contrast,
 * `share` sends another request for a late reader, and `shareReplay` holds every event and never aborts.
 *
 * Share the events, not what is made of them, and share once: `const events$ = ask().pipe(retryStream(), aggregateUsage(), shareStream())`. A
 * reader that throws harms no other.
 *
 * @emitsError None of its own; the error of the source goes to all readers.
 * @unsubscribe Aborts the request if no reader is left.
 * @reset Forwards it, and drops what it voids.
 * @cost Holds the merged stream: about one byte for each character of ASCII text. An event costs one call for each reader.
 * @example const events$ = fromChatCompletions(client, params).pipe(retryStream(), shareStream())
 */
export function shareStream<E extends DeltaEvent>(): MonoTypeOperatorFunction<E> {
  return (source) =>
    carrySignal(
      source,
      createSharedStream(source.pipe(operateEvents<E, E>(role, (destination) => ({ next: (event) => destination.next(event) })))),
    );
}
