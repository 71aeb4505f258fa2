import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { geminiFormat } from '../../../examples/sources/geminiFormat.js';
import type { Message } from '../../../src/events.js';
import { fromServerSentEvents } from '../../../src/http/index.js';
import { toMessage } from '../../../src/operators/toMessage.js';
import { sourceContract } from '../../../src/testing/index.js';
import { expectGrammar } from '../../support/grammar.js';
import { collect, respondWith } from '../../support/respond.js';

const bytes = (name: string): Uint8Array => new Uint8Array(readFileSync(`spec/fixtures/gemini/${name}.sse`));
const whole = bytes('text');
const [first = '', second = ''] = new TextDecoder().decode(whole).split(/(?<=\r\n\r\n)/);
const cut = first + second.replace('"finishReason":"STOP",', '');

const read = (name: string): Promise<Message> =>
  lastValueFrom(fromServerSentEvents(respondWith(bytes(name), 5), geminiFormat).pipe(toMessage()));

describe("a format of one's own: Google's native API", () => {
  describe('the source contract', () =>
    sourceContract(it, {
      source: (fetch, options) =>
        fromServerSentEvents(({ signal }) => fetch('https://a.example', { signal }), geminiFormat, options),
      whole,
      cut,
      text: 'Hello, wörld 🌍',
      usage: { inputTokens: 12, outputTokens: 5, totalTokens: 17, cachedInputTokens: 8 },
    }));

  it('is no longer than 80 lines', () => {
    expect(readFileSync('examples/sources/geminiFormat.ts', 'utf8').split('\n').length).toBeLessThanOrEqual(81);
  });

  it('reads thoughts, calls and signatures', async () => {
    const { text, reasoning, toolCalls, parts, finishReason, usage, id, model } = await read('call');
    expect({ text, reasoning, finishReason, id, model }).toEqual({
      text: '',
      reasoning: 'I need the weather.',
      finishReason: 'tool-calls',
      id: 'r-1',
      model: 'gemini-test',
    });
    expect(toolCalls.map(({ callId, name, input, ended }) => [callId, name, input, ended])).toEqual([
      ['call_r-1', 'weather', { city: 'Oslo' }, true],
      ['c-2', 'clock', {}, true],
    ]);
    expect(parts.map(({ type, native }) => [type, native])).toEqual([
      ['reasoning', undefined],
      ['tool-call', { thoughtSignature: 'c2lnLTE=' }],
      ['tool-call', undefined],
      ['other', { thoughtSignature: 'c2lnLTI=' }],
    ]);
    expect(usage).toMatchObject({ inputTokens: 12, outputTokens: 17, totalTokens: 29, reasoningTokens: 9 });
  });

  it('reads images and sources', async () => {
    expect((await read('image')).parts.map((part) => [part.type, 'data' in part ? part.data : ''])).toEqual([
      ['text', ''],
      ['file', 'iVBORw0KGgo='],
    ]);
    expect((await read('grounded')).citations.map(({ url, title, block }) => [url, title, block])).toEqual([
      ['https://a.example', 'A', 0],
      ['https://b.example', 'B', 0],
    ]);
  });

  it('reads refusals and faults', async () => {
    expect(await read('blocked')).toMatchObject({ text: '', finishReason: 'content-filter', usage: { inputTokens: 12 } });
    await expect(read('malformed')).rejects.toMatchObject({ kind: 'server', retryable: true, partial: { text: 'Let me see.' } });
    await expect(read('error')).rejects.toMatchObject({
      kind: 'server',
      status: 503,
      code: 'UNAVAILABLE',
      partial: { text: 'Hello, ' },
    });
  });

  it.each(['text', 'call', 'image', 'grounded', 'blocked', 'malformed', 'error'])(
    'keeps the grammar of a stream (%s)',
    async (name) => {
      const { events, completed } = await collect(fromServerSentEvents(respondWith(bytes(name), 7), geminiFormat));
      expectGrammar(events, completed);
    },
  );
});
