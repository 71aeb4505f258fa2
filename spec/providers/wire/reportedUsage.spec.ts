import { describe, expect, it } from '@jest/globals';
import type { JsonObject, RequestUsage, Usage, UsageEvent } from '../../../src/events.js';
import { messagesFormat } from '../../../src/providers/anthropic/format.js';
import { chatFormat } from '../../../src/providers/openai/chat/format.js';
import { responsesFormat } from '../../../src/providers/openai/responses/format.js';
import type { WireFormat, WireState } from '../../../src/providers/wire/wireFormat.js';
import { decodeBytes } from '../../support/decodeBytes.js';

function usagesOf<State extends WireState>(format: WireFormat<State>, payloads: readonly object[]): readonly UsageEvent[] {
  const body = payloads.map((payload) => `data: ${JSON.stringify(payload)}\n\n`).join('');
  return decodeBytes(format, [new TextEncoder().encode(body)]).events.filter((event) => event.type === 'usage');
}

const chunk = (delta: object, fields: object = {}): object => ({
  id: 'c',
  object: 'chat.completion.chunk',
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: null }],
  ...fields,
});

/** The last usage of a chat with these usages. */
function chat(...usages: readonly JsonObject[]): Usage | undefined {
  const reports = usages.map((usage) => ({ ...chunk({}), choices: [], usage }));
  return usagesOf(chatFormat(), [chunk({ content: 'a' }), ...reports]).at(-1)?.usage;
}

function response(usage: JsonObject, fields: object = {}): readonly UsageEvent[] {
  return usagesOf(responsesFormat, [
    {
      type: 'response.completed',
      response: { id: 'r', model: 'm', status: 'completed', usage, output: [{ type: 'message', content: [] }], ...fields },
    },
  ]);
}

/** The usages of a message whose start and whose end report these. */
function message(first: JsonObject, last: JsonObject): readonly UsageEvent[] {
  return usagesOf(messagesFormat, [
    { type: 'message_start', message: { id: 'm', model: 'claude', usage: first } },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: last },
  ]);
}

