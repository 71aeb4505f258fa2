import { describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import type { ResponseInputItem } from 'openai/resources/responses/responses';
import { objectOf } from '../../../src/codecs/json/jsonFields.js';
import type { DeltaEvent, JsonObject, Message } from '../../../src/events.js';
import { assistantTurn } from '../../../src/providers/openai/assistantTurn.js';
import { fromChatCompletions } from '../../../src/providers/openai/fromChatCompletions.js';
import { blockEnd, reasoning, start, text, toolCallEnd, toolCallStart, toolResult } from '../../../src/testing/index.js';
import { recordings } from '../../support/recordings.js';
import { collect, respondWith } from '../../support/respond.js';
import { chatFixture } from './chat/fixtures.js';
import { decodeResponses, messageOf, responsesFixture, responsesFixtureNames, responsesPayloads } from './responses/fixtures.js';

/** Fixtures that end in an error, so that there is no turn. */
const failing: readonly string[] = ['error', 'failed', 'vercel-openai.openai-error.1.sse'];

/** Fixtures that the SDK's own helper rejects: an event of unknown type, or a response with changing ids. */
const rejected: readonly string[] = [
  'apply-patch',
  'unknown',
  'vercel-openai.github-copilot-id-rotation.1.sse',
  'vercel-openai.openai-apply-patch-tool.1.sse',
];

/** Here the server encrypted the same items again for the whole response, which is the one that the helper reads. */
const encryptedTwice: readonly string[] = [
  'vercel-openai.openai-compaction.1.sse',
  'vercel-openai.programmatic-tool-calling.1.sse',
];

/** Fixtures of other servers, which the SDK's own helper rejects or reads wrongly: no index, or one that is not the place. */
const ofOtherServers: readonly string[] = ['copilot', 'llama-cpp', 'lm-studio', 'vllm-gpt-oss'];

const exceptions = new Set([...failing, ...rejected, ...encryptedTwice, ...ofOtherServers]);

function turnOf(bytes: Uint8Array): ResponseInputItem[] {
  return assistantTurn<ResponseInputItem[]>(messageOf(decodeResponses(bytes).events));
}

/** The output that the SDK's own helper accumulates from the same bytes, without the fields that it adds for parsing. */
async function helperOutput(bytes: Uint8Array): Promise<unknown> {
  const client = new OpenAI({ apiKey: 'none', maxRetries: 0, fetch: respondWith(bytes) });
  const { output } = await client.responses.stream({ model: 'gpt-test-1', input: 'Hello' }).finalResponse();
  return JSON.parse(JSON.stringify(output, (key, value) => (key === 'parsed' || key === 'parsed_arguments' ? undefined : value)));
}

async function chatMessage(name: string): Promise<Message> {
  const params = { model: 'gpt-test', messages: [] };
  return messageOf((await collect(fromChatCompletions(respondWith(chatFixture(name)), params))).events);
}

const response: DeltaEvent = start({ id: 'resp_1' });

describe('assistantTurn', () => {
  describe('of a response', () => {
    it.each(responsesFixtureNames.filter((name) => !exceptions.has(name)))(
      "equals the output that the SDK's helper accumulates from the fixture %s",
      async (name) => {
        expect(turnOf(responsesFixture(name))).toEqual(await helperOutput(responsesFixture(name)));
      },
    );

    it.each(rejected.filter((name) => responsesFixtureNames.includes(name)))(
      "reads the fixture %s, which the SDK's helper rejects",
      async (name) => {
        await expect(helperOutput(responsesFixture(name))).rejects.toThrow('Unhandled response stream event');
        const items = responsesPayloads(responsesFixture(name)).filter(({ type }) => type === 'response.output_item.done');
        expect(turnOf(responsesFixture(name))).toEqual(items.map(({ item }) => item));
      },
    );

    it.each(ofOtherServers)('has the items of the fixture %s once, with the arguments of the calls', (name) => {
      const ended = responsesPayloads(responsesFixture(name)).filter(({ type }) => type === 'response.output_item.done');
      const { toolCalls } = messageOf(decodeResponses(responsesFixture(name)).events);
      const turn = turnOf(responsesFixture(name)) as unknown as readonly JsonObject[];
      expect(turn.map(({ id }) => id)).toEqual(ended.map(({ item }) => objectOf(item)['id']));
      const calls = turn.filter(({ type }) => type === 'function_call');
      expect(calls.map((call) => [call['call_id'], call['arguments']])).toEqual(
        toolCalls.map(({ callId, argumentsText }) => [callId, argumentsText]),
      );
    });

    const recorded = recordings('responses').filter(({ name }) => !exceptions.has(name));
    if (recorded.length > 0) {
      it.each(recorded)("equals the output that the SDK's helper accumulates from the recorded $name", async ({ bytes }) => {
        expect(turnOf(bytes)).toEqual(await helperOutput(bytes));
      });
    }

    it('has an item of several texts once', () => {
      expect(turnOf(responsesFixture('two-parts'))).toHaveLength(1);
    });

    it('has the callIds of the events', () => {
      const native = { type: 'function_call', call_id: 'call_1', name: 'clock', arguments: '{}' };
      const message = messageOf([
        response,
        toolCallStart('call_1-2', 'clock'),
        toolCallEnd('call_1-2', 'clock', '{}'),
        blockEnd(native, { kind: 'function_call', format: 'responses' }),
      ]);
      expect(assistantTurn<ResponseInputItem[]>(message)).toEqual([{ ...native, call_id: 'call_1-2' }]);
    });

    it('has the callIds of the events in results', () => {
      const native = { type: 'function_call_output', call_id: 'call_1', output: 'noon' };
      const events = [
        toolResult('call_1-2', 'clock', 'noon'),
        blockEnd(native, { kind: 'function_call_output', format: 'responses' }),
      ];
      expect(assistantTurn<ResponseInputItem[]>(messageOf([response, ...events]))).toEqual([{ ...native, call_id: 'call_1-2' }]);
    });

    it('keeps the text of an aborted message, but no unfinished reasoning or call', () => {
      const message = messageOf([
        response,
        reasoning('Hm', { block: 0 }),
        text('I look', { block: 1, phase: 'commentary' }),
        text('Hel', { block: 2 }),
        text('lo', { block: 2 }),
        toolCallStart('c', 'n', { block: 3 }),
      ]);
      expect(assistantTurn<ResponseInputItem[]>(message)).toEqual([
        { role: 'assistant', content: 'I look', phase: 'commentary' },
        { role: 'assistant', content: 'Hello' },
      ]);
    });

    it('keeps the unfinished text after a finished item', () => {
      const native = { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'One' }] };
      const message = messageOf([
        response,
        text('One'),
        blockEnd(native, { kind: 'message', format: 'responses' }),
        text('Tw', { block: 1 }),
      ]);
      expect(assistantTurn<ResponseInputItem[]>(message)).toEqual([native, { role: 'assistant', content: 'Tw' }]);
    });

    it('is an empty list for an empty message', () => {
      expect(assistantTurn<ResponseInputItem[]>(messageOf([response]))).toEqual([]);
    });
  });

  describe('of a chat completion', () => {
    it('is the assistant message', async () => {
      expect(assistantTurn(await chatMessage('text'))).toMatchObject({ role: 'assistant' });
    });

    it('is the assistant message also for an empty message', () => {
      expect(assistantTurn(messageOf([start({ id: 'chatcmpl-1' })]))).toMatchObject({ role: 'assistant', content: '' });
    });
  });

  it('of a message of another provider is a chat message, without its native blocks', () => {
    const call = [toolCallStart('toolu_1', 'clock', { block: 1 }), toolCallEnd('toolu_1', 'clock', '{}', { block: 1 })];
    const message = messageOf([
      start({ id: 'msg_1', provider: 'anthropic' }),
      text('Hello'),
      blockEnd({ type: 'text', text: 'Hello' }, { format: 'messages' }),
      ...call,
      blockEnd({ type: 'tool_use', id: 'toolu_1', name: 'clock', input: {} }, { block: 1, format: 'messages' }),
    ]);
    expect(assistantTurn(message)).toEqual({
      role: 'assistant',
      content: 'Hello',
      tool_calls: [{ id: 'toolu_1', type: 'function', function: { name: 'clock', arguments: '{}' } }],
    });
  });

  it('has the type of the SDK params', () => {
    const message = messageOf([]);
    const chat = (): ChatCompletionMessageParam[] => [{ role: 'user', content: 'Hi' }, assistantTurn(message)];
    const input = (): ResponseInputItem[] => [{ role: 'user', content: 'Hi' }, ...assistantTurn<ResponseInputItem[]>(message)];
    expect([typeof chat, typeof input]).toEqual(['function', 'function']);
  });
});
