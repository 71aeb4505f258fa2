import { describe, expect, it } from '@jest/globals';
import { OpenAI } from 'openai';
import type { Message } from '../../../../src/events.js';
import { createMessageFold } from '../../../../src/message/messageFold.js';
import { chatTurn } from '../../../../src/providers/openai/chat/turn.js';
import { fromChatCompletions } from '../../../../src/providers/openai/fromChatCompletions.js';
import { blockEnd, finish, text, toolCallDelta, toolCallStart } from '../../../../src/testing/index.js';
import { collect, respondWith } from '../../../support/respond.js';
import { chatFixture, chatFixtureNames } from './fixtures.js';

async function messageOf(name: string): Promise<Message> {
  const { events } = await collect(fromChatCompletions(respondWith(chatFixture(name)), { model: '', messages: [] }));
  return foldOf(events);
}

function foldOf(events: Awaited<ReturnType<typeof collect>>['events']): Message {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.message();
}

/** The message that the SDK's own helper accumulates from the same bytes. */
async function accumulate(name: string): Promise<OpenAI.ChatCompletionMessage | undefined> {
  const client = new OpenAI({ apiKey: 'local', fetch: respondWith(chatFixture(name)), maxRetries: 0 });
  const stream = client.chat.completions.stream({ model: '', messages: [] });
  return (await stream.finalChatCompletion()).choices[0]?.message;
}

/** Fixtures that the SDK's helper rejects, with its message. */
const rejected: Readonly<Record<string, string>> = {
  completion: 'missing role',
  'no-id': 'invalid choice index',
  'no-role': 'missing role',
  nulls: 'not iterable',
  ollama: 'missing finish_reason',
  'ollama-tool': 'missing finish_reason',
  'openrouter-error-after-finish': 'Invalid request',
  'openrouter-error-first': 'Rate limit exceeded',
  'openrouter-error-in-middle': 'Provider disconnected',
  'tools-without-id': 'invalid tool call index',
  'tools-without-index': 'invalid tool call index',
  unknown: 'not iterable',
};

/** Fixtures that it misreads, with the right turn. */
const misread: Readonly<Record<string, object>> = {
  mistral: {
    content: [
      { type: 'thinking', thinking: [{ type: 'text', text: 'Two and two.' }] },
      { type: 'text', text: 'It is 4' },
      { type: 'reference', reference_ids: [1] },
      { type: 'text', text: '.' },
    ],
  },
  'mistral-image': {
    content: [
      { type: 'text', text: 'See: ' },
      { type: 'image_url', image_url: 'data:image/png;base64,iVBO' },
      { type: 'document_url', document_url: 'https://example.com/a.pdf' },
    ],
  },
  'gemini-thought-in-content': {
    content: 'I look.',
    tool_calls: [
      { ...call('function-call-1', 'weather', '{"city":"Oslo"}'), extra_content: { google: { thought_signature: 'c2ln' } } },
      call('function-call-2', 'weather', '{"city":"Rome"}'),
    ],
  },
  'vllm-gpt-oss-arguments-again': {
    reasoning_content: 'Need the weather.',
    tool_calls: [call('chatcmpl-tool-1', 'weather', '{"city":"Oslo"}')],
  },
  'tool-late-name': { tool_calls: [call('call_1', 'weather', '{"city":"Oslo"}'), call('call_chatcmpl-1', 'other', '')] },
  'tools-one-index': {
    tool_calls: [
      call('call_1', 'weather', '{"city":"Oslo"}'),
      call('call_2', 'weather', '{"city":"Rome"}'),
      call('call_3', 'clock', '{}'),
    ],
  },
  'tools-repeated-id': {
    tool_calls: [call('0', 'weather', '{"city":"Oslo"}'), call('0-2', 'clock', '{}')],
  },
};

function call(id: string, name: string, argumentsText: string): object {
  return { id, type: 'function', function: { name, arguments: argumentsText } };
}

