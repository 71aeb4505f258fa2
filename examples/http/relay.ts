/** Provider → server → page. The key stays on the server, which retries, limits and logs by operators; the page reads the same events. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import OpenAI from 'openai';
import { from, lastValueFrom, switchMap } from 'rxjs';
import {
  aggregateUsage,
  bufferToText,
  createConcurrencyLimiter,
  createDemand,
  limitConcurrency,
  retryStream,
  tapStream,
  timeoutBetweenChunks,
  withCost,
} from 'rxllm';
import { fromWire, pipeToNode, sse } from 'rxllm/http';
import { fromChatCompletions } from 'rxllm/openai';
import { genaiPrices } from 'rxllm/pricing';
import { localProvider } from '../localProvider.js';

const provider = await localProvider({ failures: [503] });
const openai = new OpenAI({ baseURL: provider.openai, apiKey: 'local' });
const limiter = createConcurrencyLimiter({ maxConcurrent: 100 });
const price = genaiPrices({ overrides: { local: { input_mtok: 1, output_mtok: 2 } } });

const server = createServer((request, response) => {
  const demand = createDemand();
  const events$ = from(text(request)).pipe(
    switchMap((content) =>
      fromChatCompletions(openai, { model: 'local', messages: [{ role: 'user', content }] }, { demand }).pipe(
        limitConcurrency(limiter),
        timeoutBetweenChunks({ firstMs: 30_000, betweenMs: 30_000, demand }),
        retryStream({ initialDelayMs: 10 }),
        aggregateUsage(),
        withCost(price),
      ),
    ),
    tapStream({
      reset: ({ error }) => console.log(`server: again, after ${error.kind}`),
      complete: ({ usage }) => console.log(`server: ${usage?.outputTokens} tokens, ${usage?.cost?.total} USD`),
    }),
  );
  pipeToNode(events$, response, { wire: sse(), demand });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

const { port } = server.address() as AddressInfo;
const question = new Request(`http://127.0.0.1:${port}`, { method: 'POST', body: 'What is the capital of France?' });
console.log(await lastValueFrom(fromWire(question, { wire: sse() }).pipe(bufferToText())));

server.close();
await provider.stop();

/* Prints:
server: again, after server
server: 8 tokens, 0.000024 USD
Paris is the capital of France.
*/
