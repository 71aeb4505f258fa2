import { HttpAgent } from '@ag-ui/client';
import { type BaseEvent, EventType } from '@ag-ui/core';
import { EventEncoder } from '@ag-ui/encoder';
import { chat, toServerSentEventsStream } from '@tanstack/ai';
import { describe, expect, it } from 'vitest';
import { framesOf, type Reading, readingOf } from '../spec/support/wires.js';
import { agUi, type RunInput, readRunInput } from '../src/http/index.js';
import type { DeltaEvent, PartialMessage } from '../src/index.js';
import { createMessageFold } from '../src/message/messageFold.js';
import { finish, start, toolApproval, toolCallEnd, toolCallStart } from '../src/testing/index.js';

function partialOf(events: readonly DeltaEvent[]): PartialMessage {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.partial();
}

const read = (body: string): Reading => readingOf(agUi(), [new TextEncoder().encode(body)]);
const run = { threadId: 't', runId: 'r' };

/** A provider of TanStack: the rounds that it answers with. */
function provider(rounds: readonly (readonly object[])[]): never {
  let round = 0;
  async function* chatStream(): AsyncGenerator<object> {
    yield { type: EventType.RUN_STARTED, ...run };
    yield* rounds[round++] ?? [];
  }
  return { kind: 'text', name: 'fake', model: 'model-1', chatStream } as never;
}

const call = [
  { type: EventType.TOOL_CALL_START, toolCallId: 'c', toolCallName: 'clock' },
  { type: EventType.TOOL_CALL_ARGS, toolCallId: 'c', delta: '{}' },
  { type: EventType.TOOL_CALL_END, toolCallId: 'c' },
];
const answer = [
  { type: EventType.TEXT_MESSAGE_START, messageId: 'm', role: 'assistant' },
  { type: EventType.TEXT_MESSAGE_CONTENT, messageId: 'm', delta: 'Noon.' },
  { type: EventType.TEXT_MESSAGE_END, messageId: 'm' },
];
const ended = (finishReason: string): object => ({
  type: EventType.RUN_FINISHED,
  ...run,
  finishReason,
  usage: { promptTokens: 4, completionTokens: 2, totalTokens: 6 },
});

async function tanStackBody(rounds: readonly (readonly object[])[], execute?: () => unknown): Promise<string> {
  const tool = { name: 'clock', description: 'Tells the time', inputSchema: { type: 'object', properties: {} }, execute };
  const options = { adapter: provider(rounds), messages: [{ role: 'user', content: 'Hi' }], tools: [tool] };
  const body = toServerSentEventsStream(chat(options as never) as never, new AbortController());
  return new Response(body).text();
}

