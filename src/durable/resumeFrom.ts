import { defer, type Observable } from 'rxjs';
import { checkDemand, type Demand } from '../handles/createDemand.js';
import { checkEach } from '../kernel/options.js';
import { checkStore } from './checkStore.js';
import { readPaused } from './readPaused.js';
import { checkStreamId } from './streamId.js';
import type { StreamEntry, StreamStore } from './streamStore.js';

/** Where and how a stream is read. */
export interface ResumeFromOptions {
  /** The id of the last entry that was seen: what follows it is emitted. @defaultValue from the `start` */
  readonly after?: string | undefined;
  /** While it is paused nothing is read from the store, and nothing is held for this reader. @defaultValue none */
  readonly demand?: Demand | undefined;
}

/**
 * Creates a source that reads a stream from a store: what its log has, and then what its producer appends, wherever that runs.
 *
 *     log of the id           1-1 1-2 1-3 ---- 1-4 1-5|
 *     resumeFrom              (1-1 1-2 1-3)----1-4-1-5|
 *     after: '1-2'            (1-3)------------1-4-1-5|      what follows that entry
 *
 * Cold: each subscription reads by itself, at any time, and never sends the request of the stream. It ends as the stream does: completes, or
 * errors with an error of the same class and kind. Where the producer was lost it ends within a second after its lease, with a
 * `TruncatedError`, code `producer_lost`, that is retryable.
 *
 * @param id The id under which the stream is produced.
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError for an empty `id` or one that is too long.
 * @emitsError NotFoundError if the store has no such stream; GapError if `after` is no id, is not in the log, or what follows it was lost; the
 * error of the stream, without `partial`: that of {@link durable} has it.
 * @unsubscribe Ends the reading, and not the stream: `StreamStore.cancel` does that.
 * @reset Emits those of the stream.
 * @cost Holds nothing of its own.
 * @example resumeFrom(store, 'run-1', { after: lastId }).subscribe(({ id, event }) => send(id, event))
 */
export function resumeFrom(store: StreamStore, id: string, options: ResumeFromOptions = {}): Observable<StreamEntry> {
  checkStore('resumeFrom', store);
  checkStreamId('resumeFrom', id);
  checkEach('resumeFrom', options, { after: undefined, demand: checkDemand });
  const { after, demand } = options;
  return demand ? readPaused(store, id, after, demand) : defer(() => store.read(id, after));
}
