import { lastValueFrom } from 'rxjs';
import { bufferToText, isStreamError } from 'rxllm';
import { fromChatCompletions } from 'rxllm/openai';

const cut = new Response('data: {"choices":[{"index":0,"delta":{"content":"Paris is "}}]}\n\n', {
  headers: { 'content-type': 'text/event-stream' },
});

const text$ = fromChatCompletions(async () => cut, { model: 'gpt-4o-mini', messages: [] }).pipe(bufferToText());

await lastValueFrom(text$).catch((error: unknown) => {
  if (isStreamError(error)) console.log(error.name, error.retryable, JSON.stringify(error.partial?.text));
});

/* Prints:
TruncatedError true "Paris is "
*/
