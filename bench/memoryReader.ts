/** Opens many slow streams with one tool, and reports the memory of each while they run. */
import type { OpenAI } from 'openai';
import type { Observable } from 'rxjs';
import type { DeltaEvent } from '../src/events.js';
import { type ChatClient, fromChatCompletions } from '../src/providers/openai/fromChatCompletions.js';
import { readByHand } from './limitA.js';
import { type Wire, wires } from './wires.js';

const [tool = '', url = '', count = '0'] = process.argv.slice(2);
const wire = wires[0] as Wire;
let characters = 0;
const onText = (text: string): void => {
  characters += text.length;
};

const params = { model: 'model', messages: [{ role: 'user' as const, content: 'Hello' }] };

/** One client for all streams, as in a service; loaded only by the tools that need it. */
let client: Promise<OpenAI> | undefined;
const openai = (): Promise<OpenAI> => (client ??= createClient());

async function createClient(): Promise<OpenAI> {
  const { OpenAI: Client } = await import('openai');
  const signalOf = (request?: RequestInit): RequestInit => (request?.signal ? { signal: request.signal } : {});
  return new Client({ apiKey: 'none', maxRetries: 0, fetch: (_url, request) => fetch(url, signalOf(request)) });
}

function readByOurs(event$: Observable<DeltaEvent>): void {
  event$.subscribe({
    next: (event) => event.type === 'text-delta' && onText(event.text),
    error: (error: unknown) => console.error(error),
  });
}

const read: Readonly<Record<string, () => Promise<void>>> = {
  'limit A: parse by hand': async () => readByHand(await fetch(url), wire.api, onText),
  'limit A, with a signal': async () => readByHand(await fetch(url, { signal: new AbortController().signal }), wire.api, onText),
  'rxllm, through a function': async () =>
    readByOurs(fromChatCompletions((_params, { signal }) => fetch(url, { signal }), params)),
  'rxllm, through openai': async () => readByOurs(fromChatCompletions((await openai()) as unknown as ChatClient, params)),
  openai: async () => {
    const client = await openai();
    const stream = await client.chat.completions.create({ ...params, stream: true });
    for await (const { choices } of stream) onText(choices[0]?.delta.content ?? '');
  },
};

const settle = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const open = read[tool];
if (!open) throw new Error(`Unknown tool ${tool}`);
// One stream first, so that shared code and buffers do not count.
void open();
await settle(500);
globalThis.gc?.();
const before = process.memoryUsage.rss();
for (let stream = 0; stream < Number(count); stream++) void open();
await settle(4_500);
globalThis.gc?.();
if (characters === 0) throw new Error(`${tool} read nothing`);
process.send?.((process.memoryUsage.rss() - before) / Number(count));
