import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readUiMessages } from '../../../src/http/index.js';
import { messagesParams } from '../../../src/providers/anthropic/messagesParams.js';
import { chatMessages } from '../../../src/providers/openai/chatMessages.js';
import { responsesInput } from '../../../src/providers/openai/responsesInput.js';

const read = (...parts: readonly object[]): ReturnType<typeof readUiMessages> =>
  readUiMessages({ id: 'chat', messages: [{ id: 'm', role: 'assistant', parts }], trigger: 'submit-message' });

const call = { type: 'tool-clock', toolCallId: 'c', state: 'input-available', input: { a: 1 } };

describe('readUiMessages', () => {
  it('reads what a user and a system say, with files', () => {
    const messages = [
      { id: 's', role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
      {
        id: 'u',
        role: 'user',
        parts: [
          { type: 'text', text: 'What is it?' },
          { type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,AA==', filename: 'a.png' },
          { type: 'data-theme', data: 'dark' },
        ],
      },
    ];
    const turns = [
      { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'What is it?' },
          { type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,AA==', filename: 'a.png' },
        ],
      },
    ];
    expect(readUiMessages({ id: 'chat', messages, trigger: 'submit-message' })).toEqual(turns);
    expect(readUiMessages(messages)).toEqual(turns);
  });

  it('makes a turn of each step, and of the results of its calls', () => {
    const turns = read(
      { type: 'step-start' },
      { ...call, state: 'output-available', output: { noon: true } },
      { type: 'step-start' },
      { type: 'text', text: 'It is noon.', state: 'done' },
    );
    expect(turns.map(({ role, parts }) => [role, parts.map(({ type }) => type)])).toEqual([
      ['assistant', ['tool-call']],
      ['tool', ['tool-result']],
      ['assistant', ['text']],
    ]);
    expect(chatMessages(turns)).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'clock', arguments: '{"a":1}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: '{"noon":true}' },
      { role: 'assistant', content: 'It is noon.' },
    ]);
  });

  it('keeps the signature and the encrypted form of the answers of an AI SDK server', () => {
    const anthropic = read({ type: 'reasoning', text: 'hm', providerMetadata: { anthropic: { signature: 'SIG' } } });
    expect(messagesParams(anthropic).messages).toEqual([
      { role: 'assistant', content: [{ type: 'thinking', thinking: 'hm', signature: 'SIG' }] },
    ]);
    const redacted = read({ type: 'reasoning', text: '', providerMetadata: { anthropic: { redactedData: 'x' } } });
    expect(messagesParams(redacted).messages).toEqual([
      { role: 'assistant', content: [{ type: 'redacted_thinking', data: 'x' }] },
    ]);
    const metadata = { openai: { itemId: 'rs_1', reasoningEncryptedContent: 'ENC' } };
    expect(responsesInput(read({ type: 'reasoning', text: 'hm', providerMetadata: metadata }))).toEqual([
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: 'ENC' },
    ]);
  });

  it('reads calls of tools that are not declared, and free text', () => {
    const dynamic = { ...call, type: 'dynamic-tool', toolName: 'clock' };
    expect(read(dynamic)[0]?.parts).toMatchObject([
      { type: 'tool-call', name: 'clock', argumentsText: '{"a":1}', input: { a: 1 } },
    ]);
    const free = { ...call, input: 'ls -l', callProviderMetadata: { rxllm: { block: 0, format: 'text' } } };
    expect(read(free)[0]?.parts).toMatchObject([{ argumentsText: 'ls -l', input: undefined, format: 'text' }]);
  });

  it.each([
    ['a call that grows', { ...call, state: 'input-streaming', rawInput: '{"a":' }, [{ type: 'tool-call', ended: false }]],
    ['progress', { ...call, state: 'output-available', output: 1, preliminary: true }, [{ type: 'tool-call' }]],
    [
      'an error',
      { ...call, state: 'output-error', errorText: 'No such city' },
      [{ type: 'tool-call' }, { type: 'tool-result', output: 'No such city', isError: true }],
    ],
    [
      'arguments that are not JSON, version 6',
      { ...call, state: 'output-error', input: undefined, rawInput: '{"a', errorText: 'bad' },
      [
        { type: 'tool-call', argumentsText: '{"a', input: undefined },
        { type: 'tool-result', output: 'bad', isError: true },
      ],
    ],
    [
      'arguments that are not JSON, version 7',
      { ...call, state: 'output-error', input: '{"a', errorText: 'bad' },
      [
        { type: 'tool-call', argumentsText: '{"a', input: undefined },
        { type: 'tool-result', output: 'bad', isError: true },
      ],
    ],
    [
      'a call that waits',
      { ...call, state: 'approval-requested', approval: { id: 'a' } },
      [{ type: 'tool-call' }, { type: 'approval', callId: 'c', approved: undefined }],
    ],
    [
      'an approved call',
      { ...call, state: 'approval-responded', approval: { id: 'a', approved: true } },
      [{ type: 'tool-call' }, { type: 'approval', approved: true }],
    ],
    [
      'a denied call',
      { ...call, state: 'approval-responded', approval: { id: 'a', approved: false, reason: 'Too late' } },
      [{ type: 'tool-call' }, { type: 'approval', approved: false }, { type: 'tool-result', output: 'Too late', isError: true }],
    ],
    [
      'a denied output',
      { ...call, state: 'output-denied', approval: { id: 'a', approved: false } },
      [
        { type: 'tool-call' },
        { type: 'approval' },
        { type: 'tool-result', output: 'Tool call execution denied.', isError: true },
      ],
    ],
  ])('reads %s', (_, part, parts) => {
    expect(read(part).flatMap((turn) => turn.parts)).toMatchObject(parts);
    expect(read(part).flatMap((turn) => turn.parts)).toHaveLength(parts.length);
  });

  it('puts a message that steered the run between the rounds', () => {
    const steering = { type: 'steering-message', id: 's', parts: [{ type: 'text', text: 'Faster' }] };
    const turns = read({ type: 'text', text: 'a' }, steering, { type: 'text', text: 'b' });
    expect(turns.map(({ role }) => role)).toEqual(['assistant', 'user', 'assistant']);
  });

  it('reads a file by its address, and one with its data', () => {
    const turns = read(
      { type: 'file', mediaType: 'image/png', url: 'https://x.test/a.png' },
      { type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,AA==' },
    );
    expect(turns[0]?.parts).toMatchObject([{ url: 'https://x.test/a.png' }, { data: 'AA==' }]);
  });

  it.each([
    [undefined, 'body must be an object'],
    ['[]', 'body must be an object'],
    [{}, 'body.messages must be a list'],
    [Object.create({ messages: [] }), 'body.messages must be a list'],
    [[null], 'body[0] must be an object'],
    [[{ role: 'robot', parts: [] }], 'body[0].role must be "system", "user" or "assistant"'],
    [[{ role: 'user', content: 'x' }], 'body[0].parts must be a list'],
    [{ messages: [{ role: 'user', parts: [{ type: 'text' }] }] }, 'body.messages[0].parts[0].text must be text'],
    [[{ role: 'user', parts: [{}] }], 'body[0].parts[0].type must be text'],
    [[{ role: 'assistant', parts: [{ ...call, state: 1 }] }], 'body[0].parts[0].state must be text'],
    [[{ role: 'assistant', parts: [{ ...call, toolCallId: {} }] }], 'body[0].parts[0].toolCallId must be text'],
    [
      [{ role: 'assistant', parts: [{ ...call, state: 'approval-responded', approval: { approved: 'yes' } }] }],
      'body[0].parts[0].approval.approved must be true or false',
    ],
    [[{ role: 'assistant', parts: [{ type: 'file', mediaType: 1, url: 'x' }] }], 'body[0].parts[0].mediaType must be text'],
  ])('throws a TypeError with the path of what is wrong (%#)', (body, message) => {
    expect(() => readUiMessages(body)).toThrow(new TypeError(`readUiMessages: ${message}`));
  });

  it('throws a TypeError for JSON that is too deep, also in a native form', () => {
    const deep = `${'['.repeat(300)}${']'.repeat(300)}`;
    expect(() => read({ ...call, input: JSON.parse(deep) as unknown })).toThrow(
      new TypeError('readUiMessages: body.messages[0].parts[0].input must be JSON of at most 256 levels'),
    );
    const metadata = { rxllm: { block: 0, kind: 'text', native: deep } };
    expect(() => read({ type: 'text', text: 'a', providerMetadata: metadata })).toThrow(TypeError);
  });

  it('changes no prototype, whatever the keys are', () => {
    const body = JSON.parse(
      '{"__proto__":{"messages":[]},"messages":[{"role":"assistant","parts":[{"type":"tool-__proto__","toolCallId":"__proto__","state":"input-available","input":{"__proto__":{"polluted":true}}}]}]}',
    ) as unknown;
    const [turn] = readUiMessages(body);
    expect(turn?.parts).toMatchObject([
      { callId: '__proto__', name: '__proto__', argumentsText: '{"__proto__":{"polluted":true}}' },
    ]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('throws nothing but a TypeError, whatever comes', () => {
    const word = fc.constantFrom('a', '', '__proto__', '{"a":1}', 'data:a/b;base64,YQ==', '[[');
    const states = fc.constantFrom(
      'input-streaming',
      'input-available',
      'approval-requested',
      'approval-responded',
      'output-available',
      'output-error',
      'output-denied',
    );
    const types = fc.constantFrom(
      'text',
      'reasoning',
      'file',
      'tool-a',
      'dynamic-tool',
      'step-start',
      'data-rxllm',
      'steering-message',
      'x',
    );
    const note = fc.record(
      { block: fc.integer({ min: -2, max: 3 }), native: word, kind: word, result: word, callId: word, name: word, output: word },
      { requiredKeys: [] },
    );
    const metadata = fc.oneof(fc.record({ rxllm: note }), fc.anything());
    const part = fc.record(
      {
        type: fc.oneof({ weight: 9, arbitrary: types }, fc.anything()),
        text: fc.oneof({ weight: 5, arbitrary: word }, fc.anything()),
        toolCallId: word,
        toolName: word,
        state: fc.oneof({ weight: 9, arbitrary: states }, fc.anything()),
        input: fc.anything(),
        rawInput: fc.oneof(word, fc.anything()),
        output: fc.anything(),
        errorText: fc.oneof(word, fc.anything()),
        approval: fc.oneof(fc.record({ id: word, approved: fc.boolean() }), fc.anything()),
        mediaType: word,
        url: word,
        data: fc.oneof(note, fc.anything()),
        parts: fc.anything(),
        providerMetadata: metadata,
        callProviderMetadata: metadata,
        resultProviderMetadata: metadata,
      },
      { requiredKeys: ['type'] },
    );
    const message = fc.record({ role: fc.constantFrom('user', 'assistant', 'system'), parts: fc.array(part, { maxLength: 6 }) });
    const body = fc.oneof(fc.record({ messages: fc.array(message, { maxLength: 3 }) }), fc.anything());
    const property = fc.property(body, (value) => {
      try {
        readUiMessages(value);
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
      }
    });
    fc.assert(property, { numRuns: 2_000 });
  });
});
