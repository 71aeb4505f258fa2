import { createOpenAI } from '@ai-sdk/openai';
import { streamText } from 'ai';
import { toResponse } from '../src/http/hosts/toResponse.js';
import { sse } from '../src/http/wires/sse/sse.js';
import type { Wire as HttpWire } from '../src/http/wires/wire.js';
import { type Cell, type Measured, measure } from './measure.js';
import { source } from './streamOwn.js';
import { decimals, exponent, fraction, printBar, printTable } from './table.js';
import { createBody, respond, type Wire, type WireBody, wires } from './wires.js';

const fullSizes = { small: { name: '20k', deltas: 20_000 }, large: { name: '200k', deltas: 200_000 } };
const quickSizes = { small: { name: '2k', deltas: 2_000 }, large: { name: '20k', deltas: 20_000 } };

/** The number of frames and of bytes that a page gets. */
interface Relayed {
  readonly frames: number;
  readonly bytes: number;
}

interface Relay {
  readonly name: string;
  /** It takes seconds, so it reads the smaller stream once. */
  readonly slow?: true;
  run(wire: Wire, body: WireBody): Promise<Relayed>;
}

const limitName = 'limit: relay by hand';
const aiSdkName = 'ai: toUIMessageStreamResponse';

/** How our relay compares to the limit, by the wire. */
const ownBars: Readonly<Record<string, number>> = { sse: 0.7 };
const ownWires: Readonly<Record<string, HttpWire>> = { sse: sse() };

const relays: readonly Relay[] = [
  { name: limitName, run: (_wire, body) => relayByHand(respond(body)) },
  ...Object.entries(ownWires).map(
    ([name, wire]): Relay => ({
      name: `rxllm: ${name}`,
      run: async (api, body) =>
        readAll(
          await toResponse(
            source(api, async () => respond(body)),
            { wire },
          ),
        ),
    }),
  ),
  {
    name: aiSdkName,
    slow: true,
    async run(_wire, body) {
      const openai = createOpenAI({ apiKey: 'none', baseURL: 'http://127.0.0.1', fetch: async () => respond(body) });
      return readAll(streamText({ model: openai.chat('model'), prompt: 'Hello', maxRetries: 0 }).toUIMessageStreamResponse());
    },
  },
];

/** Measures the CPU time of a server per event: from the bytes of a provider to those of a page. */
export async function benchRelay(quick: boolean): Promise<void> {
  const { small, large } = quick ? quickSizes : fullSizes;
  const rows: { readonly wire: Wire; readonly tool: string; readonly ratio: number | undefined }[] = [];
  const lines: string[][] = [];
  const growths: { readonly name: string; readonly value: number }[] = [];
  const aiRatios: { readonly name: string; readonly value: number }[] = [];
  for (const wire of wires.filter(({ api }) => api === 'chat')) {
    const measured = await measure(cellsOf(wire, [small, large]), quick ? 3 : 7);
    for (const { name, slow } of relays) {
      const timeOf = ({ name: size, deltas }: typeof small): number | undefined => perEvent(measured.time(name, size), deltas);
      const ratio = measured.ratio([name, large.name], [limitName, large.name]);
      const growth = exponent(measured.ratio([name, large.name], [name, small.name]), large.deltas / small.deltas);
      const ai = aiRatio(measured, name, small.name);
      rows.push({ wire, tool: name, ratio });
      lines.push([
        wire.name,
        name,
        decimals(timeOf(small)),
        decimals(timeOf(large)),
        decimals(ratio),
        fraction(ai),
        decimals(growth),
      ]);
      if (slow || name === limitName) continue;
      if (growth !== undefined) growths.push({ name: `${name}, ${wire.name}`, value: growth });
      if (ai !== undefined) aiRatios.push({ name: `${name}, ${wire.name}`, value: ai });
    }
  }
  console.log(`CPU microseconds an event, Node ${process.version}: medians of paired runs in one process`);
  printTable(['wire', 'relay', small.name, large.name, `× limit, ${large.name}`, `× ai, ${small.name}`, 'growth'], lines, 2);
  console.log();
  for (const [name, limit] of Object.entries(ownBars)) {
    const values = rows.flatMap(({ wire, tool, ratio }) =>
      tool === `rxllm: ${name}` && ratio !== undefined ? [{ name: wire.name, value: ratio }] : [],
    );
    printBar({ name: `${name}, × limit at ${large.name}`, limit, values });
  }
  printBar({ name: `all wires, × ai at ${small.name}`, limit: 1 / 8, values: aiRatios });
  printBar({ name: 'growth', limit: 1.05, values: growths });
}

function perEvent(milliseconds: number | undefined, events: number): number | undefined {
  return milliseconds === undefined ? undefined : (milliseconds * 1_000) / events;
}

/** A slow tool runs in one round only, so the medians are compared. */
function aiRatio(measured: Measured, name: string, size: string): number | undefined {
  const [own, peer] = [measured.time(name, size), measured.time(aiSdkName, size)];
  return own === undefined || peer === undefined ? undefined : own / peer;
}

function cellsOf(wire: Wire, sizes: readonly (typeof fullSizes.small)[]): readonly Cell<Relayed>[] {
  const bodies = sizes.map((size) => [size, createBody(wire, size.deltas)] as const);
  return relays.flatMap(({ name, slow = false, run }) =>
    bodies.slice(0, slow ? 1 : undefined).map(([size, body]) => ({
      tool: name,
      size: size.name,
      slow,
      run: () => run(wire, body),
      check({ frames }: Relayed) {
        if (frames < size.deltas) throw new Error(`${name} relayed ${frames} of ${size.deltas} frames`);
      },
    })),
  );
}

async function readAll({ body }: Response): Promise<Relayed> {
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  let frames = 0;
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { frames, bytes };
    bytes += value.length;
    frames += countFrames(value);
  }
}

const lineFeed = 10;

/** Frames end with a blank line. */
function countFrames(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 2)) count++;
  return count;
}

interface Chunk {
  readonly id: string;
  readonly model: string;
  readonly choices: readonly { readonly delta: { readonly content?: string }; readonly finish_reason: string | null }[];
  readonly usage: object | null;
}

/** The least work of a relay that is written by hand: decode, split, parse, write the same events, encode; one piece for each that came. */
async function relayByHand(response: Response): Promise<Relayed> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let rest = '';
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        let frames = '';
        for (const line of lines) if (line.startsWith('data: {')) frames += framesOf(JSON.parse(line.slice(6)) as Chunk);
        controller.enqueue(encoder.encode(frames));
      },
    },
    { highWaterMark: 0 },
  );
  return readAll(new Response(body));
}

function framesOf({ id, model, choices, usage }: Chunk): string {
  const [choice] = choices;
  const text = choice?.delta.content;
  let frames = '';
  if (text === '') frames += frame({ type: 'start', id, model, provider: 'openai' });
  else if (text !== undefined) frames += frame({ type: 'text-delta', text, block: 0, choice: 0, phase: 'answer' });
  if (usage) frames += frame({ type: 'usage', usage });
  if (choice?.finish_reason) frames += frame({ type: 'finish', reason: choice.finish_reason });
  return frames;
}

function frame(event: object): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}
