import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, take, toArray } from 'rxjs';
import { type AiSdkStream, fromAiSdk } from '../../src/ai-sdk/index.js';
import type { DeltaEvent, Message } from '../../src/events.js';
import { toMessage } from '../../src/operators/toMessage.js';
import { expectGrammar } from '../support/grammar.js';
import { type Collected, collect } from '../support/respond.js';

// The parts of the AI SDK, written by hand: conformance/ runs the SDK itself.

type Part = Readonly<Record<string, unknown>> & { readonly type: string };

const usage = {
  inputTokens: 12,
  outputTokens: 7,
  totalTokens: 19,
  inputTokenDetails: { cacheReadTokens: 8 },
  outputTokenDetails: {},
};
const finishStep = (reason = 'stop', raw: string | undefined = reason): Part => ({
  type: 'finish-step',
  response: { id: 'r-1', modelId: 'mock' },
  usage,
  finishReason: reason,
  rawFinishReason: raw,
});
const finish = (reason = 'stop', raw: string | undefined = reason): Part => ({
  type: 'finish',
  finishReason: reason,
  rawFinishReason: raw,
});
const begin: readonly Part[] = [{ type: 'start' }, { type: 'start-step' }];
const end = (reason?: string, raw?: string): readonly Part[] => [finishStep(reason, raw), finish(reason, raw)];
const text = (id: string, ...pieces: readonly string[]): readonly Part[] => [
  { type: 'text-start', id },
  ...pieces.map((piece) => ({ type: 'text-delta', id, text: piece })),
  { type: 'text-end', id },
];
const call = (id: string, more: object = {}): readonly Part[] => [
  { type: 'tool-call', toolCallId: id, toolName: 'read', input: { p: 1 }, ...more },
];

async function* iterate(parts: readonly Part[]): AsyncGenerator<Part> {
  yield* parts;
}

const read = (...parts: readonly Part[]): Promise<Collected> => collect(fromAiSdk(() => iterate(parts)));

async function messageOf(...parts: readonly Part[]): Promise<Message> {
  const { events, completed } = await read(...parts);
  expectGrammar(events, completed);
  return lastValueFrom(fromAiSdk(() => iterate(parts)).pipe(toMessage()));
}

const typesOf = (events: readonly DeltaEvent[]): string => events.map(({ type }) => type).join(' ');

