import { describe, expect, it } from '@jest/globals';
import type { DeltaEvent, JsonValue, Message } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { fromMessages } from '../../src/providers/anthropic/fromMessages.js';
import { recordings } from '../support/recordings.js';
import { collect, respondWith } from '../support/respond.js';

const recorded = recordings('anthropic');
const chunkSizes = [1, 7, 997, Infinity];

/** The number of `raw` events in all recordings, by name, so that no event becomes raw unnoticed. */
const goldenRaws: Readonly<Record<string, number>> = {};

async function read(bytes: Uint8Array, chunkSize: number): Promise<readonly DeltaEvent[]> {
  const events$ = fromMessages(respondWith(bytes, chunkSize), { model: '', max_tokens: 1, messages: [] });
  const { events, error, completed } = await collect(events$);
  expect({ error, completed }).toEqual({ error: undefined, completed: true });
  return events;
}

function messageOf(events: readonly DeltaEvent[]): Message {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.message();
}

function nativesOf(events: readonly DeltaEvent[]): readonly JsonValue[] {
  return events.flatMap((event) => (event.type === 'block-end' ? [event.native] : []));
}

// An independent reading of the same bytes: it shares no code with the source.

interface Block {
  readonly type: string;
  readonly id?: string;
  readonly name?: string;
  text?: string;
  thinking?: string;
  signature?: string;
  input?: JsonValue;
  citations?: JsonValue[] | null;
}

interface Payload {
  readonly type: string;
  readonly index: number;
  readonly message?: { readonly id: string; readonly model: string; readonly usage: Figures };
  readonly content_block?: Block;
  readonly delta?: Readonly<Record<'type' | 'text' | 'thinking' | 'signature' | 'partial_json', string>> & {
    readonly citation: JsonValue;
    readonly stop_reason: string;
  };
  readonly usage?: Figures;
}

type Figures = Readonly<Record<string, JsonValue>>;

interface Reading {
  readonly content: readonly Block[];
  readonly usage: Figures;
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly stopReason: string | undefined;
}

function readIndependently(bytes: Uint8Array): Reading {
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\r|\n/);
  const payloads = lines
    .filter((line) => line.startsWith('data:'))
    .map((line) => JSON.parse(line.slice('data:'.length)) as Payload);
  const of = (type: string): Payload[] => payloads.filter((payload) => payload.type === type);
  const message = of('message_start')[0]?.message;
  return {
    content: of('content_block_start').map(({ index, content_block }) => {
      const deltas = of('content_block_delta').flatMap((payload) =>
        payload.index === index && payload.delta ? [payload.delta] : [],
      );
      return accumulate({ type: 'none', ...content_block }, deltas);
    }),
    usage: Object.assign({}, ...[message, ...of('message_delta')].map((payload) => known(payload?.usage))) as Figures,
    id: message?.id,
    model: message?.model,
    stopReason: of('message_delta').at(-1)?.delta?.stop_reason,
  };
}

function accumulate(block: Block, deltas: readonly NonNullable<Payload['delta']>[]): Block {
  let input: string | undefined;
  for (const delta of deltas) {
    if (delta.type === 'text_delta') block.text += delta.text;
    if (delta.type === 'thinking_delta') block.thinking += delta.thinking;
    if (delta.type === 'signature_delta') block.signature = delta.signature;
    if (delta.type === 'citations_delta') block.citations = [...(block.citations ?? []), delta.citation];
    if (delta.type === 'input_json_delta') input = (input ?? '') + delta.partial_json;
  }
  if (input !== undefined) block.input = JSON.parse(input || '{}') as JsonValue;
  return block;
}

function known(figures: Figures = {}): Figures {
  return Object.fromEntries(Object.entries(figures).filter(([, figure]) => figure !== null));
}

function joined(content: readonly Block[], field: 'text' | 'thinking'): string {
  return content.map((block) => block[field] ?? '').join('');
}

function figure(usage: Figures, name: string): number | undefined {
  return usage[name] as number | undefined;
}

if (recorded.length === 0) {
  it.skip('decodes the recordings (there are none here)', () => undefined);
} else {
  describe.each(recorded)('the recording $name', ({ bytes }) => {
    it('decodes to the same events at every chunk size', async () => {
      const [first, ...others] = await Promise.all(chunkSizes.map((size) => read(bytes, size)));
      for (const other of others) expect(other).toEqual(first);
    });

    it('has the content of an independent reading', async () => {
      const events = await read(bytes, Infinity);
      const { content, id, model, stopReason } = readIndependently(bytes);
      const message = messageOf(events);
      expect(nativesOf(events)).toEqual(content);
      expect(message.parts.map(({ native }) => native)).toEqual(content);
      expect(message.text).toBe(joined(content, 'text'));
      expect(message.reasoning).toBe(joined(content, 'thinking'));
      const calls = content.filter(({ type }) => type.endsWith('tool_use'));
      expect(message.toolCalls.map(({ callId, name, input, ended }) => ({ callId, name, input, ended }))).toEqual(
        calls.map((call) => ({ callId: call.id, name: call.name, input: call.input, ended: true })),
      );
      expect(message.citations.map(({ native }) => native)).toEqual(content.flatMap(({ citations }) => citations ?? []));
      expect(message).toMatchObject({ id, model });
      expect(events.at(-1)).toMatchObject({ type: 'finish', rawReason: stopReason });
    });

    it('has the usage of an independent reading', async () => {
      const { usage } = messageOf(await read(bytes, Infinity));
      const { usage: native } = readIndependently(bytes);
      const cached = figure(native, 'cache_read_input_tokens');
      const written = figure(native, 'cache_creation_input_tokens');
      const inputTokens = (figure(native, 'input_tokens') ?? 0) + (cached ?? 0) + (written ?? 0);
      const outputTokens = figure(native, 'output_tokens') ?? 0;
      const totals = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
      expect(usage).toMatchObject({ ...totals, cachedInputTokens: cached, cacheWriteTokens: written, native });
    });
  });

  it('the recordings have only the raw events that are listed', async () => {
    const counts: Record<string, number> = {};
    for (const { bytes } of recorded) {
      for (const event of await read(bytes, Infinity)) {
        if (event.type === 'raw') counts[event.name] = (counts[event.name] ?? 0) + 1;
      }
    }
    expect(counts).toEqual(goldenRaws);
  });
}
