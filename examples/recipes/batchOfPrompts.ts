import { catchError, from, map, mergeMap, type Observable, of, scan, startWith } from 'rxjs';
import { bufferToText, type DeltaEvent, type ErrorInfo, retryStream, toErrorInfo } from 'rxllm';

export interface PromptResult {
  readonly index: number;
  readonly text?: string;
  readonly error?: ErrorInfo;
}

export interface BatchProgress {
  readonly results: readonly PromptResult[];
  readonly failed: number;
  readonly bar: string;
}

/**
 * Asks all prompts, at most `concurrency` at the same time, and emits the progress after each. A prompt that fails is a result with its error and
 * does not stop the others. Unsubscribing aborts the requests that are running and sends no further one.
 */
export function askAll(
  prompts: readonly string[],
  ask: (prompt: string) => Observable<DeltaEvent>,
  { concurrency }: { readonly concurrency: number },
): Observable<BatchProgress> {
  const askOne = (prompt: string, index: number): Observable<PromptResult> =>
    ask(prompt).pipe(
      retryStream(),
      bufferToText(),
      map((text) => ({ index, text })),
      catchError((error: unknown) => of({ index, error: toErrorInfo(error) })),
    );
  return from(prompts).pipe(
    mergeMap(askOne, concurrency),
    scan((results, result) => [...results, result], [] as readonly PromptResult[]),
    startWith([]),
    map((results) => ({
      results,
      failed: results.filter(({ error }) => error !== undefined).length,
      bar: progressBar(results.length, prompts.length),
    })),
  );
}

/** For instance `[######----] 3/5`. On a terminal, write it after `\r`. */
export function progressBar(done: number, total: number, width = 10): string {
  const filled = total === 0 ? width : Math.floor((done / total) * width);
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}] ${done}/${total}`;
}
