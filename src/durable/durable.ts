import type { Observable } from 'rxjs';
import type { DeltaEvent } from '../events.js';
import { checkEach } from '../kernel/options.js';
import { checkSource } from './checkSource.js';
import { checkStore } from './checkStore.js';
import { type DurableOptions, durableChecks } from './durableOptions.js';
import { readOwned } from './ownStream.js';
import { checkStreamId } from './streamId.js';
import type { StreamStore } from './streamStore.js';

export type { DurableOptions, StreamSettlement } from './durableOptions.js';

/**
 * Creates a stream that outlives its subscribers, its connection and, with a store that several processes reach, its reader's process: the first
 * caller of an id produces, all others follow, and late ones catch up.
 *
 *     source                s-a-b-c-f|        subscribed once for the id, whatever the number of subscribers
 *     first subscriber      s-a-!             unsubscribes: the source goes on
 *     late subscriber             (sabc)-f|
 *
 * Each subscriber emits what it reads from the store. A subscriber that unsubscribes is not a stop: the source's subscription belongs to the stream, and
 * ends with the source, by {@link StreamStore.cancel} or with the process; `onSettled` is called. After the end, the id emits the same again until its
 * retention has passed. A producer that died is noticed when its lease runs out, and the stream then errors for all of its readers; nothing is
 * asked again unless `onLost` is `'reset'` or another id is used.
 *
 * @param id Names the stream for everyone: two that ask for the same answer use the same one. Where users choose it, put their account into it.
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError for a number or an `id` out of range.
 * @emitsError The error of the source, of the same class and kind; `TruncatedError` with the code `producer_lost` if its producer died; an
 * error of the store.
 * @unsubscribe Ends the reading, and not the source.
 * @reset Forwards it.
 * @cost The store holds the events. Here: what was not stored yet, the message so far for each subscriber, and one timer.
 * @example durable(store, 'run-1', fromMessages(client, params)).pipe(accumulateText())
 */
export function durable(
  store: StreamStore,
  id: string,
  source$: Observable<DeltaEvent>,
  options: DurableOptions = {},
): Observable<DeltaEvent> {
  checkStore('durable', store);
  checkStreamId('durable', id);
  checkSource('durable', source$);
  checkEach('durable', options, durableChecks);
  return readOwned({ store, id, source$, options }, true);
}
