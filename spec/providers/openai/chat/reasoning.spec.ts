import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/events.js';
import { chatTurn } from '../../../../src/providers/openai/chat/turn.js';
import { chunk, decodeData, done } from './decode.js';

/** The reasoning and the text of a stream, and the next turn without its role. */
function read(...deltas: readonly JsonObject[]): readonly [reasoning: string, text: string, turn: JsonObject] {
  const { message, error } = decodeData([
    ...deltas.map((delta) => chunk(delta)),
    chunk({ content: 'Hi' }),
    chunk({}, 'stop'),
    done,
  ]);
  expect(error).toBeUndefined();
  const { role: _, ...turn } = chatTurn(message);
  return [message.reasoning, message.text, turn as unknown as JsonObject];
}

const hi = { type: 'text', text: 'Hi' };

describe('reasoning of a chat completion', () => {
  it.each(['reasoning_content', 'reasoning', 'reasoning_text', 'thinking', 'thought', 'cot_summary'])(
    'is read as text in %s',
    (field) => {
      expect(read({ [field]: 'Let ' }, { [field]: 'me.' })).toEqual(['Let me.', 'Hi', { content: 'Hi', [field]: 'Let me.' }]);
    },
  );

  it.each(['text', 'content', 'thinking', 'summary'])('is read as an object with %s, which goes back whole', (field) => {
    const pieces = [{ [field]: 'Let ' }, { [field]: 'me.' }, { signature: 'c2ln' }].map((piece) => ({
      reasoning_content: piece,
    }));
    expect(read(...pieces)).toEqual([
      'Let me.',
      'Hi',
      { content: 'Hi', reasoning_content: { [field]: 'Let me.', signature: 'c2ln' } },
    ]);
  });

  it('is read as a list', () => {
    const pieces = ['Let ', 'me.'].map((text) => ({ reasoning: [{ type: 'text', text }] }));
    expect(read(...pieces)).toEqual(['Let me.', 'Hi', { content: 'Hi', reasoning: [{ type: 'text', text: 'Let me.' }] }]);
    expect(read({ reasoning_content: ['Let ', 'me.'] })[0]).toBe('Let me.');
  });

  it.each<readonly [string, readonly JsonObject[], JsonObject]>([
    [
      'a text',
      [{ thinking: 'Let ' }, { thinking: 'me.' }, { thinking: '', signature: 'c2ln' }],
      { thinking: 'Let me.', signature: 'c2ln' },
    ],
    [
      'a list of texts',
      [{ thinking: [{ type: 'text', text: 'Let ' }] }, { thinking: [{ type: 'text', text: 'me.' }] }],
      { thinking: [{ type: 'text', text: 'Let me.' }] },
    ],
    [
      'a summary with its signature',
      ['Let ', 'me.']
        .map((text) => ({ summary: [{ type: 'summary_text', text, signature: '' }] }))
        .concat([{ summary: [{ type: 'summary_text', text: '', signature: 'c2ln' }] }]),
      { summary: [{ type: 'summary_text', text: 'Let me.', signature: 'c2ln' }] },
    ],
  ])('is read from parts of the content that have %s', (_, parts, whole) => {
    for (const type of ['thinking', 'reasoning']) {
      const deltas = parts.map((part) => ({ content: [{ type, ...part }] }));
      expect(read(...deltas)).toEqual(['Let me.', 'Hi', { content: [{ type, ...whole }, hi] }]);
    }
  });

  it('goes back encrypted, without any text', () => {
    const part = { type: 'redacted_thinking', data: 'ZW5j' };
    expect(read({ content: [part] })).toEqual(['', 'Hi', { content: [part, hi] }]);
    const detail = { type: 'reasoning.encrypted', data: 'ZW5j', index: 0 };
    expect(read({ reasoning_details: [detail] }, { reasoning_details: [detail] })[2]).toEqual({
      content: 'Hi',
      reasoning_details: [detail],
    });
  });

  it.each(['reasoning_opaque', 'reasoning_signature', 'thought_signature', 'encrypted_content', 'cot_id'])(
    'goes back with its %s',
    (field) => {
      expect(read({ reasoning_text: 'Hm' }, { [field]: 'b3Bh' })).toEqual([
        'Hm',
        'Hi',
        { content: 'Hi', reasoning_text: 'Hm', [field]: 'b3Bh' },
      ]);
      const call = { index: 0, id: 'a', type: 'function', function: { name: 'clock', arguments: '{}' } };
      expect(read({ [field]: 'b3Bh', tool_calls: [call] })[2]).toMatchObject({ [field]: 'b3Bh', tool_calls: [{ id: 'a' }] });
    },
  );

  describe('that is signed as a whole', () => {
    const block = (thinking: string, signature = ''): JsonObject => ({ type: 'thinking', thinking, signature });
    const whole = { content: 'Hi', thinking_blocks: [block('Let me.', 'c2ln')] };

    it.each<readonly [string, readonly JsonObject[]]>([
      ['alone', [block('Let '), block('me.'), block('Let me.', 'c2ln')]],
      ['twice', [block('Let '), block('me.'), block('Let me.', 'c2ln'), block('Let me.', 'c2ln')]],
      ['with more text', [block('Let '), block('Let me.', 'c2ln')]],
      ['without its text', [block('Let '), block('me.'), block('', 'c2ln')]],
    ])('is emitted once, and goes back once: %s', (_, blocks) => {
      expect(read(...blocks.map((one) => ({ thinking_blocks: [one] })))).toEqual(['Let me.', 'Hi', whole]);
    });

    it('is emitted once beside the same text in another field', () => {
      const deltas = [
        ['Let ', block('Let ')],
        ['me.', block('me.')],
        ['Let me.', block('Let me.', 'c2ln')],
      ].map(([text, one]) => ({ reasoning_content: text, thinking_blocks: [one] }) as JsonObject);
      expect(read(...deltas)).toEqual(['Let me.', 'Hi', { ...whole, reasoning_content: 'Let me.' }]);
    });

    it('keeps a second block apart', () => {
      const blocks = [block('A', 's1'), block('B'), block('', 's2')];
      expect(read(...blocks.map((one) => ({ thinking_blocks: [one] })))[2]).toMatchObject({
        thinking_blocks: [block('A', 's1'), block('B', 's2')],
      });
    });
  });

  it('is emitted once if it stands in several fields', () => {
    const deltas = ['Let ', 'me.'].map((text) => ({
      reasoning: text,
      reasoning_content: text,
      reasoning_details: [{ type: 'reasoning.text', text, index: 0 }],
    }));
    expect(read(...deltas)[0]).toBe('Let me.');
  });

  describe('that Gemini flags in the content', () => {
    const thought = (content: string): JsonObject => ({ content, extra_content: { google: { thought: true } } });
    it.each<readonly [string, readonly JsonObject[]]>([
      ['with the closing mark in the text', [thought('<thought>Let '), thought('me.'), { content: '</thought>' }]],
      ['with the closing mark in the reasoning', [thought('<thought>Let '), thought('me.</thought>')]],
      ['without marks', [thought('Let '), thought('me.')]],
    ])('is no text: %s', (_, deltas) => {
      expect(read(...deltas)).toEqual(['Let me.', 'Hi', { content: 'Hi' }]);
    });

    it('leaves the signature of the answer', () => {
      const signed = { content: '', extra_content: { google: { thought_signature: 'c2ln' } } };
      expect(read({ content: 'Oh. ' }, signed)[2]).toEqual({ content: 'Oh. Hi', extra_content: signed.extra_content });
    });
  });

  it.each<readonly [string, readonly JsonObject[]]>([
    ['as an object', [{ content: { type: 'text', text: 'Oh. ' } }]],
    ['as a part without a type', [{ content: [{ text: 'Oh. ' }] }]],
    ['as an object in a part', [{ content: [{ type: 'text', text: { value: 'Oh. ' } }] }]],
    ['in the field text', [{ text: 'Oh. ' }]],
    ['as output text', [{ content: [{ type: 'output_text', text: 'Oh. ' }] }]],
  ])('stands beside text %s', (_, deltas) => {
    expect(read({ reasoning: 'Hm' }, ...deltas).slice(0, 2)).toEqual(['Hm', 'Oh. Hi']);
  });
});
