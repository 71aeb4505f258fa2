/** Records the cassette that the sample tests replay: `npx tsx examples/testing/recordCassette.ts`. */
import OpenAI from 'openai';
import { lastValueFrom } from 'rxjs';
import { fromChatCompletions } from 'rxllm/openai';
import { recordCassette } from 'rxllm/testing';
import { localProvider } from '../localProvider.js';
import { liveText } from './liveText.js';

const provider = await localProvider({ latencyMs: 40 });
const fetch = recordCassette(globalThis.fetch, process.argv[2] ?? 'examples/testing/cassettes/capital.jsonl');
const client = new OpenAI({ baseURL: provider.openai, apiKey: 'local', fetch });
const question = { role: 'user' as const, content: 'What is the capital of France?' };
console.log(await lastValueFrom(liveText(fromChatCompletions(client, { model: 'local', messages: [question] }))));
await provider.stop();
