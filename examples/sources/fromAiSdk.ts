/** An answer of the AI SDK with rxllm's operators; here its parts are written by hand, in place of `streamText({ … }).stream`. */
import { lastValueFrom } from 'rxjs';
import { retryStream, toMessage } from 'rxllm';
import { fromAiSdk } from 'rxllm/ai-sdk';

const cut = [{ type: 'start-step' }, { type: 'text-start', id: '0' }, { type: 'text-delta', id: '0', text: 'Fo' }];
const whole = [
  ...cut,
  { type: 'text-delta', id: '0', text: 'ur.' },
  { type: 'text-end', id: '0' },
  {
    type: 'finish-step',
    usage: { inputTokens: 9, outputTokens: 2, totalTokens: 11 },
    finishReason: 'stop',
    rawFinishReason: 'STOP',
  },
  { type: 'finish', finishReason: 'stop', rawFinishReason: 'STOP' },
];
const requests = [cut, whole];

async function* streamText(): AsyncGenerator<{ type: string }> {
  console.log('a request');
  yield* requests.shift() ?? [];
}

// fromAiSdk(({ signal }) => streamText({ model, prompt, maxRetries: 0, abortSignal: signal }).stream)
const events$ = fromAiSdk(() => streamText(), { provider: 'google', model: 'gemini-2.5-flash' });
const { text, usage } = await lastValueFrom(events$.pipe(retryStream({ initialDelayMs: 1 }), toMessage()));

console.log(text, usage?.totalTokens);

/* Prints:
a request
a request
Four. 11
*/
