import { defer, finalize, type Observable } from 'rxjs';
import type { DeltaEvent } from 'rxllm';
import { streamOf } from 'rxllm/testing';

/** How many answers run. */
const seen = { open: 0 };
Object.assign(globalThis, { seen });

export function ask(): Observable<DeltaEvent> {
  return defer(() => {
    seen.open++;
    return streamOf('The answer to this has seven words.', { everyMs: 100 });
  }).pipe(finalize(() => seen.open--));
}
