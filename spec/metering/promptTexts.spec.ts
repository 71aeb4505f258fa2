import { describe, expect, it } from '@jest/globals';
import { promptTexts } from '../../src/metering/promptTexts.js';

describe('promptTexts', () => {
  it('returns a text as it is', () => {
    expect(promptTexts('Hello')).toEqual(['Hello']);
  });

  it('finds the texts of chat messages, not their roles, ids and images', () => {
    const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } };
    const call = { id: 'c', type: 'function', function: { name: 'add', arguments: '{"a":1}' } };
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'What is this?' }, image] },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c', content: '2' },
    ];
    expect(promptTexts(messages)).toEqual(['Be brief.', 'What is this?', 'add', '{"a":1}', '2']);
  });

  it('finds those of Anthropic params, not their base64, signatures and cache marks', () => {
    const params = {
      model: 'claude',
      max_tokens: 10,
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [
        { role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm', signature: 'EqQB' }] },
        { role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } }] },
      ],
      tools: [{ name: 'add', description: 'Adds.', input_schema: { type: 'object', properties: { a: { type: 'number' } } } }],
    };
    expect(promptTexts(params)).toEqual(['Be brief.', 'Hm', 'add', 'Adds.']);
  });

  it('finds those of responses input, not its files and encrypted reasoning', () => {
    const input = [
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'Read it.' },
          { type: 'input_file', file_data: 'data:application/pdf;base64,JVBE' },
        ],
      },
      { type: 'reasoning', id: 'rs', encrypted_content: 'gAAA', summary: [] },
      { type: 'function_call_output', call_id: 'c', output: 'done' },
    ];
    expect(promptTexts({ instructions: 'Be brief.', input })).toEqual(['Be brief.', 'Read it.', 'done']);
  });

  it('ignores data URLs and values that are no text', () => {
    expect(promptTexts(['data:image/png;base64,iVBO', 5, null, undefined, true, {}])).toEqual([]);
  });
});
