import { existsSync, readFileSync, truncateSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { catchError, concatMap, defer, from, map, mergeMap, type Observable, of } from 'rxjs';
import { type DeltaEvent, type ErrorInfo, retryStream, toErrorInfo, toMessage } from 'rxllm';

export interface EvaluationCase {
  readonly id: string;
  readonly prompt: string;
  readonly expected: string;
}

export interface EvaluationResult {
  readonly id: string;
  readonly passed: boolean;
  readonly text?: string;
  readonly tokens?: number | undefined;
  readonly error?: ErrorInfo;
}

export interface EvaluationOptions {
  /** Path of the data set: one case in each line, as JSON. */
  readonly cases: string;
  /** Path of the results: one in each line, as JSON. A case that has a result there is not asked again. */
  readonly results: string;
  readonly ask: (prompt: string) => Observable<DeltaEvent>;
  readonly concurrency: number;
}

/** Asks each case of a data set, appends its result to a file, and emits the result after it was written. */
export function evaluate({ cases, results, ask, concurrency }: EvaluationOptions): Observable<EvaluationResult> {
  return defer(() => {
    dropCutLine(results);
    const done = new Set(readLines<EvaluationResult>(results).map(({ id }) => id));
    return from(readLines<EvaluationCase>(cases).filter(({ id }) => !done.has(id)));
  }).pipe(
    mergeMap((each) => judge(each, ask), concurrency),
    // One line at a time, so that two results never mix.
    concatMap((result) => from(appendFile(results, `${JSON.stringify(result)}\n`)).pipe(map(() => result))),
  );
}

function judge({ id, prompt, expected }: EvaluationCase, ask: EvaluationOptions['ask']): Observable<EvaluationResult> {
  return ask(prompt).pipe(
    retryStream(),
    toMessage(),
    map(({ text, usage }) => ({ id, passed: text.includes(expected), text, tokens: usage?.totalTokens })),
    catchError((error: unknown) => of({ id, passed: false, error: toErrorInfo(error) })),
  );
}

function readLines<T>(file: string): readonly T[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as T);
}

/** A process that was killed while it wrote has written half a line: its case is asked again. */
function dropCutLine(file: string): void {
  if (existsSync(file)) truncateSync(file, readFileSync(file).lastIndexOf('\n') + 1);
}