describe('fromAiSdk', () => {
  it('emits the events of an answer, and completes at its end', async () => {
    const { events, completed } = await read(
      ...begin,
      { type: 'ping' },
      ...text('0', 'Hel', 'lo'),
      ...end(),
      ...text('1', 'late'),
    );
    expect(completed).toBe(true);
    expect(typesOf(events)).toBe('start ping text-delta text-delta usage finish');
    expect(events[4]).toMatchObject({
      usage: { totalTokens: 19, cachedInputTokens: 8 },
      requests: [{ model: 'mock', provider: 'ai-sdk' }],
    });
  });

  it('takes a ReadableStream, an async iterable and a promise of one, and names provider and model as asked', async () => {
    const parts = [...begin, ...text('0', 'Hi'), ...end()];
    const stream = new ReadableStream<Part>({
      start(controller) {
        for (const part of parts) controller.enqueue(part);
        controller.close();
      },
    });
    for (const given of [stream, iterate(parts), () => iterate(parts), () => Promise.resolve(iterate(parts))]) {
      const { events, completed } = await collect(fromAiSdk(given, { provider: 'google', model: 'gemini' }));
      expect(completed).toBe(true);
      expect(events[0]).toMatchObject({ type: 'start', provider: 'google', model: 'gemini' });
    }
  });

  it('uses an id again for another block', async () => {
    const message = await messageOf(...begin, ...text('0', 'a'), ...text('0', 'b'), ...end());
    expect(message.parts.map((part) => 'text' in part && part.text)).toEqual(['a', 'b']);
  });

  it('keeps the metadata of the provider in the native form', async () => {
    const metadata = { google: { thoughtSignature: 'sig' } };
    const message = await messageOf(
      ...begin,
      { type: 'reasoning-start', id: '0' },
      { type: 'reasoning-end', id: '0', providerMetadata: metadata },
      ...call('c', { providerMetadata: metadata }),
      ...end('tool-calls'),
    );
    expect(message.parts).toMatchObject([
      { type: 'other', kind: 'reasoning', native: { providerMetadata: metadata } },
      { type: 'tool-call', callId: 'c', native: { providerMetadata: metadata } },
    ]);
  });

  it('keeps the text of arguments that is JSON, else writes the input', async () => {
    const start = { type: 'tool-input-start', id: 'a', toolName: 'read' };
    const delta = (piece: string): Part => ({ type: 'tool-input-delta', id: 'a', delta: piece });
    const argumentsOf = async (...parts: readonly Part[]): Promise<readonly string[]> =>
      (await messageOf(...begin, ...parts, ...end('tool-calls'))).toolCalls.map(({ argumentsText }) => argumentsText);
    expect(await argumentsOf(start, delta('{"p": '), delta('1}'), ...call('a'))).toEqual(['{"p": 1}']);
    expect(await argumentsOf(start, delta('{"p": '), ...call('a'))).toEqual(['{"p":1}']);
    expect(await argumentsOf(...call('a'))).toEqual(['{"p":1}']);
    expect(await argumentsOf(...call('a'), ...call('a'))).toEqual(['{"p":1}']);
  });

  it('has the results of tools, their progress and their errors', async () => {
    const result = (more: object): Part => ({ type: 'tool-result', toolCallId: 'a', toolName: 'read', ...more });
    const { events } = await read(
      ...begin,
      ...call('a', { providerExecuted: true }),
      result({ output: 1, preliminary: true }),
      result({ output: 2 }),
      { type: 'tool-error', toolCallId: 'a', toolName: 'read', error: new Error('no disk') },
      ...end(),
    );
    expect(
      events.flatMap((event) => (event.type === 'tool-result' ? [[event.output, event.preliminary, event.isError]] : [])),
    ).toEqual([
      [1, true, false],
      [2, false, false],
      ['no disk', false, true],
    ]);
    expect(events.at(-1)).toMatchObject({ reason: 'stop' });
  });

  it('has the decisions on calls, and is paused while one waits', async () => {
    const asked = { type: 'tool-approval-request', approvalId: 'x', toolCall: { toolCallId: 'a' } };
    expect(await messageOf(...begin, ...call('a'), asked, ...end('tool-calls'))).toMatchObject({
      finishReason: 'paused',
      parts: [{ type: 'tool-call' }, { type: 'approval', callId: 'a', approved: undefined }],
    });
    const { events } = await read(
      ...begin,
      ...call('a'),
      asked,
      { type: 'tool-output-denied', toolCallId: 'a', toolName: 'read' },
      ...end('tool-calls'),
    );
    expect(events.flatMap((event) => (event.type === 'tool-approval' ? [event.approved] : []))).toEqual([undefined, false]);
  });

  it('emits a step between two rounds, with the usage of both', async () => {
    const result = { type: 'tool-result', toolCallId: 'a', toolName: 'read', output: 1 };
    const { events } = await read(
      ...begin,
      ...call('a'),
      result,
      finishStep('tool-calls'),
      { type: 'start-step' },
      ...text('0', 'Hi'),
      ...end(),
    );
    expect(typesOf(events)).toBe(
      'start tool-call-start tool-call-delta tool-call-end tool-result usage step text-delta usage finish',
    );
    expect(events[6]).toMatchObject({ step: 1, reason: 'tool-calls' });
    expect(events[8]).toMatchObject({
      usage: { totalTokens: 38 },
      requests: [{ step: 0 }, { step: 1, usage: { totalTokens: 19 } }],
    });
  });

  it.each([
    [
      'a cut',
      [...text('0', 'Hi'), { type: 'finish', finishReason: 'other', rawFinishReason: undefined }],
      { kind: 'truncated', partial: { text: 'Hi' } },
    ],
    ['an interruption', [...text('0', 'Hi'), ...end('interrupted', 'interrupted')], { kind: 'truncated' }],
    ['a stream without an end', text('0', 'Hi'), { kind: 'truncated' }],
    [
      'a fault as reason',
      [...text('0', 'Hi'), ...end('error', 'MALFORMED_FUNCTION_CALL')],
      { kind: 'server', code: 'MALFORMED_FUNCTION_CALL' },
    ],
    ['an abort', [...text('0', 'Hi'), { type: 'abort', reason: 'enough' }], { kind: 'aborted', cause: 'enough' }],
    ['an error as text', [{ type: 'error', error: 'It broke' }], { name: 'ProviderError', message: 'It broke' }],
    [
      'an error of several attempts',
      [{ type: 'error', error: { lastError: { error: { type: 'overloaded_error' } } } }],
      { kind: 'overloaded' },
    ],
  ])('errors for %s', async (_, parts, expected) => {
    const { error } = await read(...begin, ...(parts as readonly Part[]));
    expect(error).toMatchObject(expected);
  });

  it('errors with EmptyStreamError if nothing came, and with what the function throws', async () => {
    expect((await read()).error).toMatchObject({ kind: 'empty' });
    const throwing = fromAiSdk(() => {
      throw new TypeError('fetch failed');
    });
    expect((await collect(throwing)).error).toMatchObject({ kind: 'connection', retryable: true });
    expect((await collect(fromAiSdk(() => ({}) as AiSdkStream))).error).toMatchObject({
      kind: 'protocol',
    });
  });

  it('reads a stream that was given once', async () => {
    const events$ = fromAiSdk(iterate([...begin, ...text('0', 'Hi'), ...end()]));
    expect((await collect(events$)).completed).toBe(true);
    expect((await collect(events$)).error).toMatchObject({ kind: 'protocol', retryable: false });
  });

  it('stops the stream and aborts when it is unsubscribed', async () => {
    let stopped = false;
    let aborted: AbortSignal | undefined;
    async function* endless(): AsyncGenerator<Part> {
      try {
        yield* begin;
        for (;;) yield { type: 'text-delta', id: '0', text: 'a' };
      } finally {
        stopped = true;
      }
    }
    const events$ = fromAiSdk(({ signal }) => {
      aborted = signal;
      return endless();
    });
    expect(typesOf(await lastValueFrom(events$.pipe(take(3), toArray())))).toBe('start text-delta text-delta');
    await new Promise((resolve) => setImmediate(resolve));
    expect([stopped, aborted?.aborted]).toEqual([true, true]);
  });

  it('emits what it does not know as raw, as plain data', async () => {
    const { events } = await read(
      ...begin,
      { type: 'news', at: new Date(0), run: () => 1 },
      { type: 'raw', rawValue: { a: 1 } },
      ...text('0', 'Hi'),
      ...end(),
    );
    expect(events.filter(({ type }) => type === 'raw')).toMatchObject([
      { name: 'news', data: { type: 'news', at: '1970-01-01T00:00:00.000Z' } },
      { name: 'raw', data: { a: 1 } },
    ]);
  });

  it('throws for what cannot be read', () => {
    expect(() => fromAiSdk({} as AiSdkStream)).toThrow(/stream must be a function, or a stream/);
    expect(() => fromAiSdk(iterate([]), { model: 'm', modle: 1 } as object)).toThrow(/modle/);
  });
});
