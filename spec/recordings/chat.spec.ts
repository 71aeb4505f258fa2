import { describe, expect, it } from '@jest/globals';
import type { DeltaEvent, Message } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { fromChatCompletions } from '../../src/providers/openai/fromChatCompletions.js';
import { recordings } from '../support/recordings.js';
import { collect, respondWith } from '../support/respond.js';

const recorded = recordings('chat');
const chunkSizes = [1, 7, 997, Infinity];

/** The number of `raw` events in all recordings, by name, so that no event becomes raw unnoticed. */
const goldenRaws: Readonly<Record<string, number>> = {};

async function read(bytes: Uint8Array, chunkSize: number): Promise<readonly DeltaEvent[]> {
  const { events, error, completed } = await collect(
    fromChatCompletions(respondWith(bytes, chunkSize), { model: '', messages: [] }),
  );
  expect({ error, completed }).toEqual({ error: undefined, completed: true });
  return events;
}

function messageOf(events: readonly DeltaEvent[], choice: number): Message {
  const fold = createMessageFold(choice);
  for (const event of events) fold.push(event);
  return fold.message();
}

// An independent reading of the same bytes: it shares no code with the source.

interface Piece {
  readonly index?: number;
  readonly id?: string;
  readonly function?: { readonly name?: string; readonly arguments?: string | null };
}

interface Part {
  readonly type: string;
  readonly text?: string;
  readonly thinking?: readonly { readonly text: string }[];
}

interface Delta {
  readonly content?: string | null | readonly Part[];
  readonly reasoning?: string;
  readonly reasoning_content?: string | null;
  readonly tool_calls?: readonly Piece[];
}

interface Choice {
  readonly index: number;
  readonly delta?: Delta;
  readonly text?: string;
  readonly finish_reason?: string | null;
}

type Figures = Readonly<Record<string, number>> & {
  readonly prompt_tokens_details?: { readonly cached_tokens?: number };
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number };
};

interface Payload {
  readonly id: string;
  readonly model: string;
  readonly choices: readonly Choice[];
  readonly usage?: Figures | null;
  readonly x_groq?: { readonly usage?: Figures };
}

function payloadsOf(bytes: Uint8Array): readonly Payload[] {
  return new TextDecoder()
    .decode(bytes)
    .split(/\n\n/)
    .filter((event) => event.startsWith('data:') && !event.includes('[DONE]'))
    .map((event) => JSON.parse(event.slice('data:'.length)) as Payload);
}

type Said = { readonly as: 'text' | 'reasoning_content' | 'reasoning' | 'part' | 'thinking'; readonly text: string } | Call;
type Call = { readonly as: 'call'; readonly key: string | number; readonly piece: Piece };

/** The content of one choice, flat and in order. */
function saidBy(choices: readonly Choice[]): readonly Said[] {
  return choices.flatMap(({ delta = {}, text }): readonly Said[] => [
    { as: 'text', text: text ?? '' },
    { as: 'reasoning_content', text: delta.reasoning_content ?? '' },
    { as: 'reasoning', text: delta.reasoning ?? '' },
    ...(typeof delta.content === 'string'
      ? [{ as: 'text', text: delta.content } as const]
      : (delta.content ?? []).flatMap(partSays)),
    ...(delta.tool_calls ?? []).map((piece) => ({ as: 'call', key: piece.index ?? piece.id ?? 0, piece }) as const),
  ]);
}

function partSays({ text, thinking = [] }: Part): readonly Said[] {
  return text === undefined ? thinking.map((piece) => ({ as: 'thinking', text: piece.text })) : [{ as: 'part', text }];
}

interface Reading {
  readonly natives: readonly object[];
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly { readonly name: string; readonly argumentsText: string }[];
}

function readIndependently(choices: readonly Choice[]): Reading {
  const said = saidBy(choices).filter((piece) => piece.as === 'call' || piece.text !== '');
  const calls = new Map<string | number, { id?: string; name: string; arguments: string }>();
  const natives: (() => object)[] = [];
  let run: { as: Said['as']; text: string } | undefined;
  for (const piece of said) {
    if (piece.as === 'call') {
      const known = calls.get(piece.key);
      const call = known ?? { name: '', arguments: '' };
      if (piece.piece.id) call.id = piece.piece.id;
      call.name ||= piece.piece.function?.name ?? '';
      call.arguments += piece.piece.function?.arguments ?? '';
      calls.set(piece.key, call);
      if (known) continue;
      run = undefined;
      natives.push(() => {
        const { id, ...body } = call;
        return { tool_calls: [{ id, type: 'function', function: body }] };
      });
    } else if (run?.as === piece.as) {
      run.text += piece.text;
    } else {
      const begun = { as: piece.as, text: piece.text };
      run = begun;
      natives.push(() => wrap(begun.as, begun.text));
    }
  }
  const joined = (...kinds: readonly string[]): string =>
    said.map((piece) => (piece.as !== 'call' && kinds.includes(piece.as) ? piece.text : '')).join('');
  return {
    natives: natives.map((native) => native()),
    text: joined('text', 'part'),
    reasoning: joined('reasoning', 'reasoning_content', 'thinking'),
    calls: [...calls.values()].map((call) => ({ name: call.name, argumentsText: call.arguments })),
  };
}

