/** What went wrong, whether trying again may help, and how long to wait: the same for every provider. */
import { lastValueFrom } from 'rxjs';
import { bufferToText, isStreamError } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

for (const status of [401, 404, 429, 503]) {
  const { events$, stop } = await localAnswer('What is the capital of France?', { failures: [status] });
  await lastValueFrom(events$.pipe(bufferToText())).catch((error: unknown) => {
    if (!isStreamError(error)) throw error;
    console.log(error.name, { kind: error.kind, retryable: error.retryable, saidBefore: error.partial?.text });
  });
  await stop();
}

/* Prints:
HttpError { kind: 'authentication', retryable: false, saidBefore: '' }
HttpError { kind: 'not-found', retryable: false, saidBefore: '' }
HttpError { kind: 'rate-limit', retryable: true, saidBefore: '' }
HttpError { kind: 'server', retryable: true, saidBefore: '' }
*/
