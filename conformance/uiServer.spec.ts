import * as test7 from 'ai/test';
import * as test6 from 'ai-6/test';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Reading, readingOf } from '../spec/support/wires.js';
import { uiMessages } from '../src/http/index.js';
import { sdks, type Version, versions } from './support/clients.js';
import { messageOf } from './support/streams.js';

type Part = Readonly<Record<string, unknown>>;

/** The parts of one response of a model; what ends a stream of parts is added. */
function modelOf(version: Version, ...responses: readonly (readonly Part[])[]): never {
  let count = 0;
  const { simulateReadableStream } = test7;
  const doStream = (): Promise<object> =>
    Promise.resolve({
      stream: simulateReadableStream({
        chunks: [{ type: 'stream-start', warnings: [] }, ...(responses[Math.min(count++, responses.length - 1)] ?? [])],
        chunkDelayInMs: null,
        initialDelayInMs: null,
      }),
    });
  const Model = version === 7 ? test7.MockLanguageModelV4 : test6.MockLanguageModelV3;
  return new Model({ doStream } as never) as never;
}

const usage = {
  inputTokens: { total: 3, noCache: 3, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 2, text: 2, reasoning: 0 },
};
const ended = (unified: string): Part => ({ type: 'finish', finishReason: { unified, raw: unified }, usage });
const said = (text: string): readonly Part[] => [
  { type: 'text-start', id: '0' },
  ...[...text].map((delta) => ({ type: 'text-delta', id: '0', delta })),
  { type: 'text-end', id: '0' },
];
const called: readonly Part[] = [
  { type: 'tool-input-start', id: 'c', toolName: 'clock' },
  { type: 'tool-input-delta', id: 'c', delta: '{"city":' },
  { type: 'tool-input-delta', id: 'c', delta: '"Bern"}' },
  { type: 'tool-input-end', id: 'c' },
  { type: 'tool-call', toolCallId: 'c', toolName: 'clock', input: '{"city":"Bern"}' },
  ended('tool-calls'),
];

const fail = (): Promise<string> => Promise.reject(new Error('No clock'));

async function read(response: Response): Promise<Reading> {
  return readingOf(uiMessages(), [new Uint8Array(await response.arrayBuffer())]);
}

