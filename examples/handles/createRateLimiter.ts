/** One limiter for all streams of a key: it counts requests and tokens, and obeys the limits that the provider reports. */
import { lastValueFrom } from 'rxjs';
import { bufferToText, createRateLimiter, rateLimit } from 'rxllm';
import { fromChatCompletions } from 'rxllm/openai';

const chunks = [
  { choices: [{ index: 0, delta: { content: 'Four.' } }] },
  { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
];
const body = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('');

/** A provider that allows one more request, and the next one in a quarter of a second. */
const headers = {
  'content-type': 'text/event-stream',
  'x-ratelimit-remaining-requests': '0',
  'x-ratelimit-reset-requests': '250ms',
};
const request = (): Promise<Response> => Promise.resolve(new Response(`${body}data: [DONE]\n\n`, { headers }));

const limiter = createRateLimiter({ requestsPerMinute: 60 });
const answer$ = fromChatCompletions(request, { model: 'local', messages: [] }, { onResponse: limiter.observe }).pipe(
  rateLimit(limiter),
  bufferToText(),
);

console.log(await lastValueFrom(answer$));
const askedAt = performance.now();
const second = lastValueFrom(answer$);
console.log('waiting:', limiter.waiting);
console.log(await second);
console.log('after the reset of the provider:', performance.now() - askedAt > 200);

/* Prints:
Four.
waiting: 1
Four.
after the reset of the provider: true
*/
