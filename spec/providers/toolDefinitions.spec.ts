import type Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from '@jest/globals';
import { type } from 'arktype';
import { expectTypeOf } from 'expect-type';
import type OpenAI from 'openai';
import * as v from 'valibot';
import { z } from 'zod';
import { messagesTools } from '../../src/providers/anthropic/messagesTools.js';
import { chatTools } from '../../src/providers/openai/chatTools.js';
import { responsesTools } from '../../src/providers/openai/responsesTools.js';

const run = (): null => null;
const tools = {
  weather: { description: 'The weather of a city', input: z.object({ city: z.string(), days: z.number().optional() }), run },
  clock: { run },
};
const city = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'number' } },
  required: ['city'],
};
const none = { type: 'object', properties: {} };
const description = 'The weather of a city';

describe('chatTools', () => {
  it('are definitions of functions, with the JSON Schema of zod', () => {
    expect(chatTools(tools)).toMatchObject([
      { type: 'function', function: { name: 'weather', description, parameters: city } },
      { type: 'function', function: { name: 'clock', parameters: none } },
    ]);
    expect(JSON.stringify(chatTools(tools))).not.toContain('$schema');
  });

  it('take the JSON Schema of arktype, or the one that is given', () => {
    const jsonSchema = { type: 'object', properties: { city: { type: 'string' } } };
    const [first, second] = chatTools({
      first: { input: type({ city: 'string' }), run },
      second: { input: v.object({ city: v.string() }), jsonSchema, run, strict: true },
    });
    expect(first).toMatchObject({ function: { parameters: { type: 'object', required: ['city'] } } });
    expect(second).toEqual({ type: 'function', function: { name: 'second', parameters: jsonSchema, strict: true } });
  });

  it('of a tool of free text are custom', () => {
    expect(chatTools({ code: { format: 'text', run } })).toEqual([{ type: 'custom', custom: { name: 'code' } }]);
    expect(responsesTools({ code: { format: 'text', run } })).toEqual([{ type: 'custom', name: 'code' }]);
  });

  it('throw for a schema without a JSON Schema, and for one that JSON Schema cannot express', () => {
    expect(() => chatTools({ first: { input: v.object({}), run } })).toThrow('set first.jsonSchema');
    expect(() => chatTools({ first: { input: z.object({ date: z.date() }), run } })).toThrow('set first.jsonSchema');
    expect(() => chatTools({ first: {} as never })).toThrow('first.run must be a function');
  });
});

describe('responsesTools', () => {
  it('are definitions of functions, which are strict only where the tool is', () => {
    const [weather, strict] = responsesTools({ ...tools, clock: { run, strict: true } });
    expect(weather).toMatchObject({ type: 'function', name: 'weather', description, parameters: city, strict: false });
    expect(strict).toEqual({ type: 'function', name: 'clock', parameters: none, strict: true });
  });
});

describe('messagesTools', () => {
  it('have an input schema', () => {
    expect(messagesTools(tools)).toMatchObject([
      { name: 'weather', description, input_schema: city },
      { name: 'clock', input_schema: none },
    ]);
  });

  it('throw for a tool that takes no object', () => {
    expect(() => messagesTools({ first: { format: 'text', run } })).toThrow('messagesTools: first must take an object');
    expect(() => messagesTools({ first: { input: z.string(), run } })).toThrow('first must take an object');
  });
});

describe('definitions of tools', () => {
  it("have the types of the SDKs' params", () => {
    expectTypeOf(chatTools(tools)).toExtend<OpenAI.Chat.ChatCompletionTool[]>();
    expectTypeOf(responsesTools(tools)).toExtend<OpenAI.Responses.Tool[]>();
    expectTypeOf(messagesTools(tools)).toExtend<Anthropic.Tool[]>();
  });
});
