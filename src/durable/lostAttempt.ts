import { concat, defer, EMPTY, map, mergeMap, type Observable, of, takeWhile } from 'rxjs';
import { createAttempts } from '../attempts/attempts.js';
import type { DeltaEvent } from '../events.js';
import { entryId } from './entryId.js';
import type { Claimed } from './logWriter.js';
import { lostError } from './producerLost.js';

/** The number of the first event after the mark. */
export const afterMark = 2;

/**
 * The source as another attempt after that of a producer that was lost: it emits a `reset`, which voids what that wrote, and usage adds up.
 *
 * The log shows where the lost attempt ends only by what comes after it, so a `ping` marks that.
 */
export function afterLostAttempt(source$: Observable<DeltaEvent>, { store, id, epoch }: Claimed): Observable<DeltaEvent> {
  const mark = entryId(epoch, 1);
  return defer(() => {
    const attempts = createAttempts();
    const lost$ = defer(() => store.append(id, epoch, 1, [{ type: 'ping' }])).pipe(
      mergeMap(() => store.read(id)),
      takeWhile((entry) => entry.id !== mark),
      mergeMap(({ event }) => {
        attempts.restate(event);
        return EMPTY;
      }),
    );
    const reset$ = defer(() => of(attempts.endFailed({ step: 0, cause: 'retry', delayMs: 0 }, lostError())));
    return concat(lost$, reset$, source$).pipe(map(attempts.restate));
  });
}
