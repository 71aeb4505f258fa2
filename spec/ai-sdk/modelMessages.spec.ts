import { describe, expect, it } from '@jest/globals';
import { modelMessages } from '../../src/ai-sdk/index.js';
import type { Turn } from '../../src/events.js';

const call = {
  type: 'tool-call',
  callId: 'a',
  name: 'read',
  argumentsText: '{"p":1}',
  input: { p: 1 },
  executor: 'client',
  format: 'json',
  ended: true,
} as const;
const result = { type: 'tool-result', callId: 'a', name: 'read', output: 'ok', isError: false } as const;

const messages = (...turns: readonly Turn[]): readonly object[] => modelMessages(turns);

describe('modelMessages', () => {
  it('converts what a system and a user say', () => {
    expect(
      messages(
        { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
        {
          role: 'user',
          parts: [
            { type: 'text', text: 'See' },
            { type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,iVBO', filename: 'a.png' },
            { type: 'file', mediaType: 'application/pdf', url: 'https://a.example/b.pdf' },
          ],
        },
      ),
    ).toEqual([
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'See' },
          { type: 'file', mediaType: 'image/png', data: 'iVBO', filename: 'a.png' },
          { type: 'file', mediaType: 'application/pdf', data: new URL('https://a.example/b.pdf') },
        ],
      },
    ]);
  });

  it('converts calls and their results', () => {
    expect(
      messages({ role: 'assistant', parts: [{ type: 'text', text: 'Hm' }, call] }, { role: 'tool', parts: [result] }),
    ).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Hm' },
          { type: 'tool-call', toolCallId: 'a', toolName: 'read', input: { p: 1 } },
        ],
      },
      {
        role: 'tool',
        content: [{ type: 'tool-result', toolCallId: 'a', toolName: 'read', output: { type: 'text', value: 'ok' } }],
      },
    ]);
  });

  it.each([
    [{ output: { hits: 2 } }, { type: 'json', value: { hits: 2 } }],
    [
      { output: 'no', isError: true },
      { type: 'error-text', value: 'no' },
    ],
    [
      { output: { why: 1 }, isError: true },
      { type: 'error-json', value: { why: 1 } },
    ],
    [{ output: [1, 2] }, { type: 'json', value: [1, 2] }],
    [{ output: [{ type: 'text', text: 'a' }] }, { type: 'content', value: [{ type: 'text', text: 'a' }] }],
    [
      { output: [{ type: 'file', mediaType: 'image/png', data: 'iVBO' }] },
      { type: 'content', value: [{ type: 'file-data', data: 'iVBO', mediaType: 'image/png' }] },
    ],
  ])('converts the result %j', (more, output) => {
    expect(messages({ role: 'tool', parts: [{ ...result, ...more }] })).toMatchObject([{ content: [{ output }] }]);
  });

  it('gives back the metadata of the provider, and no reasoning of another API', () => {
    const providerMetadata = { anthropic: { signature: 'sig' } };
    expect(
      messages({
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'Hm', native: { providerMetadata } },
          { type: 'reasoning', text: 'Foreign', native: { type: 'thinking' }, nativeFormat: 'messages' },
          { type: 'other', kind: 'reasoning', native: { providerMetadata } },
          { type: 'other', kind: 'map', native: { rows: 1 } },
          { type: 'refusal', text: 'No' },
        ],
      }),
    ).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Hm', providerOptions: providerMetadata },
          { type: 'reasoning', text: '', providerOptions: providerMetadata },
          { type: 'text', text: 'No' },
        ],
      },
    ]);
  });

  it('leaves out what was cut, what the provider ran, and turns without content', () => {
    const provided = { ...call, callId: 'p', executor: 'provider' } as const;
    expect(
      messages(
        { role: 'assistant', parts: [{ ...call, ended: false }, provided, { ...result, callId: 'p' }] },
        { role: 'user', parts: [] },
        { role: 'system', parts: [] },
      ),
    ).toEqual([]);
  });
});