function wrap(as: string, text: string): object {
  if (as === 'text') return { content: text };
  if (as === 'part') return { content: [{ type: 'text', text }] };
  if (as === 'thinking') return { content: [{ type: 'thinking', thinking: [{ type: 'text', text }] }] };
  return { [as]: text };
}

/** If the total is more than prompt and completion, it includes reasoning that the completion does not, as with xAI. */
function outputTokens(usage: Figures | undefined): number | undefined {
  const reasoning = usage?.completion_tokens_details?.reasoning_tokens ?? 0;
  const beside = (usage?.['total_tokens'] ?? 0) - (usage?.['prompt_tokens'] ?? 0) - (usage?.['completion_tokens'] ?? 0);
  return usage && (usage['completion_tokens'] ?? 0) + (beside === reasoning ? reasoning : 0);
}

if (recorded.length === 0) {
  it.skip('decodes the recordings (there are none here)', () => undefined);
} else {
  describe.each(recorded)('the recording $name', ({ bytes }) => {
    const payloads = payloadsOf(bytes);
    const choices = payloads.flatMap((payload) => payload.choices);

    it('decodes to the same events at every chunk size', async () => {
      const [first, ...others] = await Promise.all(chunkSizes.map((size) => read(bytes, size)));
      for (const other of others) expect(other).toEqual(first);
    });

    it('has the content of an independent reading, in each choice', async () => {
      const events = await read(bytes, Infinity);
      for (const index of new Set(choices.map((choice) => choice.index))) {
        const { natives, text, reasoning, calls } = readIndependently(choices.filter((choice) => choice.index === index));
        const message = messageOf(events, index);
        const ends = events.flatMap((event) => (event.type === 'block-end' && event.choice === index ? [event.native] : []));
        expect(ends).toEqual(natives);
        expect(message.parts.map(({ native }) => native)).toEqual(natives);
        expect(message).toMatchObject({ text, reasoning });
        expect(message.toolCalls.map(({ name, argumentsText }) => ({ name, argumentsText }))).toEqual(calls);
        expect(message.toolCalls.every(({ ended }) => ended)).toBe(true);
      }
    });

    it('has the start and the finish of an independent reading', async () => {
      const events = await read(bytes, Infinity);
      const first = payloads.find(({ id }) => id !== '');
      expect(events[0]).toMatchObject({ type: 'start', id: first?.id, model: first?.model, provider: 'openai' });
      const last = events.at(-1);
      const indices = [...new Set(choices.map((choice) => choice.index))].sort();
      const reasons = indices.map((index) => {
        const reason = choices.find((choice) => choice.index === index && choice.finish_reason)?.finish_reason;
        return { choice: index, rawReason: reason ?? undefined };
      });
      const finished = last?.type === 'finish' ? last.choices.map(({ choice, rawReason }) => ({ choice, rawReason })) : last;
      expect(finished).toEqual(reasons);
    });

    it('has the usage of an independent reading', async () => {
      const { usage } = messageOf(await read(bytes, Infinity), 0);
      const native = payloads.map(({ usage: figures, x_groq: groq }) => figures ?? groq?.usage).findLast((figures) => figures);
      expect(usage?.native).toEqual(native);
      expect([
        usage?.inputTokens,
        usage?.outputTokens,
        usage?.totalTokens,
        usage?.cachedInputTokens,
        usage?.reasoningTokens,
      ]).toEqual([
        native?.['prompt_tokens'],
        outputTokens(native),
        native?.['total_tokens'],
        native?.prompt_tokens_details?.cached_tokens,
        native?.completion_tokens_details?.reasoning_tokens,
      ]);
    });
  });

  it('decodes an older completion, without chat, as text', async () => {
    const completion = recorded.find(({ name }) => name.endsWith('openai-completion-text.sse'));
    const { text, parts, finishReason } = messageOf(await read(completion?.bytes ?? new Uint8Array(), Infinity), 0);
    expect(text).toMatch(/^\s*The holiday is called "Gratitude Day"/);
    expect({ parts: parts.map(({ type }) => type), finishReason }).toEqual({ parts: ['text'], finishReason: 'length' });
  });

  it('has the reason tool-calls for a marker after a call without a finish reason', async () => {
    const unreasoned = recorded.find(({ name }) => name.includes('variant_a__0'));
    const { finishReason, toolCalls } = messageOf(await read(unreasoned?.bytes ?? new Uint8Array(), Infinity), 0);
    expect({ finishReason, calls: toolCalls.length }).toEqual({ finishReason: 'tool-calls', calls: 1 });
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