// The tables are in the usage.ts of each wire.
describe('reported usage', () => {
  describe('of chat completions', () => {
    const told = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

    it.each([
      ['usage', { usage: told, choices: [] }],
      ['x_groq', { x_groq: { usage: told }, choices: [] }],
      ['a choice', { choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage: told }] }],
      [
        'a choice beside a null',
        {
          usage: null,
          choices: [
            { index: 0, delta: {}, usage: null },
            { index: 1, delta: {}, usage: told },
          ],
        },
      ],
    ])('is read in %s', (_, fields) => {
      const [event] = usagesOf(chatFormat(), [chunk({ content: 'a' }), { ...chunk({}), ...fields }]);
      expect(event?.usage).toMatchObject({ inputTokens: 10, outputTokens: 5, totalTokens: 15 });
    });

    it.each([
      [{ prompt_tokens_details: { cached_tokens: 4 } }],
      [{ prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 6 }],
      [{ cache_read_input_tokens: 4, prompt_tokens_details: { cached_tokens: 0 } }],
      [{ cached_tokens: 4 }],
    ])('has cached tokens under any name: %j', (fields) => {
      expect(chat({ ...told, ...fields })).toMatchObject({ inputTokens: 10, cachedInputTokens: 4 });
    });

    it.each([
      [{ prompt_tokens_details: { cache_write_tokens: 3 } }],
      [{ cache_creation_input_tokens: 3 }],
      [{ prompt_tokens_details: { cache_creation_tokens: 3 } }],
    ])('has tokens written to the cache under any name: %j', (fields) => {
      expect(chat({ ...told, ...fields })?.cacheWriteTokens).toBe(3);
    });

    it.each([
      ['thinking that no field has', { total_tokens: 40 }, { outputTokens: 30, totalTokens: 40 }],
      [
        'reasoning beside the completion',
        { total_tokens: 22, completion_tokens_details: { reasoning_tokens: 7 } },
        { outputTokens: 12 },
      ],
      [
        'some of it in a field',
        { total_tokens: 40, completion_tokens_details: { reasoning_tokens: 7 } },
        { outputTokens: 30, reasoningTokens: 7 },
      ],
      ['reasoning without a total', { total_tokens: undefined, reasoning_tokens: 9 }, { outputTokens: 14, totalTokens: 24 }],
      ['no completion', { completion_tokens: undefined }, { outputTokens: 5, totalTokens: 15 }],
    ])('counts as output what the total has more: %s', (_, fields, wanted) => {
      expect(chat({ ...told, ...fields })).toMatchObject({ inputTokens: 10, ...wanted });
    });

    it('leaves the output as it is where the total has no more', () => {
      expect(chat({ ...told, completion_tokens_details: { reasoning_tokens: 5 } })?.outputTokens).toBe(5);
      expect(chat({ ...told, total_tokens: 12 })).toMatchObject({ outputTokens: 5, totalTokens: 15 });
    });

    it('adds cached tokens that cannot be a part of the input', () => {
      expect(chat({ ...told, cache_read_input_tokens: 100 })).toMatchObject({
        inputTokens: 110,
        cachedInputTokens: 100,
        totalTokens: 115,
      });
    });

    it.each([
      [
        'a zero',
        { prompt_tokens: 0, completion_tokens: 8, total_tokens: 8 },
        { inputTokens: 10, outputTokens: 8, totalTokens: 18 },
      ],
      [
        'a lower figure',
        { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
        { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
      ],
      ['an absent one', { completion_tokens: 6 }, { inputTokens: 10, outputTokens: 6, totalTokens: 16 }],
    ])('is not replaced by %s', (_, later, wanted) => {
      expect(chat(told, later)).toMatchObject(wanted);
    });

    it('has the service tier of the chunks on its request', () => {
      const [event] = usagesOf(chatFormat(), [
        chunk({ content: 'a' }, { service_tier: 'default' }),
        { ...chunk({}), choices: [], usage: told },
      ]);
      expect(event?.requests).toMatchObject([
        { model: 'm', provider: 'openai', attempt: 1, stands: true, serviceTier: 'default' },
      ]);
      expect(
        usagesOf(chatFormat(), [chunk({ content: 'a' }), { ...chunk({}), choices: [], usage: told }])[0]?.requests,
      ).toBeUndefined();
    });

    it.each(['flex', 'priority', 'scale'])('has the tier %s before any figure, for a stream that is cut', (service_tier) => {
      const payload = chunk({ content: 'a' }, { service_tier });
      const events = usagesOf(chatFormat(), [payload, payload, { ...payload, choices: [], usage: told }]);
      expect(events.map(({ usage }) => usage.outputTokens)).toEqual([undefined, 5]);
      for (const { requests } of events) expect(requests).toMatchObject([{ serviceTier: service_tier }]);
    });
  });

  describe('of responses', () => {
    const told = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };

    it.each([
      [{ ...told, input_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 } }],
      [{ ...told, cache_read_input_tokens: 4, cache_creation_input_tokens: 2 }],
      [{ prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 } }],
    ])('is read under any name: %j', (native) => {
      expect(response(native)[0]?.usage).toMatchObject({
        inputTokens: 10,
        outputTokens: 5,
        totalTokens: 15,
        cachedInputTokens: 4,
        cacheWriteTokens: 2,
      });
    });

    it('has the service tier of the response on its request', () => {
      const [event] = response(told, { service_tier: 'flex' });
      expect(event?.requests).toMatchObject([{ model: 'm', serviceTier: 'flex', batch: undefined }]);
    });

    it('counts as output what the total has more', () => {
      expect(response({ ...told, total_tokens: 90 })[0]?.usage).toMatchObject({ outputTokens: 80, totalTokens: 90 });
    });
  });

  describe('of messages', () => {
    const rows = (requests: readonly RequestUsage[] | undefined): unknown =>
      requests?.map(({ model, usage }) => [model, usage.inputTokens, usage.outputTokens, usage.cachedInputTokens]);
    const pass = (type: string, input_tokens: number, output_tokens: number, fields: JsonObject = {}): JsonObject => ({
      type,
      input_tokens,
      output_tokens,
      ...fields,
    });

    it.each([
      ['a zero', { input_tokens: 0, output_tokens: 7 }, { inputTokens: 10, outputTokens: 7 }],
      ['a lower figure', { input_tokens: 4, output_tokens: 0 }, { inputTokens: 10, outputTokens: 3 }],
      [
        'a part that was counted before',
        { input_tokens: 2, cache_read_input_tokens: 8, output_tokens: 3 },
        { inputTokens: 10, outputTokens: 3 },
      ],
    ])('is not replaced by %s', (_, later, wanted) => {
      expect(message({ input_tokens: 10, output_tokens: 3 }, later).at(-1)?.usage).toMatchObject(wanted);
    });

    it.each([
      ['usage of the delta', { type: 'message_delta', delta: { stop_reason: 'end_turn', usage: { output_tokens: 9 } } }],
      ['usage of the payload', { type: 'message_delta', delta: {}, usage: { output_tokens: 9 } }],
      ['usage of the message', { type: 'message_delta', delta: {}, message: { usage: { output_tokens: 9 } } }],
    ])('is read in the %s', (_, payload) => {
      const first = { type: 'message_start', message: { model: 'claude', usage: { input_tokens: 5, output_tokens: 1 } } };
      expect(usagesOf(messagesFormat, [first, payload]).at(-1)?.usage).toMatchObject({ inputTokens: 5, outputTokens: 9 });
    });

    it('has the tier, the speed and the region on its request', () => {
      const traits = { service_tier: 'batch', speed: 'fast', inference_geo: 'us' };
      const [event] = message({ input_tokens: 1, output_tokens: 1, ...traits }, {});
      expect(event?.requests).toMatchObject([{ serviceTier: 'batch', speed: 'fast', region: 'us', batch: true }]);
      expect(message({ input_tokens: 1, inference_geo: 'not_available' }, {})[0]?.requests).toBeUndefined();
    });

    it.each([
      [
        'compaction, which the top figures leave out',
        [pass('compaction', 1_000, 50), pass('message', 20, 5, { cache_read_input_tokens: 30 })],
        [
          ['claude', 1_000, 50, undefined],
          ['claude', 50, 5, 30],
        ],
      ],
      [
        'a loop of the provider’s own tools',
        [pass('message', 100, 5), pass('message', 200, 6)],
        [
          ['claude', 100, 5, undefined],
          ['claude', 200, 6, undefined],
        ],
      ],
      [
        'an advisor, at its own price',
        [
          pass('message', 100, 5, { model: 'claude' }),
          pass('advisor_message', 400, 60, { model: 'wise' }),
          pass('message', 150, 9, { model: 'claude' }),
        ],
        [
          ['wise', 400, 60, undefined],
          ['claude', 100, 5, undefined],
          ['claude', 150, 9, undefined],
        ],
      ],
      [
        'a fallback, without the model that declined',
        [
          pass('message', 100, 3, { model: 'claude' }),
          pass('message', 100, 8, { model: 'other' }),
          pass('fallback_message', 120, 9, { model: 'other' }),
        ],
        [
          ['other', 100, 8, undefined],
          ['other', 120, 9, undefined],
        ],
      ],
    ])('is the sum of its iterations: %s', (_, iterations, wanted) => {
      const last = message({ input_tokens: 20, output_tokens: 1 }, { output_tokens: 5, iterations }).at(-1);
      expect(rows(last?.requests)).toEqual(wanted);
      const sum = (column: 1 | 2): number => wanted.reduce((total, row) => total + Number(row[column]), 0);
      expect(last?.usage).toMatchObject({ inputTokens: sum(1), outputTokens: sum(2), totalTokens: sum(1) + sum(2) });
    });

    it('adds the top figures to a compaction that no message followed', () => {
      const last = message(
        { input_tokens: 20, output_tokens: 1 },
        { output_tokens: 5, iterations: [pass('compaction', 100, 7)] },
      ).at(-1);
      expect(last?.usage).toMatchObject({ inputTokens: 120, outputTokens: 12 });
    });
  });
});
