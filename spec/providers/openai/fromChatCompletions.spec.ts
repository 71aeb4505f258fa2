import { describe, expect, it } from '@jest/globals';
import { isStreamError } from '../../../src/errors.js';
import type { DeltaEvent, JsonObject } from '../../../src/events.js';
import { createMessageFold } from '../../../src/message/messageFold.js';
import { chatFormat } from '../../../src/providers/openai/chat/format.js';
import { fromChatCompletions } from '../../../src/providers/openai/fromChatCompletions.js';
import { decodeBytes } from '../../support/decodeBytes.js';
import { type Collected, collect, respondWith } from '../../support/respond.js';
import { chatFixture, chatFixtureEvents, chatFixtureNames, chatPayloads, digestOf } from './chat/fixtures.js';

const params = { model: 'gpt-test', messages: [{ role: 'user', content: 'Hi' }] } as const;

function read(bytes: Uint8Array): Promise<Collected> {
  return collect(fromChatCompletions(respondWith(bytes), { ...params, messages: [] }));
}

/** Decodes synchronously, without a network. */
function decode(pieces: readonly Uint8Array[]): Collected {
  return decodeBytes(chatFormat(), pieces);
}

function texts(events: readonly DeltaEvent[], type: 'text-delta' | 'reasoning-delta' | 'refusal-delta'): string {
  return events.map((event) => (event.type === type && event.choice === 0 ? event.text : '')).join('');
}

/** The body of the request. */
async function requestOf(more: object): Promise<JsonObject> {
  let sent: JsonObject = {};
  const answer = respondWith(chatFixture('text'));
  const client = (body: object): Promise<Response> => {
    sent = { ...body };
    return answer();
  };
  await collect(fromChatCompletions(client, { ...params, messages: [], ...more }));
  return sent;
}

