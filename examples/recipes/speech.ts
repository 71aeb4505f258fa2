import { concatMap, endWith, ignoreElements, type Observable, takeUntil } from 'rxjs';
import { type DeltaEvent, retryStream, sentences } from 'rxllm';

export interface SpeechOptions {
  /** Plays a sentence and completes when it was heard. Unsubscribing stops the sound. */
  readonly speak: (sentence: string) => Observable<unknown>;
  /** Emits when the user begins to talk. */
  readonly interruption$: Observable<unknown>;
}

/**
 * Speaks an answer sentence by sentence while the model still writes it, and emits each sentence after it was heard: joined, these are the text
 * for the next turn. An interruption stops the sound and aborts the request.
 */
export function speakAnswer(events$: Observable<DeltaEvent>, { speak, interruption$ }: SpeechOptions): Observable<string> {
  return events$.pipe(
    retryStream(),
    sentences({ locale: 'en', minChars: 20 }),
    concatMap((sentence) => speak(sentence).pipe(ignoreElements(), endWith(sentence))),
    takeUntil(interruption$),
  );
}
