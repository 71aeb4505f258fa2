/** A server of `node:http`: a client that reads slowly holds the provider back, and one that leaves aborts its request. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import { lastValueFrom } from 'rxjs';
import { bufferToText, createDemand } from 'rxllm';
import { fromWire, pipeToNode, sse } from 'rxllm/http';
import { fromChatCompletions } from 'rxllm/openai';
import { localProvider } from '../localProvider.js';

const provider = await localProvider();
const openai = new OpenAI({ baseURL: provider.openai, apiKey: 'local' });
const messages = [{ role: 'user' as const, content: 'What is the capital of France?' }];

const server = createServer((_request, response) => {
  const demand = createDemand();
  pipeToNode(fromChatCompletions(openai, { model: 'local', messages }, { demand }), response, { wire: sse(), demand });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

const { port } = server.address() as AddressInfo;
console.log(await lastValueFrom(fromWire(`http://127.0.0.1:${port}`, { wire: sse() }).pipe(bufferToText())));

server.close();
await provider.stop();

/* Prints:
Paris is the capital of France.
*/
