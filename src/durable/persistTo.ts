import type { MonoTypeOperatorFunction } from 'rxjs';
import type { DeltaEvent } from '../events.js';
import { carrySignal } from '../kernel/callerAbort.js';
import { checkEach } from '../kernel/options.js';
import { checkStore } from './checkStore.js';
import { type DurableOptions, durableChecks } from './durableOptions.js';
import { readOwned } from './ownStream.js';
import { checkStreamId } from './streamId.js';
import type { StreamStore } from './streamStore.js';

/**
 * Writes a stream into a store under an id, and emits it as the store has it: {@link resumeFrom} reads it from anywhere.
 *
 *     source     s-a-b-c-f|
 *     log          1-1 1-2 1-3 1-4 1-5
 *     result     s-a-b-c-f|
 *
 * Subscribing claims the id. In contrast to {@link durable}, an id that another caller has claimed is an error. The source's subscription
 * belongs to the stream: unsubscribing from the result does not end it, {@link StreamStore.cancel} does. Events are written in batches of at most
 * 5 ms, tool calls and the end at once.
 *
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError for a number or an `id` out of range.
 * @emitsError {@link FencedError} if the id has a producer or has ended; else as {@link durable}.
 * @unsubscribe Ends the reading, and not the source.
 * @reset Forwards it.
 * @cost The store holds the events. Here: what was not stored yet, the message so far, and one timer.
 * @example fromMessages(client, params).pipe(persistTo(store, 'run-1')).subscribe()
 */
export function persistTo(store: StreamStore, id: string, options: DurableOptions = {}): MonoTypeOperatorFunction<DeltaEvent> {
  checkStore('persistTo', store);
  checkStreamId('persistTo', id);
  checkEach('persistTo', options, durableChecks);
  return (source$) => carrySignal(source$, readOwned({ store, id, source$, options }, false));
}
