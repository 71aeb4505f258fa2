/** Two requests per minute: the third stream waits. All streams wait when the provider reports that nothing remains. */
import OpenAI from 'openai';
import { lastValueFrom, merge, take, toArray } from 'rxjs';
import { bufferToText, createRateLimiter, rateLimit } from 'rxllm';
import { fromChatCompletions } from 'rxllm/openai';
import { localProvider } from '../localProvider.js';

const { openai, stop } = await localProvider();
const client = new OpenAI({ baseURL: openai, apiKey: 'local' });
const params = { model: 'local', messages: [{ role: 'user' as const, content: 'How much is two and two?' }] };
const limiter = createRateLimiter({ requestsPerMinute: 2, tokensPerMinute: 10_000 });

const answer$ = fromChatCompletions(client, params, { onResponse: limiter.observe }).pipe(
  rateLimit(limiter, { prompt: params }),
  bufferToText(),
);
const answers = lastValueFrom(merge(answer$, answer$, answer$).pipe(take(2), toArray()));
console.log('waiting:', limiter.waiting);
console.log(await answers);
// The waiting stream was unsubscribed without sending a request.
console.log('waiting:', limiter.waiting);
await stop();

/* Prints:
waiting: 1
[ 'Four.', 'Four.' ]
waiting: 0
*/
