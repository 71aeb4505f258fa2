import { describe, expect, it } from '@jest/globals';
import { isStreamError, ProviderError } from '../../../src/errors.js';
import type { DeltaEvent } from '../../../src/events.js';
import { fromMessages } from '../../../src/providers/anthropic/fromMessages.js';
import { type Collected, collect, respondWith } from '../../support/respond.js';
import { fixture, fixtureNames } from './fixtures.js';

const params = { model: 'claude-test-1', max_tokens: 100, messages: [] };

function read(bytes: Uint8Array | string, chunkSize?: number): Promise<Collected> {
  return collect(fromMessages(respondWith(bytes, chunkSize), params));
}

function joined(events: readonly DeltaEvent[], callId: string): string {
  return events.map((event) => (event.type === 'tool-call-delta' && event.callId === callId ? event.argumentsText : '')).join('');
}

describe('fromMessages', () => {
  it.each(fixtureNames)('decodes %s to one finish, and completes', async (name) => {
    const { events, error, completed } = await read(fixture(name));
    expect({ error, completed }).toEqual({ error: undefined, completed: true });
    expect(events.filter(({ type }) => type === 'finish')).toEqual([events.at(-1)]);
  });

  it.each(fixtureNames)('emits the same events for %s at every chunk size', async (name) => {
    const whole = await read(fixture(name));
    for (const size of [1, 7, 997]) expect(await read(fixture(name), size)).toEqual(whole);
  });

  it.each(fixtureNames)('emits deltas for %s that add up to its ends', async (name) => {
    const { events } = await read(fixture(name));
    for (const event of events) {
      if (event.type === 'tool-call-end') expect(joined(events, event.callId)).toBe(event.argumentsText);
      if (event.type !== 'block-end') continue;
      const said = events.map((delta) =>
        'text' in delta && 'block' in delta && delta.block === event.block && delta.type !== 'citation' ? delta.text : '',
      );
      const { text = '', thinking = '' } = event.native as { readonly text?: string; readonly thinking?: string };
      expect(said.join('')).toBe(text + thinking);
    }
  });

  it('errors with the message so far for an error inside the stream', async () => {
    const beginning = new TextDecoder().decode(fixture('text')).split('event: content_block_stop')[0];
    const error = 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
    const result = await read(beginning + error);
    expect(result.error).toBeInstanceOf(ProviderError);
    expect(result.error).toMatchObject({ kind: 'overloaded', retryable: true, partial: { text: 'Hello, "wörld" 🌍\n' } });
  });

  it('errors with EmptyStreamError for a ping and a message_stop', async () => {
    const { error } = await read('event: ping\ndata: {"type":"ping"}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n');
    expect(isStreamError(error, 'empty')).toBe(true);
  });

  it('ignores everything after message_stop', async () => {
    const late = 'event: error\ndata: {"type":"error","error":"late"}\n\ndata: [DONE]\n\n';
    expect(await read(new TextDecoder().decode(fixture('text')) + late)).toEqual(await read(fixture('text')));
  });

  it('calls a function with a copy of the params that has stream set', async () => {
    const seen: object[] = [];
    const own = Object.freeze(Object({ ...params, stream: false }) as typeof params);
    await collect(
      fromMessages((sent) => {
        seen.push(sent);
        return respondWith(fixture('text'))();
      }, own),
    );
    expect(seen).toEqual([{ ...params, stream: true }]);
  });

  it('accepts any client with the messages resource, and calls its beta for params with betas', async () => {
    const calls: string[] = [];
    const resource = (name: string) => ({
      create(
        sent: typeof params & { readonly betas?: readonly string[]; stream: boolean },
        options?: { readonly maxRetries: number },
      ) {
        calls.push(`${name} ${sent.stream} ${options?.maxRetries}`);
        return { asResponse: respondWith(fixture('text')) };
      },
    });
    const client = { messages: resource('messages'), beta: { messages: resource('beta') } };
    await collect(fromMessages(client, params));
    await collect(fromMessages(client, { ...params, betas: ['context-1m-2025-08-07'] }));
    expect(calls).toEqual(['messages true 0', 'beta true 0']);
  });

  it('sends nothing before it is subscribed, and each subscription sends its own request', async () => {
    let requests = 0;
    const events$ = fromMessages(() => {
      requests++;
      return respondWith(fixture('text'))();
    }, params);
    expect(requests).toBe(0);
    expect(await collect(events$)).toEqual(await collect(events$));
    expect(requests).toBe(2);
  });

  it('throws for bad arguments at call time', () => {
    expect(() => fromMessages(Object(undefined).client, params)).toThrow(TypeError);
    const withoutBeta = { messages: { create: () => ({ asResponse: respondWith('') }) } };
    expect(() => fromMessages(withoutBeta, { ...params, betas: [] })).toThrow('beta resource');
    expect(() => fromMessages(respondWith(''), params, { graceMs: -1 })).toThrow(RangeError);
    expect(() => fromMessages(respondWith(''), params, Object({ signall: undefined }))).toThrow(/did you mean "signal"/);
  });
});