describe('agUi reads the run of a server', () => {
  it('of TanStack that runs a tool', async () => {
    const body = await tanStackBody(
      [
        [...call, ended('tool_calls')],
        [...answer, ended('stop')],
      ],
      () => ({ now: 12 }),
    );
    const { events, error } = read(body);
    expect(error).toBeUndefined();
    expect(partialOf(events)).toMatchObject({
      text: 'Noon.',
      finishReason: 'stop',
      usage: { inputTokens: 8, outputTokens: 4, totalTokens: 12 },
      parts: [
        { type: 'tool-call', callId: 'c', name: 'clock', argumentsText: '{}', step: 0 },
        { type: 'tool-result', callId: 'c', output: '{"now":12}', step: 0 },
        { type: 'text', text: 'Noon.', step: 1 },
      ],
    });
    // Where the tool has run, the answer is still to come.
    expect(read(body.slice(0, body.indexOf('data: {"type":"TEXT_MESSAGE_START"'))).error).toMatchObject({ kind: 'truncated' });
  });

  it('of TanStack that asks the client for the result of a tool', async () => {
    const { events, error } = read(await tanStackBody([[...call, ended('tool_calls')]]));
    expect(error).toBeUndefined();
    expect(events.some(({ type }) => type === 'tool-approval')).toBe(false);
    expect(partialOf(events)).toMatchObject({ finishReason: 'tool-calls', toolCalls: [{ callId: 'c', ended: true }] });
  });

  it('of TanStack that fails', async () => {
    const { error } = read(await tanStackBody([[{ type: EventType.RUN_ERROR, message: 'No more', code: 'overloaded' }]]));
    expect(error).toMatchObject({ name: 'ProviderError', kind: 'overloaded', message: 'No more' });
  });

  it('whose events the encoder of AG-UI wrote', () => {
    const encoder = new EventEncoder();
    const events: readonly object[] = [
      { type: EventType.RUN_STARTED, ...run, protocolVersion: '1.0', input: { ...run, messages: [] } },
      { type: EventType.STEP_STARTED, stepName: 'think' },
      { type: EventType.REASONING_MESSAGE_CHUNK, messageId: 'a', delta: 'Hm.' },
      { type: EventType.STATE_DELTA, delta: [{ op: 'add', path: '/a', value: 1 }] },
      { type: EventType.STEP_FINISHED, stepName: 'think' },
      { type: EventType.TEXT_MESSAGE_CHUNK, messageId: 'm', role: 'assistant', delta: 'It is ' },
      { type: EventType.TEXT_MESSAGE_CHUNK, delta: 'noon.' },
      { type: EventType.TOOL_CALL_CHUNK, toolCallId: 'c', toolCallName: 'clock', parentMessageId: 'm', delta: '{' },
      { type: EventType.TOOL_CALL_CHUNK, delta: '}' },
      { type: EventType.MESSAGES_SNAPSHOT, messages: [] },
      {
        type: EventType.RUN_FINISHED,
        ...run,
        outcome: { type: 'success', pendingToolCallIds: ['c'] },
        usage: [{ inputTokens: 1, outputTokens: 2 }],
      },
    ];
    const { events: decoded, error } = read(events.map((event) => encoder.encodeSSE(event as BaseEvent)).join(''));
    expect(error).toBeUndefined();
    expect(partialOf(decoded)).toMatchObject({
      reasoning: 'Hm.',
      text: 'It is noon.',
      toolCalls: [{ callId: 'c', argumentsText: '{}', ended: true }],
      finishReason: 'tool-calls',
      usage: { inputTokens: 1, outputTokens: 2 },
    });
    expect(decoded.flatMap((event) => (event.type === 'raw' ? [event.name] : []))).toEqual([
      'STEP_STARTED',
      'STATE_DELTA',
      'STEP_FINISHED',
      'MESSAGES_SNAPSHOT',
    ]);
  });
});

describe('agUi asks for decisions', () => {
  it('as interrupts, whose answers are approvals', async () => {
    const bodies: RunInput[] = [];
    const paused = [
      start(),
      toolCallStart('c', 'pay'),
      toolCallEnd('c', 'pay', '{"sum":1}'),
      toolApproval('c'),
      finish('paused'),
    ];
    const respond = async (_: unknown, init: RequestInit): Promise<Response> => {
      const body = JSON.parse(init.body as string) as RunInput;
      bodies.push(body);
      const events = bodies.length === 1 ? paused : [start(), finish()];
      const frames = framesOf(agUi({ input: body }), { events, error: undefined });
      return new Response(frames.map((data) => `data: ${data}\n\n`).join(''), {
        headers: { 'content-type': 'text/event-stream' },
      });
    };
    const agent = new HttpAgent({ url: 'http://localhost/', threadId: 't', fetch: respond as typeof fetch });
    await agent.runAgent();
    expect(agent.pendingInterrupts).toMatchObject([{ id: 'c', toolCallId: 'c', reason: 'tool_call' }]);
    await agent.runAgent({ resume: [{ interruptId: 'c', status: 'resolved', payload: { approved: true } }] });
    expect(agent.pendingInterrupts).toEqual([]);
    const [turn] = readRunInput(bodies[1]);
    expect(turn?.parts).toMatchObject([
      { type: 'tool-call', callId: 'c', input: { sum: 1 } },
      { type: 'approval', callId: 'c', approved: true },
    ]);
  });
});