describe('chatTurn', () => {
  const read = chatFixtureNames.filter((name) => !(name in rejected) && !(name in misread));

  it.each(read)("equals the message that the SDK's helper accumulates from the fixture %s", async (name) => {
    const { content, refusal, tool_calls, function_call, audio } = { ...(await accumulate(name)) };
    const { role: _, content: ours, ...turn } = chatTurn(await messageOf(name));
    const compared = ['refusal', 'tool_calls', 'function_call', 'audio'];
    const fields = Object.fromEntries(Object.entries(turn).filter(([field]) => compared.includes(field)));
    // The helper keeps empty text beside other content.
    expect({ refusal: null, ...fields, content: ours || null }).toEqual({
      content: content || null,
      refusal,
      tool_calls,
      function_call,
      audio: audio && { id: audio.id },
    });
  });

  it.each(Object.keys(rejected))("reads the fixture %s, which the SDK's helper rejects", async (name) => {
    await expect(accumulate(name)).rejects.toThrow(rejected[name]);
    expect(chatTurn(await messageOf(name))).toMatchObject({ role: 'assistant' });
  });

  it.each(Object.keys(misread))("reads the fixture %s, which the SDK's helper misreads", async (name) => {
    const expected = misread[name] ?? {};
    expect({ ...(await accumulate(name)) }).not.toMatchObject(expected);
    expect(chatTurn(await messageOf(name))).toEqual({ role: 'assistant', content: null, ...expected });
  });

  it('keeps reasoning in the fields that the server used, and its details', async () => {
    expect(chatTurn(await messageOf('openrouter-reasoning'))).toEqual({
      role: 'assistant',
      content: 'Sure.',
      reasoning: 'Let me',
      reasoning_details: [
        { type: 'reasoning.text', text: 'Let me', format: 'anthropic-claude-v1', index: 0, signature: 'c2ln' },
        { type: 'reasoning.encrypted', data: 'ZW5j', index: 1 },
      ],
    });
  });

  it('keeps the signature of reasoning that stands beside it', async () => {
    expect(chatTurn(await messageOf('copilot-reasoning-opaque'))).toEqual({
      role: 'assistant',
      content: 'It is 4.',
      reasoning_text: 'Let me add.',
      reasoning_opaque: 'b3BhcXVl',
    });
  });

  it('has no empty text but in a turn without anything, where the API requires it', () => {
    const parts = blockEnd({ content: '', tool_calls: [] }, { format: 'chat' });
    expect(chatTurn(foldOf([parts, finish()])).content).toBeNull();
    expect(chatTurn(foldOf([blockEnd({ reasoning_content: 'Hm' }, { format: 'chat' }), finish('length')]))).toEqual({
      role: 'assistant',
      content: '',
      reasoning_content: 'Hm',
    });
    expect(chatTurn(foldOf([]))).toEqual({ role: 'assistant', content: '' });
  });

  it('keeps the thought signature of a call', async () => {
    const { tool_calls } = chatTurn(await messageOf('tool-thought-signature'));
    expect(tool_calls).toEqual([
      { ...call('function-call-1', 'weather', '{"city":"Oslo"}'), extra_content: { google: { thought_signature: 'c2ln' } } },
    ]);
  });

  it('has the callIds of the events', async () => {
    const message = await messageOf('tools-without-id');
    const { tool_calls } = chatTurn(message);
    expect(tool_calls?.map(({ id }) => id)).toEqual(message.toolCalls.map(({ callId }) => callId));
  });

  it('joins text that another block interrupted', async () => {
    expect(chatTurn(await messageOf('reasoning-text'))).toEqual({
      role: 'assistant',
      content: 'Yes no',
      reasoning_text: 'HmBut',
    });
  });

  it('joins content of both forms, text and list', () => {
    const list = blockEnd({ content: [{ type: 'text', text: 'b' }] }, { block: 1, format: 'chat' });
    expect(chatTurn(foldOf([blockEnd({ content: 'a' }, { format: 'chat' }), list, finish()]))).toEqual({
      role: 'assistant',
      content: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
    });
  });

  it('keeps the text of an aborted answer, but no call that was cut', () => {
    const broken = foldOf([
      text('Half'),
      toolCallStart('call_1', 'weather', { block: 1 }),
      toolCallDelta('call_1', '{', { block: 1 }),
    ]);
    expect(chatTurn(broken)).toEqual({ role: 'assistant', content: 'Half' });
  });

  it('has empty content for an empty answer', () => {
    expect(chatTurn(foldOf([finish()]))).toEqual({ role: 'assistant', content: '' });
  });

  it('treats __proto__ as a field', () => {
    const native = JSON.parse('{"content":"a","__proto__":{"polluted":true}}');
    const turn = chatTurn(foldOf([blockEnd(native, { format: 'chat' }), finish()]));
    expect(Object.getPrototypeOf(turn)).toBe(Object.prototype);
    expect('polluted' in turn).toBe(false);
  });
});
