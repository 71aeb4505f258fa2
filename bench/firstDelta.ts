import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { filter, firstValueFrom, type Observable } from 'rxjs';
import type { DeltaEvent } from '../src/events.js';
import { fromMessages } from '../src/providers/anthropic/fromMessages.js';
import { type ChatClient, fromChatCompletions } from '../src/providers/openai/fromChatCompletions.js';
import { readByHand } from './limitA.js';
import { type LoopbackServer, measureServer } from './loopback.js';
import { decimals, printBar, printTable } from './table.js';

/** Unmeasured requests at the beginning, so that the code is compiled. */
const warmUps = 500;
const limitMicroseconds = 50;

const byHand = 'fetch, read by hand';
const byFunction = 'rxllm, through a function';
const chatParams = { model: 'model', messages: [{ role: 'user' as const, content: 'Hello' }] };
const messageParams = { ...chatParams, max_tokens: 1_000 };

// The peers have their own copy of each SDK, so a client is cast to the type that the library was built with.

/** Reads one answer, and calls back on its first delta. */
type Read = (first: () => void) => Promise<unknown>;

/** Measures the time from the request to the first delta over loopback, for each tool in turn, and the number of connections of 50 answers. */
export async function benchFirstDelta(quick: boolean): Promise<void> {
  const rounds = quick ? 200 : 2_000;
  await measureServer(async ({ url, connections }) => {
    const tools = Object.entries(toolsOf(url));
    const times = new Map(tools.map(([name]) => [name, [] as number[]]));
    for (let round = -warmUps; round < rounds; round++) {
      for (const [name, read] of round % 2 === 0 ? tools : [...tools].reverse()) {
        const time = await timeOf(read);
        if (round >= 0) times.get(name)?.push(time);
      }
    }
    const timesOf = (name: string): readonly number[] => times.get(name) ?? [];
    const added = (name: string): number =>
      1_000 * median(timesOf(name).map((time, round) => time - (timesOf(byHand)[round] ?? 0)));
    console.log(
      `Microseconds to the first delta, Node ${process.version}: medians of ${rounds} requests each, in turns, over loopback`,
    );
    printTable(
      ['tool', 'µs', 'added'],
      tools.map(([name]) => [name, decimals(1_000 * median(timesOf(name))), name === byHand ? '' : decimals(added(name))]),
      1,
    );
    console.log();
    const own = [{ name: byFunction, value: added(byFunction) }];
    printBar({ name: 'added to the first delta, µs', limit: limitMicroseconds, values: own });
    for (const sdk of ['openai', 'anthropic']) {
      const value = added(`rxllm, through ${sdk}`);
      printBar({
        name: `added, µs, through ${sdk}: as much as its own`,
        limit: added(`${sdk}: create()`),
        values: [{ name: 'rxllm', value }],
      });
    }
    console.log(`New connections of 50 further requests, one after the other: ${await connectionsOf(50, url, connections)}`);
  });
}

function toolsOf(url: string): Readonly<Record<string, Read>> {
  const send = (signal?: AbortSignal | null): Promise<Response> => fetch(`${url}/answer`, signal ? { signal } : {});
  const settings = { apiKey: 'none', maxRetries: 0 };
  const openai = new OpenAI({ ...settings, fetch: (_url, request) => send(request?.signal) });
  const anthropic = new Anthropic({ ...settings, fetch: (_url, request) => sendMessages(request?.signal) });
  const sendMessages = (signal?: AbortSignal | null): Promise<Response> => fetch(`${url}/messages`, signal ? { signal } : {});
  return {
    [byHand]: async (first) => readByHand(await send(), 'chat', first),
    'fetch with a signal, read by hand': async (first) => readByHand(await send(new AbortController().signal), 'chat', first),
    [byFunction]: (first) =>
      readAll(
        fromChatCompletions((_params, { signal }) => send(signal), chatParams),
        first,
      ),
    'rxllm, through openai': (first) => readAll(fromChatCompletions(openai as unknown as ChatClient, chatParams), first),
    'openai: create()': async (first) => {
      for await (const { choices } of await openai.chat.completions.create({ ...chatParams, stream: true })) {
        if (choices[0]?.delta.content) first();
      }
    },
    'rxllm, through anthropic': (first) =>
      readAll(fromMessages(anthropic as unknown as Parameters<typeof fromMessages>[0], messageParams), first),
    'anthropic: create()': async (first) => {
      for await (const event of await anthropic.messages.create({ ...messageParams, stream: true })) {
        if (event.type === 'content_block_delta') first();
      }
    },
  };
}

function readAll(event$: Observable<DeltaEvent>, first: () => void): Promise<DeltaEvent> {
  return firstValueFrom(
    event$.pipe(
      filter(({ type }) => {
        if (type === 'text-delta') first();
        return type === 'finish';
      }),
    ),
  );
}

async function timeOf(read: Read): Promise<number> {
  const start = performance.now();
  let time = 0;
  await read(() => {
    time ||= performance.now() - start;
  });
  if (time === 0) throw new Error('No delta was read');
  // Work at the end of one answer must not count for the next one.
  await new Promise((resolve) => setImmediate(resolve));
  return time;
}

async function connectionsOf(requests: number, url: string, connections: LoopbackServer['connections']): Promise<number> {
  const read = toolsOf(url)[byFunction];
  const before = await connections();
  for (let request = 0; request < requests; request++) if (read) await timeOf(read);
  return (await connections()) - before;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
