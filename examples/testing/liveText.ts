import type { Observable } from 'rxjs';
import { accumulateText, type DeltaEvent, retryStream, timeoutBetweenChunks } from 'rxllm';

/** Code of an application: emits the text so far, with time limits and one retry. The tests of this folder test it. */
export function liveText(events$: Observable<DeltaEvent>): Observable<string> {
  return events$.pipe(
    timeoutBetweenChunks({ firstMs: 60_000, betweenMs: 30_000 }),
    retryStream({ maxRetries: 1, initialDelayMs: 1_000, jitter: 0 }),
    accumulateText(),
  );
}