describe.each(versions)('uiMessages reads what a server of version %s of the AI SDK writes', (version) => {
  const { streamText, tool, createUIMessageStream, createUIMessageStreamResponse } = sdks[version];
  const stopAfter2 = (sdks[version] as unknown as { stepCountIs(count: number): never }).stepCountIs;

  function answer(responses: readonly (readonly Part[])[], options: object = {}, sent: object = {}): Promise<Reading> {
    const model = modelOf(version, ...responses);
    const result = streamText({ model, prompt: 'x', maxRetries: 0, onError: () => undefined, ...options });
    return read(result.toUIMessageStreamResponse({ sendSources: true, ...sent }));
  }

  it('text, with its finish reason', async () => {
    const { events, error } = await answer([[...said('Hello'), ended('stop')]]);
    expect(error).toBeUndefined();
    expect(messageOf(events)).toMatchObject({ text: 'Hello', finishReason: 'stop', provider: 'ai-sdk' });
    expect(events.map(({ type }) => type)).toEqual(['start', ...Array.from({ length: 5 }, () => 'text-delta'), 'finish']);
  });

  it('reasoning, with its signature as the native form', async () => {
    const reasoning = [
      { type: 'reasoning-start', id: 'r' },
      { type: 'reasoning-delta', id: 'r', delta: 'Hm' },
      { type: 'reasoning-end', id: 'r', providerMetadata: { anthropic: { signature: 'SIG' } } },
    ];
    const { events } = await answer([[...reasoning, ...said('Hi'), ended('stop')]]);
    expect(messageOf(events).parts).toMatchObject([
      { type: 'reasoning', text: 'Hm', native: { type: 'thinking', thinking: 'Hm', signature: 'SIG' }, nativeFormat: 'messages' },
      { type: 'text', text: 'Hi' },
    ]);
  });

  it('calls of tools with their results, step by step', async () => {
    const clock = tool({ inputSchema: z.object({ city: z.string() }), execute: () => Promise.resolve({ time: '12:00' }) });
    const options = { tools: { clock }, stopWhen: stopAfter2(2) };
    const { events, error } = await answer([called, [...said('Noon.'), ended('stop')]], options);
    expect(error).toBeUndefined();
    expect(messageOf(events).parts).toMatchObject([
      { type: 'tool-call', callId: 'c', name: 'clock', argumentsText: '{"city":"Bern"}', ended: true, step: 0 },
      { type: 'tool-result', callId: 'c', name: 'clock', output: { time: '12:00' }, isError: false, step: 0 },
      { type: 'text', text: 'Noon.', step: 1 },
    ]);
    expect(events.find(({ type }) => type === 'step')).toMatchObject({ step: 1, reason: 'tool-calls' });
  });

  it('progress of a tool', async () => {
    async function* execute(): AsyncGenerator<string> {
      yield 'half';
      yield 'whole';
    }
    const clock = tool({ inputSchema: z.object({ city: z.string() }), execute });
    const { events } = await answer([called], { tools: { clock } });
    const results = events.flatMap((event) => (event.type === 'tool-result' ? [[event.output, event.preliminary]] : []));
    expect(results.slice(0, 1)).toEqual([['half', true]]);
    expect(results.at(-1)).toEqual(['whole', false]);
  });

  it('a tool that throws, and arguments that are not valid', async () => {
    const clock = tool({ inputSchema: z.object({ city: z.string() }), execute: () => fail() });
    const thrown = await answer([called], { tools: { clock } }, { onError: (error: unknown) => String(error) });
    expect(messageOf(thrown.events).parts.at(-1)).toMatchObject({
      type: 'tool-result',
      isError: true,
      output: 'Error: No clock',
    });
    const bad = [
      ...called.slice(0, 4),
      { type: 'tool-call', toolCallId: 'c', toolName: 'clock', input: '{"city":1}' },
      ended('tool-calls'),
    ];
    const invalid = await answer([bad], { tools: { clock } });
    expect(invalid.error).toBeUndefined();
    expect(messageOf(invalid.events).toolCalls).toMatchObject([{ ended: true, argumentsText: '{"city":1}' }]);
    expect(messageOf(invalid.events).parts.filter(({ type }) => type === 'tool-result')).toMatchObject([{ isError: true }]);
  });

  it('a call of the client, which the answer waits for', async () => {
    const clock = tool({ inputSchema: z.object({ city: z.string() }) });
    const { events } = await answer([called], { tools: { clock } });
    expect(messageOf(events)).toMatchObject({
      finishReason: 'tool-calls',
      toolCalls: [{ ended: true, input: { city: 'Bern' } }],
    });
  });

  it('files and sources', async () => {
    const data = version === 7 ? { data: { type: 'data', data: 'AA==' } } : { data: 'AA==' };
    const parts = [
      { type: 'file', mediaType: 'image/png', ...data },
      { type: 'source', sourceType: 'url', id: 's', url: 'https://x.test', title: 'X' },
    ];
    const { events } = await answer([[...said('Look'), ...parts, ended('stop')]]);
    const message = messageOf(events);
    expect(message.parts.at(-1)).toMatchObject({ type: 'file', mediaType: 'image/png', data: 'AA==' });
    expect(message.citations).toMatchObject([{ url: 'https://x.test', title: 'X' }]);
  });

  it('an error of the provider, with the message so far', async () => {
    const failing = [...said('Hel').slice(0, -1), { type: 'error', error: new Error('overloaded') }];
    const { error } = await answer([failing], {}, { onError: () => 'The model is overloaded' });
    expect([error?.kind, error?.message, error?.partial?.text]).toEqual(['server', 'The model is overloaded', 'Hel']);
  });

  it('an abort', async () => {
    const controller = new AbortController();
    controller.abort();
    const { events, error } = await answer([[...said('Hello'), ended('stop')]], { abortSignal: controller.signal });
    expect(error).toBeUndefined();
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'aborted' });
  });

  it('data and metadata of its own, as raw events', async () => {
    const stream = createUIMessageStream({
      execute({ writer }) {
        writer.write({ type: 'start' });
        writer.write({ type: 'data-weather', id: 'w', data: { degrees: 21 } } as never);
        writer.write({ type: 'message-metadata', messageMetadata: { mood: 'good' } });
        writer.write({ type: 'finish' });
      },
    });
    const { events } = await read(createUIMessageStreamResponse({ stream }));
    expect(events.filter(({ type }) => type === 'raw')).toMatchObject([{ name: 'data-weather' }, { name: 'message-metadata' }]);
  });

  it('as truncated where the body is cut at any place', async () => {
    const model = modelOf(version, [...said('Hello'), ended('stop')]);
    const response = streamText({ model, prompt: 'x' }).toUIMessageStreamResponse();
    const bytes = new Uint8Array(await response.arrayBuffer());
    const finished = new TextDecoder().decode(bytes).indexOf('{"type":"finish"');
    for (let end = 1; end < finished; end += 5) {
      expect(readingOf(uiMessages(), [bytes.slice(0, end)]).error?.kind).toMatch(/^(truncated|empty)$/);
    }
  });
});
