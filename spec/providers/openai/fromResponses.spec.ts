import { describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { take } from 'rxjs';
import { fromResponses } from '../../../src/providers/openai/fromResponses.js';
import { collect, respondWith } from '../../support/respond.js';
import { responsesFixture } from './responses/fixtures.js';

const params = { model: 'gpt-test-1', input: 'Hello' };

describe('fromResponses', () => {
  it('sends the params with stream: true, once for each subscription', async () => {
    const sent: object[] = [];
    const answer = respondWith(responsesFixture('text'));
    const events$ = fromResponses((body) => {
      sent.push(body);
      return answer();
    }, params);
    expect(sent).toEqual([]);
    await collect(events$);
    await collect(events$);
    expect(sent).toEqual([
      { ...params, stream: true },
      { ...params, stream: true },
    ]);
  });

  it('aborts the request when the subscriber completes in the middle of a chunk', async () => {
    let signal: AbortSignal | undefined;
    const answer = respondWith(responsesFixture('text'));
    const events$ = fromResponses((_body, request) => {
      signal = request.signal;
      return answer();
    }, params);
    const { events } = await collect(events$.pipe(take(3)));
    expect(events.map(({ type }) => type)).toEqual(['start', 'ping', 'text-delta']);
    expect(signal?.aborted).toBe(true);
  });

  it('emits each payload before its events with includeRaw', async () => {
    const { events } = await collect(fromResponses(respondWith(responsesFixture('text')), params, { includeRaw: true }));
    expect(events.slice(0, 2)).toMatchObject([
      { type: 'start', id: 'resp_1', model: 'gpt-test-1', provider: 'openai' },
      { type: 'raw', provider: 'openai', name: 'payload', data: { type: 'response.created' } },
    ]);
  });

  it('throws at call time for a bad client, bad params or bad options', () => {
    const client = new OpenAI({ apiKey: 'none' });
    expect(() => fromResponses(null as never, params as never)).toThrow(TypeError);
    expect(() => fromResponses(client, undefined as never)).toThrow(TypeError);
    expect(() => fromResponses(client, params, { maxEventByte: 1 } as never)).toThrow('did you mean "maxEventBytes"?');
    expect(() => fromResponses(client, params, { maxEventBytes: 0 })).toThrow(RangeError);
  });

  it('throws at call time for params with betas if the client has no such beta', () => {
    const { responses } = new OpenAI({ apiKey: 'none' });
    expect(() => fromResponses({ responses, beta: {} }, { ...params, betas: ['x'] })).toThrow('params with betas');
  });
});
