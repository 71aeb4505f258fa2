import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from '@jest/globals';
import OpenAI, { AzureOpenAI } from 'openai';
import type { Observable } from 'rxjs';
import type { DeltaEvent } from '../../../src/events.js';
import { retryStream } from '../../../src/operators/retryStream.js';
import { fromMessages } from '../../../src/providers/anthropic/fromMessages.js';
import { fromChatCompletions } from '../../../src/providers/openai/fromChatCompletions.js';
import { fromResponses } from '../../../src/providers/openai/fromResponses.js';
import { outcomeOf } from '../../support/answers.js';

const openai = new OpenAI({ apiKey: 'k' });
const anthropic = new Anthropic({ apiKey: 'k' });

/** The sources as JavaScript calls them. */
const sources = { fromChatCompletions, fromResponses, fromMessages } as unknown as Readonly<
  Record<'fromChatCompletions' | 'fromResponses' | 'fromMessages', (client: unknown, params: unknown) => Observable<DeltaEvent>>
>;

const wrong: readonly (readonly [keyof typeof sources, string, unknown, RegExp])[] = [
  [
    'fromChatCompletions',
    'the class',
    OpenAI,
    /must be an OpenAI client or a function, and is the class OpenAI: give an instance, `new OpenAI/,
  ],
  ['fromChatCompletions', 'another class', AzureOpenAI, /the class AzureOpenAI/],
  ['fromChatCompletions', 'the resource', openai.chat.completions, /is its `chat.completions`: give the client itself/],
  ['fromChatCompletions', 'half of the resource', openai.chat, /is its `chat`: give the client itself/],
  ['fromChatCompletions', 'the other SDK', anthropic, /is an Anthropic client: use fromMessages/],
  ['fromChatCompletions', 'a promise', Promise.resolve(openai), /is a promise: await it first/],
  ['fromChatCompletions', 'a key', 'sk-1234567890', /is a value of type string$/],
  ['fromChatCompletions', 'nothing', undefined, /is a value of type undefined$/],
  ['fromChatCompletions', 'null', null, /is null$/],
  ['fromChatCompletions', 'options', { apiKey: 'k' }, /is an object without `chat.completions.create`$/],
  ['fromResponses', 'the class', OpenAI, /the class OpenAI/],
  ['fromResponses', 'the resource', openai.responses, /is its `responses`: give the client itself/],
  ['fromResponses', 'the other SDK', anthropic, /use fromMessages/],
  ['fromResponses', "Google's", { models: { generateContentStream: () => undefined } }, /Google's client: use an OpenAI client/],
  ['fromMessages', 'the class', Anthropic, /the class Anthropic/],
  ['fromMessages', 'the resource', anthropic.messages, /is its `messages`: give the client itself/],
  [
    'fromMessages',
    'the other SDK',
    openai,
    /must be an Anthropic client or a function, and is an OpenAI client: use fromChatCompletions or fromResponses/,
  ],
];

describe('a client that a source cannot call', () => {
  it.each(wrong)('%s of %s', (source, _, client, message) => {
    expect(() => sources[source](client, { model: 'm' })).toThrow(TypeError);
    expect(() => sources[source](client, { model: 'm' })).toThrow(message);
    expect(() => sources[source](client, { model: 'm' })).toThrow(new RegExp(`^${source}: `));
  });

  it('is none of the SDKs, of a class that extends them, and of an object of their shape', () => {
    class Own extends OpenAI {}
    for (const client of [openai, new Own({ apiKey: 'k' }), { chat: openai.chat }, Object.create(openai)]) {
      expect(() => sources.fromChatCompletions(client, { model: 'm' })).not.toThrow();
    }
    expect(() => sources.fromMessages(anthropic, undefined)).toThrow('fromMessages: params must be an object');
  });
});

/** A function's answer, and the end of the message. */
const answers: readonly (readonly [string, () => unknown, RegExp])[] = [
  ['nothing', () => undefined, /must resolve with a Response, and gave undefined: it may lack a `return`/],
  ['null', () => Promise.resolve(null), /gave null/],
  [
    'JSON',
    () => Promise.resolve({ choices: [], status: 'completed' }),
    /gave an object: return the Response itself, not its parsed body/,
  ],
  ['text', () => Promise.resolve('data: x'), /gave a string/],
  ['the events of an SDK', async function* () {}, /gave the events of an SDK/],
  [
    'a body that was read',
    async () => {
      const response = new Response('data: x');
      await response.text();
      return response;
    },
    /body was read already/,
  ],
  [
    'a body that has a reader',
    () => {
      const response = new Response('data: x');
      response.body?.getReader();
      return Promise.resolve(response);
    },
    /body was read already/,
  ],
  [
    'another kind of body',
    () => ({ ok: true, status: 200, headers: new Headers(), body: { pipe: () => undefined } }),
    /no ReadableStream/,
  ],
];

describe('a function that gives no Response', () => {
  it.each(answers)('but %s is a ProtocolError, and is not called again', async (_, answer, message) => {
    for (const source of Object.values(sources)) {
      let requests = 0;
      const ask = (): unknown => {
        requests++;
        return answer();
      };
      const error = await outcomeOf(source(ask, { model: 'm' }).pipe(retryStream()));
      expect(error).toMatchObject({ name: 'ProtocolError', kind: 'protocol', retryable: false });
      expect(error).toMatchObject({ message: expect.stringMatching(message) });
      expect(requests).toBe(1);
    }
  });
});
