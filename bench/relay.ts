import { createOpenAI } from '@ai-sdk/openai';
import { streamText } from 'ai';
import { toResponse } from '../src/http/hosts/toResponse.js';
import { agUi } from '../src/http/wires/agUi/agUi.js';
import { sse } from '../src/http/wires/sse/sse.js';
import { uiMessages } from '../src/http/wires/uiMessages/uiMessages.js';
import type { Wire as HttpWire } from '../src/http/wires/wire.js';
import { type Cell, type Measured, measure } from './measure.js';
import { relayByHand } from './relayByHand.js';
import { benchRelayMemory } from './relayMemory.js';
import { runInput } from './runInput.js';
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
const ownBars: Readonly<Record<string, number>> = { sse: 0.7, uiMessages: 1, agUi: 1 };
const ownWires: Readonly<Record<string, HttpWire>> = { sse: sse(), uiMessages: uiMessages(), agUi: agUi({ input: runInput }) };

const relays: readonly Relay[] = [
  { name: limitName, run: (_wire, body) => readAll(new Response(relayByHand(respond(body)))) },
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
  console.log();
  await benchRelayMemory(quick);
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
