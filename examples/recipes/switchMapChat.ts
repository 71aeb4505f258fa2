import { type Observable, switchMap } from 'rxjs';
import { type DeltaEvent, type MessageState, retryStream, timeoutBetweenChunks, toMessageState } from 'rxllm';

/** The answer to the last question, as states for a view. A new question aborts the request of the one before. */
export function latestAnswer(
  questions$: Observable<string>,
  ask: (question: string) => Observable<DeltaEvent>,
): Observable<MessageState> {
  return questions$.pipe(
    switchMap((question) =>
      ask(question).pipe(timeoutBetweenChunks({ firstMs: 60_000, betweenMs: 30_000 }), retryStream(), toMessageState()),
    ),
  );
}
