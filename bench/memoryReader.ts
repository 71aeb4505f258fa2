/** Opens many slow streams with one tool, and tells how much memory each takes while they run. */
import { readByHand } from './limitA.js';
import { source } from './streamOwn.js';
import { type Wire, wires } from './wires.js';

const [tool = '', url = '', count = '0'] = process.argv.slice(2);
const wire = wires[0] as Wire;
let characters = 0;
const take = (text: string): void => {
  characters += text.length;
};

const read: Readonly<Record<string, () => Promise<void>>> = {
  'limit A: parse by hand': async () => readByHand(await fetch(url), wire.api, take),
  rxllm: async () => {
    source(wire, () => fetch(url)).subscribe({
      next: (event) => event.type === 'text-delta' && take(event.text),
      error: (error: unknown) => console.error(error),
    });
  },
  openai: async () => {
    const { default: OpenAI } = await import('openai');
    const client = new OpenAI({ apiKey: 'none', maxRetries: 0, fetch: () => fetch(url) });
    const stream = await client.chat.completions.create({ model: 'm', messages: [], stream: true });
    for await (const { choices } of stream) take(choices[0]?.delta.content ?? '');
  },
};

const settle = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const open = read[tool];
if (!open) throw new Error(`Unknown tool ${tool}`);
// One stream first, so that code and buffers that are shared do not count.
void open();
await settle(500);
globalThis.gc?.();
const before = process.memoryUsage.rss();
for (let stream = 0; stream < Number(count); stream++) void open();
await settle(4_500);
globalThis.gc?.();
if (characters === 0) throw new Error(`${tool} read nothing`);
process.send?.((process.memoryUsage.rss() - before) / Number(count));
