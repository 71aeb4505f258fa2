import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { fromMessages } from '../../src/providers/anthropic/fromMessages.js';
import type { RequestFunction } from '../../src/providers/http/sendRequest.js';
import { fromChatCompletions } from '../../src/providers/openai/fromChatCompletions.js';
import { fromResponses } from '../../src/providers/openai/fromResponses.js';

// Sources are cold, so that nothing is sent: the compiler checks this file.

const openai = new OpenAI({ apiKey: 'k' });
const anthropic = new Anthropic({ apiKey: 'k' });
const messages = [{ role: 'user' as const, content: 'Hello' }];
const ask: RequestFunction = (params, { signal }) => fetch('/api/chat', { method: 'POST', body: JSON.stringify(params), signal });

describe('the params of a source', () => {
  it("are those of the client's method", () => {
    void fromChatCompletions(openai, { model: 'm', messages, temperature: 0 });
    void fromResponses(openai, { model: 'm', input: 'Hello', betas: ['x'] });
    void fromMessages(anthropic, { model: 'm', max_tokens: 1, messages });
    void fromMessages(anthropic, { model: 'm', max_tokens: 1, messages, betas: ['context-1m-2025-08-07'] });
    // @ts-expect-error: `messages` is missing
    void fromChatCompletions(openai, { model: 'm' });
    // @ts-expect-error: `max_tokens` is missing
    void fromMessages(anthropic, { model: 'm', messages });
    // @ts-expect-error: no such param
    void fromChatCompletions(openai, { model: 'm', messages, temprature: 0 });
    // @ts-expect-error: no such role
    void fromChatCompletions(openai, { model: 'm', messages: [{ role: 'robot', content: '' }] });
    // @ts-expect-error: the source streams
    void fromChatCompletions(openai, { model: 'm', messages, stream: false });
    // @ts-expect-error: the source streams
    void fromResponses(openai, { model: 'm', stream: false });
    // @ts-expect-error: the source streams
    void fromMessages(anthropic, { model: 'm', max_tokens: 1, messages, stream: false });
    expect(true).toBe(true);
  });

  it('accept the types of the SDK for streaming', () => {
    const chat: OpenAI.ChatCompletionCreateParamsStreaming = { model: 'm', messages, stream: true };
    const message: Anthropic.MessageCreateParamsStreaming = { model: 'm', max_tokens: 1, messages, stream: true };
    void fromChatCompletions(openai, chat);
    void fromMessages(anthropic, message);
    void fromChatCompletions(ask, chat);
    void fromMessages(ask, message);
    expect(true).toBe(true);
  });

  it('are those of a function, or the ones that every server needs', () => {
    void fromChatCompletions(ask, { model: 'm', messages, top_k: 4 });
    void fromChatCompletions((params, { signal }) => fetch('/chat', { body: JSON.stringify(params.messages), signal }), {
      model: 'm',
      messages,
    });
    void fromResponses(ask, { model: 'm', input: 'x' });
    void fromMessages(ask, { model: 'm', max_tokens: 1, messages, top_k: 4 });
    const typed = (params: OpenAI.ChatCompletionCreateParamsStreaming) => fetch('/chat', { body: params.model });
    void fromChatCompletions(typed, { model: 'm', messages });
    // @ts-expect-error: `messages` is missing
    void fromChatCompletions(ask, { model: 'm' });
    // @ts-expect-error: the source streams
    void fromChatCompletions(ask, { model: 'm', messages, stream: false });
    // @ts-expect-error: the function's own params
    void fromChatCompletions(typed, { model: 'm', messages, temprature: 0 });
    // @ts-expect-error: a function gives a Response
    void fromChatCompletions(() => Promise.resolve('text'), { model: 'm', messages });
    // @ts-expect-error: the other SDK
    expect(() => fromChatCompletions(anthropic, { model: 'm', messages })).toThrow();
  });
});
