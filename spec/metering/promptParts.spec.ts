import { describe, expect, it } from '@jest/globals';
import { readPrompt } from '../../src/metering/promptParts.js';

const textsOf = (prompt: unknown): readonly string[] => readPrompt(prompt).texts;

describe('readPrompt', () => {
  it('returns a text as it is', () => {
    expect(textsOf('Hello')).toEqual(['Hello']);
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
    expect(textsOf(messages)).toEqual(['Be brief.', 'What is this?', 'add', '{"a":1}', '2']);
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
    expect(textsOf(params)).toEqual(['Be brief.', 'Hm', 'add:Adds', 'a:number:']);
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
    expect(textsOf({ instructions: 'Be brief.', input })).toEqual(['Be brief.', 'Read it.', 'done']);
  });

  it('ignores data URLs and values that are no text', () => {
    expect(textsOf(['data:image/png;base64,iVBO', 5, null, undefined, true, {}])).toEqual([]);
  });

  it('reads only what the model is given of request params', () => {
    const params = {
      model: 'gpt-4o',
      input: 'Hi',
      tool_choice: 'auto',
      reasoning: { effort: 'low' },
      service_tier: 'flex',
      user: 'Ann',
    };
    expect(readPrompt(params)).toMatchObject({ texts: ['Hi'], messages: 1, hasOther: false, model: 'gpt-4o' });
  });

  it('counts messages and names, and says what it cannot count', () => {
    const plain = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', name: 'Ann', content: [{ type: 'text', text: 'Hi' }] },
    ];
    expect(readPrompt(plain)).toMatchObject({ messages: 2, names: 1, hasOther: false });
    for (const other of [
      { role: 'tool', tool_call_id: 'c', content: '2' },
      { role: 'assistant', tool_calls: [{ type: 'function', function: { name: 'a', arguments: '{}' } }] },
      { role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } }] },
      { role: 'user', content: [{ type: 'document', source: { type: 'base64', data: 'JVBE' } }] },
    ]) {
      expect(readPrompt([...plain, other])).toMatchObject({ messages: 3, hasOther: true });
    }
  });

  it('reads tool definitions of chat and of responses alike', () => {
    const parameters = {
      type: 'object',
      properties: { city: { type: 'string', description: 'A city.' }, unit: { type: 'string', enum: ['C', 'F'] } },
    };
    const definition = { name: 'weather', description: 'Tells the weather.', parameters };
    for (const tool of [
      { type: 'function', function: definition },
      { type: 'function', ...definition },
    ]) {
      expect(readPrompt({ input: [], tools: [tool] })).toMatchObject({
        texts: ['weather:Tells the weather', 'city:string:A city', 'unit:string:', 'C', 'F'],
        tools: 1,
        objects: 1,
        properties: 2,
        enums: 1,
        items: 2,
        hasOther: false,
      });
    }
  });

  it.each([
    [{ type: 'image_url', image_url: { url: 'https://a.example/a.png', detail: 'low' } }, 'https://a.example/a.png', 'low'],
    [{ type: 'input_image', image_url: 'data:image/png;base64,iVBO', detail: 'high' }, 'data:image/png;base64,iVBO', 'high'],
    [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } }, 'iVBO', undefined],
  ])('finds images in any form: %j', (image, data, detail) => {
    expect(readPrompt([{ role: 'user', content: [image] }])).toMatchObject({
      texts: [],
      images: [{ data, detail }],
      hasOther: false,
    });
  });

  it('reads what a model nested deeply, without recursion', () => {
    let deep: unknown = 'core';
    for (let depth = 0; depth < 200_000; depth++) deep = { a: [deep] };
    expect(textsOf({ role: 'assistant', content: [{ type: 'tool_use', input: deep }] })).toEqual(['core']);
  });
});
