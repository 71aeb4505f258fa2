import type { Observable } from 'rxjs';
import { type DeltaEvent, hedge, retryStream } from 'rxllm';

/** Asks both models at once. The first to emit content is the answer, and the request of the other is aborted. */
export function raceOfModels(one$: Observable<DeltaEvent>, other$: Observable<DeltaEvent>): Observable<DeltaEvent> {
  return one$.pipe(retryStream(), hedge(other$.pipe(retryStream()), { afterMs: 0 }));
}
