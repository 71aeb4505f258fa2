import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Turn } from '../../../src/events.js';
import { agUi, type RunInput, readRunInput } from '../../../src/http/index.js';
import { messagesParams } from '../../../src/providers/anthropic/index.js';
import { chatMessages, responsesInput } from '../../../src/providers/openai/index.js';
import { blockEnd, finish, reasoning, start, text, toolCallEnd, toolCallStart, toolResult } from '../../../src/testing/index.js';
import { framesOf } from '../../support/wires.js';

const body = (messages: readonly unknown[], fields: object = {}): unknown => ({ threadId: 't', runId: 'r', messages, ...fields });
const turnsOf = (...messages: readonly unknown[]): readonly Turn[] => readRunInput(body(messages));

const user = { id: 'u', role: 'user', content: 'Hi' };
const asked: Turn = { role: 'user', parts: [{ type: 'text', text: 'Hi' }] };
const call = (id: string, name = 'clock', argumentsText = '{"a":1}') => ({
  id,
  type: 'function',
  function: { name, arguments: argumentsText },
});

describe('readRunInput', () => {
  it('reads the messages of a conversation as turns', () => {
    const turns = turnsOf(
      { id: 's', role: 'system', content: 'Be brief.' },
      { id: 'd', role: 'developer', content: 'No jokes.' },
      user,
      { id: 'r', role: 'reasoning', content: 'Hm.' },
      { id: 'a', role: 'assistant', content: 'Look:', toolCalls: [call('c1'), call('c2', 'search', '')] },
      { id: 'x', role: 'tool', toolCallId: 'c1', content: '12:00' },
      { id: 'y', role: 'tool', toolCallId: 'c2', content: '', error: 'Not found' },
      { id: 'p', role: 'activity', activityType: 'plan', content: {} },
      { id: 'b', role: 'assistant', content: 'Noon.' },
    );
    const common = { executor: 'client', format: 'json', ended: true } as const;
    expect(turns).toEqual([
      { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'system', parts: [{ type: 'text', text: 'No jokes.' }] },
      asked,
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'Hm.' },
          { type: 'text', text: 'Look:', phase: 'answer' },
          { type: 'tool-call', callId: 'c1', name: 'clock', argumentsText: '{"a":1}', input: { a: 1 }, ...common },
          { type: 'tool-call', callId: 'c2', name: 'search', argumentsText: '', input: {}, ...common },
        ],
      },
      {
        role: 'tool',
        parts: [
          { type: 'tool-result', callId: 'c1', name: 'clock', output: '12:00', isError: false },
          { type: 'tool-result', callId: 'c2', name: 'search', output: 'Not found', isError: true },
        ],
      },
      { role: 'assistant', parts: [{ type: 'text', text: 'Noon.', phase: 'answer' }] },
    ]);
  });

  it('reads files of a user and of a tool', () => {
    const content = [
      { type: 'text', text: 'See:' },
      { type: 'image', source: { type: 'data', value: 'YQ==', mimeType: 'image/png' } },
      { type: 'image', source: { type: 'url', value: 'https://example.com/a' } },
      { type: 'document', source: { type: 'data', value: 'YQ==', mimeType: 'application/pdf' }, metadata: { filename: 'a.pdf' } },
      { type: 'audio', source: { type: 'file', value: 'file-1', provider: 'openai' } },
      { type: 'binary', mimeType: 'image/png', data: 'YQ==', filename: 'b.png' },
      { type: 'binary', mimeType: 'image/png', url: 'https://example.com/b' },
      { type: 'hologram', source: { type: 'data', value: '' } },
    ];
    const [turn] = turnsOf({ id: 'u', role: 'user', content });
    const png = { type: 'file', mediaType: 'image/png' };
    expect(turn?.parts).toEqual([
      { type: 'text', text: 'See:' },
      { ...png, url: 'data:image/png;base64,YQ==' },
      { type: 'file', mediaType: 'image/*', url: 'https://example.com/a' },
      { type: 'file', mediaType: 'application/pdf', url: 'data:application/pdf;base64,YQ==', filename: 'a.pdf' },
      { ...png, url: 'data:image/png;base64,YQ==', filename: 'b.png' },
      { ...png, url: 'https://example.com/b' },
    ]);
    const [, result] = turnsOf(
      { id: 'a', role: 'assistant', toolCalls: [call('c')] },
      { id: 'x', role: 'tool', toolCallId: 'c', content },
    );
    expect(result?.parts[0]).toMatchObject({ type: 'tool-result', output: turn?.parts });
  });

  it('reads answers to interrupts as approvals of the turn with the call', () => {
    const messages = [user, { id: 'a', role: 'assistant', toolCalls: [call('c')] }];
    const decided = (entry: object): unknown =>
      readRunInput(body(messages, { resume: [{ interruptId: 'c', ...entry }] }))[1]?.parts.at(-1);
    expect(decided({ status: 'cancelled' })).toEqual({ type: 'approval', callId: 'c', approved: false });
    expect(decided({ status: 'resolved', payload: { approved: true } })).toMatchObject({ approved: true });
    expect(decided({ status: 'resolved', payload: { approved: false } })).toMatchObject({ approved: false });
    expect(decided({ status: 'resolved', payload: true })).toMatchObject({ approved: true });
    for (const payload of [undefined, null, {}, { approved: 'yes' }, 1, 'true', []]) {
      expect(decided({ status: 'resolved', payload })).toEqual({ type: 'approval', callId: 'c', approved: undefined });
    }
    const unknown = readRunInput(body([user], { resume: [{ interruptId: 'z', status: 'cancelled' }] }));
    expect(unknown).toEqual([{ ...asked, parts: [...asked.parts, { type: 'approval', callId: 'z', approved: false }] }]);
    expect(readRunInput(body([], { resume: [{ interruptId: 'z', status: 'cancelled' }] }))).toHaveLength(1);
  });

  it('reads the decisions that the client of TanStack writes as results', () => {
    const messages = (content: object): readonly unknown[] => [
      { id: 'a', role: 'assistant', toolCalls: [call('c')] },
      { id: 'x', role: 'tool', toolCallId: 'c', content: JSON.stringify(content) },
    ];
    const approved = turnsOf(...messages({ approved: true, pendingExecution: true, message: 'User approved this action' }));
    expect(approved).toHaveLength(1);
    expect(approved[0]?.parts[1]).toEqual({ type: 'approval', callId: 'c', approved: true });
    const denied = turnsOf(...messages({ approved: false, message: 'User denied this action' }));
    expect(denied[0]?.parts[1]).toMatchObject({ type: 'approval', approved: false });
    expect(turnsOf(...messages({ approved: true }))[1]?.role).toBe('tool');
  });

  it('reads what the wire wrote as the provider sent it', () => {
    const input: RunInput = { threadId: 't', runId: 'r', protocolVersion: '1.0', messages: [user as never] };
    const thinking = { type: 'thinking', thinking: 'Hm.', signature: 'SIG' };
    const redacted = { type: 'redacted_thinking', data: 'ENC' };
    const events = [
      start(),
      reasoning('Hm.'),
      blockEnd(thinking, { kind: 'thinking', format: 'messages' }),
      blockEnd(redacted, { block: 1, kind: 'redacted_thinking', format: 'messages' }),
      text('Look:', { block: 2 }),
      blockEnd({ type: 'text', text: 'Look:' }, { block: 2, kind: 'text', format: 'messages' }),
      toolCallStart('c', 'clock', { block: 3 }),
      toolCallEnd('c', 'clock', '{}', { block: 3 }),
      toolResult('c', 'clock', { now: 12 }),
      finish('tool-calls'),
    ];
    const frames = framesOf(agUi({ input }), { events, error: undefined }).map(
      (data) => JSON.parse(data) as Record<string, never>,
    );
    const sealed = (id: string): unknown =>
      frames.find(({ type, entityId }) => type === 'REASONING_ENCRYPTED_VALUE' && entityId === id)?.['encryptedValue'];
    // As clients have it without the metadata of frames.
    const messages = [
      user,
      { id: 'r-0', role: 'reasoning', content: 'Hm.', encryptedValue: sealed('r-0') },
      { id: 'r-1', role: 'reasoning', content: '', encryptedValue: sealed('r-1') },
      { id: 'r-2', role: 'assistant', content: 'Look:', encryptedValue: sealed('r-2'), toolCalls: [call('c', 'clock', '{}')] },
      { id: 'x', role: 'tool', toolCallId: 'c', content: '{"now":12}' },
    ];
    expect(messagesParams(turnsOf(...messages)).messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [thinking, redacted, { type: 'text', text: 'Look:' }, { type: 'tool_use', id: 'c', name: 'clock', input: {} }],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: '{"now":12}' }] },
    ]);
  });

  it.each([
    ['no object', 1, 'body must be an object'],
    ['null', null, 'body must be an object'],
    ['a list', [], 'body must be an object'],
    ['no thread', { runId: 'r', messages: [] }, 'body.threadId must be text'],
    ['no run', { threadId: 't', messages: [] }, 'body.runId must be text'],
    ['no messages', { threadId: 't', runId: 'r' }, 'body.messages must be a list'],
    ['a version that is none', body([], { protocolVersion: 1 }), 'body.protocolVersion must be text'],
    ['a message that is none', body([user, null]), 'body.messages[1] must be an object'],
    ['a message without an id', body([{ role: 'user', content: '' }]), 'body.messages[0].id must be text'],
    [
      'a role that is none',
      body([{ ...user, role: 'robot' }]),
      'body.messages[0].role must be one of developer, system, user, assistant, tool, reasoning, activity',
    ],
    ['content that is none', body([{ ...user, content: {} }]), 'body.messages[0].content must be text or a list'],
    ['a part that is none', body([{ ...user, content: ['a'] }]), 'body.messages[0].content[0] must be an object'],
    ['a text that is none', body([{ ...user, content: [{ type: 'text' }] }]), 'body.messages[0].content[0].text must be text'],
    [
      'an image without a source',
      body([{ ...user, content: [{ type: 'image' }] }]),
      'body.messages[0].content[0].source must be an object',
    ],
    ['a system without text', body([{ id: 's', role: 'system' }]), 'body.messages[0].content must be text'],
    ['calls that are none', body([{ id: 'a', role: 'assistant', toolCalls: {} }]), 'body.messages[0].toolCalls must be a list'],
    [
      'a call without arguments',
      body([{ id: 'a', role: 'assistant', toolCalls: [{ id: 'c', function: { name: 'f', arguments: {} } }] }]),
      'body.messages[0].toolCalls[0].function.arguments must be text',
    ],
    ['a result of no call', body([{ id: 'x', role: 'tool', content: '' }]), 'body.messages[0].toolCallId must be text'],
    [
      'an answer without a status',
      body([], { resume: [{ interruptId: 'i' }] }),
      'body.resume[0].status must be one of resolved, cancelled',
    ],
  ])('refuses a body with %s by its path', (_, value, problem) => {
    expect(() => readRunInput(value)).toThrow(new TypeError(`readRunInput: ${problem}`));
  });

  it('refuses a body that is too deep, and sets no prototype', () => {
    const deep = JSON.parse(
      `{"threadId":"t","runId":"r","messages":[],"state":${'['.repeat(3_000)}${']'.repeat(3_000)}}`,
    ) as unknown;
    expect(() => readRunInput(deep)).toThrow(new TypeError('readRunInput: body has more than 256 levels'));
    const sealed = {
      id: 'r',
      role: 'reasoning',
      content: '',
      encryptedValue: `{"rxllm":{"kind":"a","native":${'['.repeat(3_000)}${']'.repeat(3_000)}}}`,
    };
    expect(() => turnsOf(sealed)).toThrow(TypeError);
    const hostile =
      '{"threadId":"t","runId":"r","messages":[{"id":"__proto__","role":"tool","toolCallId":"__proto__","content":"","__proto__":{"polluted":true}}]}';
    expect(readRunInput(JSON.parse(hostile))).toHaveLength(1);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('reads anything as turns that the converters take, or refuses it with a TypeError', () => {
    const words = fc.constantFrom('', 'a', '__proto__', 'c', '{"approved":true}', '{"rxllm":{"kind":"a","native":1,"block":0}}');
    const note = fc.record({
      rxllm: fc.oneof(
        fc.jsonValue({ maxDepth: 1 }),
        fc.record(
          {
            run: words,
            step: fc.nat({ max: 3 }),
            block: fc.nat({ max: 3 }),
            kind: words,
            native: fc.jsonValue({ maxDepth: 1 }),
            format: fc.constantFrom('chat', 'messages', 'responses', 'x'),
            type: fc.constantFrom('refusal', 'x'),
          },
          { requiredKeys: [] },
        ),
      ),
      tanstack: fc.jsonValue({ maxDepth: 2 }),
    });
    const metadata = fc.oneof(note, fc.jsonValue({ maxDepth: 1 }));
    const message = fc.record(
      {
        id: words,
        role: fc.constantFrom('user', 'assistant', 'tool', 'reasoning', 'system', 'activity'),
        content: fc.oneof({ weight: 6, arbitrary: words }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) }),
        toolCallId: words,
        toolCalls: fc.array(
          fc.record({ id: words, function: fc.record({ name: words, arguments: words }), encryptedValue: words, metadata }),
        ),
        encryptedValue: words,
        metadata,
      },
      { requiredKeys: ['id', 'role', 'content', 'toolCallId'] },
    );
    const resume = fc.array(
      fc.record({ interruptId: words, status: fc.constantFrom('resolved', 'cancelled'), payload: fc.jsonValue() }),
    );
    const property = fc.property(fc.array(message, { maxLength: 6 }), resume, (messages, answers) => {
      let turns: readonly Turn[];
      try {
        turns = readRunInput(body(messages, { resume: answers }));
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
        return;
      }
      for (const convert of [chatMessages, responsesInput, messagesParams]) expect(convert(turns)).toBeDefined();
    });
    fc.assert(property, { numRuns: 2_000 });
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => readRunInput(value)).toThrow(TypeError);
      }),
    );
  });
});