describe('fromChatCompletions', () => {
  describe.each(chatFixtureNames)('reading the fixture %s', (name) => {
    const bytes = chatFixture(name);

    it('emits the events that are listed beside it', async () => {
      expect(digestOf(await read(bytes))).toBe(chatFixtureEvents(name));
    });

    it('emits deltas that add up to the ends', () => {
      const { events } = decode([bytes]);
      const fold = createMessageFold();
      for (const event of events) fold.push(event);
      const message = fold.message();
      expect(message).toMatchObject({
        text: texts(events, 'text-delta'),
        reasoning: texts(events, 'reasoning-delta'),
        refusal: texts(events, 'refusal-delta'),
      });
      for (const end of events) {
        if (end.type !== 'tool-call-end') continue;
        const pieces = events.map((event) =>
          event.type === 'tool-call-delta' && event.callId === end.callId ? event.argumentsText : '',
        );
        expect(pieces.join('')).toBe(end.argumentsText);
      }
    });

    it('is truncated at every cut without terminal evidence', () => {
      const wholeError = decode([bytes]).error;
      const allowed = ['truncated', 'empty', ...(wholeError === undefined ? [] : [kindOf(wholeError)])];
      const wrong: number[] = [];
      for (let length = 0; length < bytes.length; length++) {
        const prefix = bytes.subarray(0, length);
        const { events, error, completed } = decode([prefix]);
        const finished = events.at(-1)?.type === 'finish';
        const right = completed ? finished && hasEvidence(prefix) : !finished && allowed.includes(kindOf(error));
        if (!right) wrong.push(length);
      }
      expect(wrong).toEqual([]);
    });

    it('emits the same events with other line endings', () => {
      const text = new TextDecoder().decode(bytes).replaceAll('\r\n', '\n');
      for (const ending of ['\n', '\r\n', '\r']) {
        const mutated = new TextEncoder().encode(text.replaceAll('\n', ending));
        expect(digestOf(decode([mutated]))).toBe(digestOf(decode([bytes])));
      }
    });
  });

  it('asks for a stream and for usage', async () => {
    expect(await requestOf({ temperature: 0 })).toEqual({
      ...params,
      messages: [],
      temperature: 0,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('asks for a stream also if the params have stream: false', async () => {
    expect(await requestOf({ stream: false })).toMatchObject({ stream: true });
  });

  it.each([
    ['an option of its own', { include_obfuscation: false }, { include_obfuscation: false, include_usage: true }],
    ['include_usage', { include_usage: false }, { include_usage: false }],
    ['null', null, null],
  ])('keeps stream_options when the caller set %s', async (_, asked, sent) => {
    expect(await requestOf({ stream_options: asked })).toMatchObject({ stream_options: sent });
  });

  it('does not change the params of the caller', async () => {
    const own = Object.freeze({ ...params, messages: [], stream_options: Object.freeze({}) });
    await collect(fromChatCompletions(respondWith(chatFixture('text')), own));
    expect(own).toEqual({ ...params, messages: [], stream_options: {} });
  });

  it('is cold: sends a request for every subscription, and none before', async () => {
    let requests = 0;
    const answer = respondWith(chatFixture('text'));
    const events$ = fromChatCompletions(
      () => {
        requests++;
        return answer();
      },
      { ...params, messages: [] },
    );
    expect(requests).toBe(0);
    const first = await collect(events$);
    const second = await collect(events$);
    expect({ requests, second }).toEqual({ requests: 2, second: first });
  });

  it('emits the media type of the audio that was asked for', async () => {
    const audio = { voice: 'alloy', format: 'mp3' } as const;
    const events$ = fromChatCompletions(respondWith(chatFixture('audio')), { ...params, messages: [], audio });
    const { events } = await collect(events$);
    const types = events.flatMap((event) => (event.type === 'file' ? [event.mediaType] : []));
    expect(new Set(types)).toEqual(new Set(['audio/mpeg']));
  });

  it('emits each payload with includeRaw', async () => {
    const bytes = chatFixture('azure');
    const events$ = fromChatCompletions(respondWith(bytes), { ...params, messages: [] }, { includeRaw: true });
    const { events } = await collect(events$);
    expect(events.flatMap((event) => (event.type === 'raw' ? [event.data] : []))).toEqual(chatPayloads(bytes));
  });

  it('completes after graceMs when every choice has ended and the socket stays open', async () => {
    const unended = async (): Promise<Response> =>
      new Response(new ReadableStream({ start: (controller) => controller.enqueue(chatFixture('no-marker')) }), {
        headers: { 'content-type': 'text/event-stream' },
      });
    const { completed, events } = await collect(fromChatCompletions(unended, { ...params, messages: [] }, { graceMs: 10 }));
    expect({ completed, last: events.at(-1)?.type }).toEqual({ completed: true, last: 'finish' });
  });

  it('throws for bad arguments at call time', () => {
    const client = respondWith('');
    expect(() => fromChatCompletions(client, { ...params, messages: [] }, { graceMs: -1 })).toThrow(RangeError);
    expect(() => fromChatCompletions(client, { ...params, messages: [] }, { gracems: 1 } as object)).toThrow(
      /did you mean "graceMs"/,
    );
    expect(() => fromChatCompletions(null as never, { ...params, messages: [] } as never)).toThrow(TypeError);
    expect(() => fromChatCompletions(client, undefined as never)).toThrow(TypeError);
  });

  it('errors with the message so far for a cut stream', async () => {
    const [half = ''] = new TextDecoder().decode(chatFixture('length')).split('{},"finish_reason"');
    const { error } = await read(new TextEncoder().encode(half));
    expect(error).toMatchObject({ kind: 'truncated', retryable: true, partial: { text: 'Once upon', finishReason: undefined } });
  });

  it('errors with the message so far for an error of the provider', async () => {
    const { error } = await read(chatFixture('openrouter-error-in-middle'));
    expect(error).toMatchObject({ name: 'ProviderError', kind: 'server', status: 502, partial: { text: 'Half' } });
  });

  it('emits the provider in start', async () => {
    const { events } = await read(chatFixture('text'));
    expect(events[0]).toEqual({ type: 'start', id: 'chatcmpl-1', model: 'gpt-test', provider: 'openai' });
  });
});

function kindOf(error: unknown): string {
  return isStreamError(error) ? error.kind : String(error);
}

/** Whether these bytes have the marker, or a finish reason for every choice: read without our own decoders. */
function hasEvidence(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes);
  const blocks = [...text.matchAll(/"choices":\[\{(?:"index":(\d+))?/g)].map(([, index]) => index ?? '0');
  const finished = [...text.matchAll(/"choices":\[\{(?:"index":(\d+))?[^\n]*"finish_reason":"\w+"/g)].map(
    ([, index]) => index ?? '0',
  );
  return text.includes('[DONE]') || blocks.every((index) => finished.includes(index));
}
