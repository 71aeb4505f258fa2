import { defer, endWith, NEVER, type Observable, switchMap, takeWhile, tap } from 'rxjs';
import type { Demand } from '../handles/createDemand.js';
import type { StreamEntry, StreamStore } from './streamStore.js';

/** Reads a stream while a handle is not paused, and goes on after the last entry when it is resumed: the log holds the rest. */
export function readPaused(store: StreamStore, id: string, after: string | undefined, demand: Demand): Observable<StreamEntry> {
  return defer(() => {
    let last = after;
    const note = (entry: StreamEntry): void => {
      last = entry.id;
    };
    // What ends is the stream, and not the handle.
    const read$ = defer(() => store.read(id, last)).pipe(tap(note), endWith(undefined));
    return demand.paused$.pipe(
      switchMap((paused) => (paused ? NEVER : read$)),
      takeWhile((entry) => entry !== undefined),
    );
  });
}
