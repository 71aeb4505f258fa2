/** The kind of an error, whether it is retryable, and the time to wait: the same for every provider. */
import { lastValueFrom } from 'rxjs';
import { bufferToText, isStreamError } from 'rxllm';
import { fromChatCompletions } from 'rxllm/openai';
import { localAnswer } from '../localAnswer.js';

for (const status of [401, 404, 429, 503]) {
  const { events$, stop } = await localAnswer('What is the capital of France?', { failures: [status] });
  await lastValueFrom(events$.pipe(bufferToText())).catch((error: unknown) => {
    if (!isStreamError(error)) throw error;
    console.log(error.name, { kind: error.kind, retryable: error.retryable, partial: error.partial?.text });
  });
  await stop();
}

// The provider's Retry-After is on the error, and `retryStream` never retries sooner.
const busy = (): Promise<Response> => Promise.resolve(new Response('{}', { status: 429, headers: { 'retry-after': '2' } }));
const busy$ = fromChatCompletions(busy, { model: 'local', messages: [] });
await lastValueFrom(busy$.pipe(bufferToText())).catch((error: unknown) => {
  if (isStreamError(error)) console.log(error.kind, { retryable: error.retryable, retryAfterMs: error.retryAfterMs });
});

/* Prints:
HttpError { kind: 'authentication', retryable: false, partial: '' }
HttpError { kind: 'not-found', retryable: false, partial: '' }
HttpError { kind: 'rate-limit', retryable: true, partial: '' }
HttpError { kind: 'server', retryable: true, partial: '' }
rate-limit { retryable: true, retryAfterMs: 2000 }
*/
