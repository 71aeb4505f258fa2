import * as ai7 from 'ai';
import * as test7 from 'ai/test';
import * as ai6 from 'ai-6';
import * as test6 from 'ai-6/test';
import fc from 'fast-check';
import { lastValueFrom, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { expectGrammar } from '../spec/support/grammar.js';
import { collect, respondWith } from '../spec/support/respond.js';
import { type FromAiSdkOptions, fromAiSdk, modelMessages } from '../src/ai-sdk/index.js';
import { type DeltaEvent, type Message, messageTurns, retryStream, toMessage } from '../src/index.js';
import { fromChatCompletions } from '../src/providers/openai/index.js';

// fromAiSdk over the AI SDK's own streamText and its mock models, of both majors.

type Chunk = Readonly<Record<string, unknown>> & { readonly type: string };

interface Sdk {
  readonly streamText: typeof ai7.streamText;
  readonly tool: typeof ai7.tool;
  readonly jsonSchema: typeof ai7.jsonSchema;
  readonly model: (
    doStream: (options: { readonly abortSignal?: AbortSignal }) => Promise<{ stream: ReadableStream<Chunk> }>,
  ) => ai7.LanguageModel;
  readonly stepCount: (count: number) => unknown;
  readonly streamOf: (result: unknown) => AsyncIterable<{ type: string }>;
}

const sdks: Readonly<Record<6 | 7, Sdk>> = {
  6: {
    ...(ai6 as unknown as Pick<Sdk, 'streamText' | 'tool' | 'jsonSchema'>),
    model: (doStream) => new test6.MockLanguageModelV3({ doStream: doStream as never }) as unknown as ai7.LanguageModel,
    stepCount: ai6.stepCountIs,
    streamOf: (result) => (result as { fullStream: AsyncIterable<{ type: string }> }).fullStream,
  },
  7: {
    ...(ai7 as unknown as Pick<Sdk, 'streamText' | 'tool' | 'jsonSchema'>),
    model: (doStream) => new test7.MockLanguageModelV4({ doStream: doStream as never }),
    stepCount: ai7.stepCountIs,
    streamOf: (result) => (result as { stream: AsyncIterable<{ type: string }> }).stream,
  },
};

const versions = [6, 7] as const;
const usage = {
  inputTokens: { total: 12, noCache: 4, cacheRead: 8, cacheWrite: undefined },
  outputTokens: { total: 7, text: 5, reasoning: 2 },
};
const finish = (unified = 'stop', raw: string | undefined = unified): Chunk => ({
  type: 'finish',
  usage,
  finishReason: { unified, raw },
});
const begin: readonly Chunk[] = [
  { type: 'stream-start', warnings: [] },
  { type: 'response-metadata', id: 'r-1', modelId: 'mock', timestamp: new Date(0) },
];
const text = (id: string, ...pieces: readonly string[]): readonly Chunk[] => [
  { type: 'text-start', id },
  ...pieces.map((delta) => ({ type: 'text-delta', id, delta })),
  { type: 'text-end', id },
];
const streamOf = (chunks: readonly Chunk[]): ReadableStream<Chunk> =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

/** Asks a mock model whose n-th request is answered with the n-th chunks. */
function ask(version: 6 | 7, answers: readonly (readonly Chunk[])[], more: object = {}, options: FromAiSdkOptions = {}) {
  const { model, streamText, streamOf: partsOf } = sdks[version];
  let asked = 0;
  const mock = model(async () => ({ stream: streamOf(answers[asked++] ?? []) }));
  const quiet = { onError: () => undefined };
  return fromAiSdk(
    ({ signal }) => partsOf(streamText({ model: mock, prompt: 'Hi', maxRetries: 0, abortSignal: signal, ...quiet, ...more })),
    options,
  );
}

const tools = (version: 6 | 7, execute?: (input: unknown) => unknown): object => {
  const { tool, jsonSchema } = sdks[version];
  return { read: tool({ inputSchema: jsonSchema({ type: 'object' }), ...(execute && { execute }) } as never) };
};

async function messageOf(events$: ReturnType<typeof ask>): Promise<Message> {
  return lastValueFrom(events$.pipe(toMessage()));
}

const callChunks = (id: string, toolName: string, input: string, split = 1): readonly Chunk[] => [
  { type: 'tool-input-start', id, toolName },
  { type: 'tool-input-delta', id, delta: input.slice(0, split) },
  { type: 'tool-input-delta', id, delta: input.slice(split) },
  { type: 'tool-input-end', id },
  { type: 'tool-call', toolCallId: id, toolName, input },
];

describe.each(versions)('fromAiSdk with version %i', (version) => {
  it('reads text, reasoning with its signature, usage and the reason', async () => {
    const chunks = [
      ...begin,
      { type: 'reasoning-start', id: '0' },
      { type: 'reasoning-delta', id: '0', delta: 'Hm.' },
      { type: 'reasoning-end', id: '0', providerMetadata: { anthropic: { signature: 'sig' } } },
      ...text('1', 'Hel', 'lo'),
      finish(),
    ];
    const { events, error } = await collect(ask(version, [chunks], {}, { provider: 'mock', model: 'm' }));
    expect(error).toBeUndefined();
    expectGrammar(events, true);
    const message = await messageOf(ask(version, [chunks]));
    expect(message).toMatchObject({ text: 'Hello', reasoning: 'Hm.', finishReason: 'stop' });
    expect(message.usage).toMatchObject({
      inputTokens: 12,
      outputTokens: 7,
      totalTokens: 19,
      cachedInputTokens: 8,
      reasoningTokens: 2,
    });
    expect(modelMessages(messageTurns(message))).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Hm.', providerOptions: { anthropic: { signature: 'sig' } } },
          { type: 'text', text: 'Hello' },
        ],
      },
    ]);
  });

  it('reads calls of the caller, whose arguments keep their text, and gives them back', async () => {
    const chunks = [
      ...begin,
      ...callChunks('c-1', 'read', '{"p": 1}', 3),
      ...callChunks('c-2', 'read', '{}'),
      finish('tool-calls'),
    ];
    const message = await messageOf(ask(version, [chunks], { tools: tools(version) }));
    expect(message.toolCalls.map(({ callId, name, argumentsText, ended }) => [callId, name, argumentsText, ended])).toEqual([
      ['c-1', 'read', '{"p": 1}', true],
      ['c-2', 'read', '{}', true],
    ]);
    expect(message.finishReason).toBe('tool-calls');
    expect(modelMessages(messageTurns(message))).toMatchObject([
      {
        role: 'assistant',
        content: [{ type: 'tool-call', toolCallId: 'c-1', toolName: 'read', input: { p: 1 } }, { toolCallId: 'c-2' }],
      },
    ]);
  });

  it('reads the rounds of tools that the SDK runs as steps, with the usage of all', async () => {
    const rounds = [
      [...begin, ...callChunks('c-1', 'read', '{"p":1}'), finish('tool-calls')],
      [...begin, ...text('1', 'Done'), finish()],
    ];
    const more = { tools: tools(version, () => ({ found: true })), stopWhen: sdks[version].stepCount(3) };
    const { events, error } = await collect(ask(version, rounds, more));
    expect(error).toBeUndefined();
    expectGrammar(events, true);
    expect(events.filter(({ type }) => type === 'step')).toMatchObject([{ step: 1, reason: 'tool-calls' }]);
    const message = await messageOf(ask(version, rounds, more));
    expect(message).toMatchObject({
      text: 'Done',
      finishReason: 'stop',
      usage: { inputTokens: 24, outputTokens: 14, totalTokens: 38 },
    });
    expect(message.parts.map(({ type }) => type)).toEqual(['tool-call', 'tool-result', 'text']);
    const turns = modelMessages(messageTurns(message));
    expect(turns.map(({ role }) => role)).toEqual(['assistant', 'tool', 'assistant']);
    expect(turns[1]).toMatchObject({
      content: [{ toolCallId: 'c-1', toolName: 'read', output: { type: 'json', value: { found: true } } }],
    });
    // The SDK takes them.
    expect(
      await messageOf(
        ask(version, [[...begin, ...text('1', 'Ok'), finish()]], {
          prompt: undefined,
          messages: [{ role: 'user', content: 'Hi' }, ...turns],
        }),
      ),
    ).toMatchObject({ text: 'Ok' });
  });

  it('reads the error of a tool as its result', async () => {
    const failing = tools(version, () => {
      throw new Error('no disk');
    });
    const message = await messageOf(
      ask(version, [[...begin, ...callChunks('c-1', 'read', '{}'), finish('tool-calls')]], { tools: failing }),
    );
    expect(message.parts).toMatchObject([{ type: 'tool-call' }, { type: 'tool-result', isError: true, output: 'no disk' }]);
  });

  it('reads files and sources', async () => {
    const data = version === 7 ? { type: 'data', data: 'iVBORw0KGgo=' } : 'iVBORw0KGgo=';
    const chunks: readonly Chunk[] = [
      ...begin,
      ...text('1', 'See'),
      { type: 'source', sourceType: 'url', id: 's', url: 'https://a.example', title: 'A' },
      { type: 'file', mediaType: 'image/png', data },
      finish(),
    ];
    const message = await messageOf(ask(version, [chunks]));
    expect(message.citations).toMatchObject([{ url: 'https://a.example', title: 'A', block: 0 }]);
    expect(message.parts).toMatchObject([{ type: 'text' }, { type: 'file', mediaType: 'image/png', data: 'iVBORw0KGgo=' }]);
  });

  it.each([
    ['length', 'max_tokens', 'length'],
    ['content-filter', 'SAFETY', 'content-filter'],
    ['other', 'pause_turn', 'paused'],
    ['content-filter', 'refusal', 'refusal'],
  ])('has the reason of %s (%s)', async (unified, raw, reason) => {
    expect(await messageOf(ask(version, [[...begin, ...text('1', 'Hi'), finish(unified, raw)]]))).toMatchObject({
      finishReason: reason,
    });
  });

  it('errors with TruncatedError where the SDK reports a cut stream as an end', async () => {
    const { error } = await collect(
      ask(version, [[...begin, { type: 'text-start', id: '1' }, { type: 'text-delta', id: '1', delta: 'Hel' }]]),
    );
    expect(error).toMatchObject({ kind: 'truncated', retryable: true, partial: { text: 'Hel' } });
  });

  it('errors with the error that the model reports', async () => {
    const { model, streamText, streamOf: partsOf } = sdks[version];
    const failing = (error: unknown, chunks?: readonly Chunk[]) =>
      collect(
        fromAiSdk(() => {
          const mock = model(async () => {
            if (!chunks) throw error;
            return { stream: streamOf([...begin, ...chunks, { type: 'error', error }]) };
          });
          return partsOf(streamText({ model: mock, prompt: 'Hi', maxRetries: 0, onError: () => undefined }));
        }),
      );
    const { APICallError } = ai7;
    const slow = new APICallError({
      message: 'Slow down',
      url: 'https://a.example',
      requestBodyValues: {},
      statusCode: 429,
      responseHeaders: { 'x-request-id': 'req-1', 'retry-after': '3' },
      responseBody: '{"error":{"type":"rate_limit_error","message":"Slow down"}}',
    });
    expect((await failing(slow)).error).toMatchObject({
      name: 'HttpError',
      kind: 'rate-limit',
      status: 429,
      requestId: 'req-1',
      retryAfterMs: 3_000,
    });
    const busy = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    expect((await failing(busy, text('1', 'Hi'))).error).toMatchObject({
      name: 'ProviderError',
      kind: 'overloaded',
      partial: { text: 'Hi' },
    });
    const broken = new TypeError('terminated', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
    expect((await failing(broken, text('1', 'Hi'))).error).toMatchObject({
      kind: 'connection',
      code: 'ECONNRESET',
      retryable: true,
    });
  });

  it('asks anew for each subscription, so that a retry works', async () => {
    const cut = [...begin, { type: 'text-start', id: '1' }, { type: 'text-delta', id: '1', delta: 'Hel' }];
    const events$ = ask(version, [cut, [...begin, ...text('1', 'Hello'), finish()]]);
    const { events } = await collect(events$.pipe(retryStream({ initialDelayMs: 0, jitter: 0 })));
    expectGrammar(events, true);
    expect(events.filter(({ type }) => type === 'reset')).toHaveLength(1);
  });

  it('aborts the request when it is unsubscribed, and by its own signal', async () => {
    const { model, streamText, streamOf: partsOf } = sdks[version];
    const signals: (AbortSignal | undefined)[] = [];
    const open = model(async ({ abortSignal }) => {
      signals.push(abortSignal);
      return {
        stream: new ReadableStream({
          start: (to) =>
            [...begin, { type: 'text-start', id: '1' }, { type: 'text-delta', id: '1', delta: 'Hel' }].forEach((chunk) =>
              to.enqueue(chunk),
            ),
        }),
      };
    });
    const read = (options: FromAiSdkOptions = {}) =>
      fromAiSdk(
        ({ signal }) =>
          partsOf(streamText({ model: open, prompt: 'Hi', maxRetries: 0, abortSignal: signal, onError: () => undefined })),
        options,
      );
    const events = await lastValueFrom(read().pipe(take(2), toArray()));
    expect(events.map(({ type }: DeltaEvent) => type)).toEqual(['start', 'text-delta']);
    expect(signals[0]?.aborted).toBe(true);
    const controller = new AbortController();
    const result = collect(read({ signal: controller.signal }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort('enough');
    expect((await result).error).toMatchObject({ kind: 'aborted', cause: 'enough', partial: { text: 'Hel' } });
    expect(signals[1]?.aborted).toBe(true);
  });

  it('gives what our own source gives for the same answer (property)', async () => {
    const piece = fc.oneof(
      fc.record({
        kind: fc.constant('text' as const),
        pieces: fc.array(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 }),
      }),
      fc.record({
        kind: fc.constant('reasoning' as const),
        pieces: fc.array(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 }),
      }),
      fc.record({
        kind: fc.constant('call' as const),
        input: fc.dictionary(fc.string({ maxLength: 5 }), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
        split: fc.nat(20),
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('stop', 'length', 'content-filter'),
        async (parts, reason) => {
          // Two texts one after the other are two blocks there, and one here.
          const content = parts.filter(({ kind }, index) => kind === 'call' || parts[index - 1]?.kind !== kind);
          const theirs = await collect(ask(version, [sdkChunks(content, reason)], { tools: tools(version) }));
          const ours = await collect(fromChatCompletions(respondWith(chatBody(content, reason)), { model: 'm', messages: [] }));
          expectGrammar(theirs.events, true);
          expect(theirs.events.filter(isCompared).map(comparedOf)).toEqual(ours.events.filter(isCompared).map(comparedOf));
        },
      ),
      { numRuns: 150 },
    );
  });
});

type Content =
  | { readonly kind: 'text' | 'reasoning'; readonly pieces: readonly string[] }
  | { readonly kind: 'call'; readonly input: object; readonly split: number };

function sdkChunks(content: readonly Content[], reason: string): readonly Chunk[] {
  const chunks = content.flatMap((part, index): readonly Chunk[] => {
    const id = String(index);
    if (part.kind === 'call') return callChunks(`c-${id}`, 'read', JSON.stringify(part.input), part.split);
    return [
      { type: `${part.kind}-start`, id },
      ...part.pieces.map((delta) => ({ type: `${part.kind}-delta`, id, delta })),
      { type: `${part.kind}-end`, id },
    ];
  });
  return [...begin, ...chunks, finish(reason)];
}

function chatBody(content: readonly Content[], reason: string): string {
  let calls = -1;
  const deltas = content.flatMap((part, index): readonly object[] => {
    if (part.kind !== 'call') {
      return part.pieces.map((said) => (part.kind === 'text' ? { content: said } : { reasoning_content: said }));
    }
    const text = JSON.stringify(part.input);
    calls++;
    return [
      {
        tool_calls: [
          { index: calls, id: `c-${index}`, type: 'function', function: { name: 'read', arguments: text.slice(0, part.split) } },
        ],
      },
      { tool_calls: [{ index: calls, function: { arguments: text.slice(part.split) } }] },
    ];
  });
  const chunk = (delta: object, more: object = {}): string =>
    `data: ${JSON.stringify({ id: 'r-1', model: 'mock', choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`;
  const figures = {
    prompt_tokens: 12,
    completion_tokens: 7,
    total_tokens: 19,
    prompt_tokens_details: { cached_tokens: 8 },
    completion_tokens_details: { reasoning_tokens: 2 },
  };
  const end = chunk({}, { finish_reason: reason.replace('-', '_') });
  return `${deltas.map((delta) => chunk(delta)).join('')}${end}data: ${JSON.stringify({ id: 'r-1', choices: [], usage: figures })}\n\ndata: [DONE]\n\n`;
}

/** Ends of blocks have native forms, which differ; and a call ends here where its finish reason comes. */
function isCompared({ type }: DeltaEvent): boolean {
  return !['start', 'block-end', 'tool-call-end', 'ping'].includes(type);
}

function comparedOf(event: DeltaEvent): object {
  if (event.type === 'usage') {
    const { inputTokens, outputTokens, totalTokens, cachedInputTokens, reasoningTokens } = event.usage;
    return { type: 'usage', inputTokens, outputTokens, totalTokens, cachedInputTokens, reasoningTokens };
  }
  if (event.type === 'finish') return { type: 'finish', reason: event.reason };
  return event;
}

describe('the types', () => {
  it('take what the SDK gives, and give what it takes', () => {
    type Result = ReturnType<typeof ai7.streamText>;
    type Result6 = ReturnType<typeof ai6.streamText>;
    const read = (result: Result): object => fromAiSdk(() => result.stream);
    const read6 = (result: Result6): object => fromAiSdk(() => result.fullStream);
    const messages: ai7.ModelMessage[] = modelMessages([]);
    const messages6: ai6.ModelMessage[] = modelMessages([]);
    expect([read, read6, messages, messages6]).toHaveLength(4);
  });
});
