import { describe, expect, it } from '@jest/globals';
import type { Observable } from 'rxjs';
import type { DeltaEvent, Usage } from '../../src/events.js';
import { aggregateUsage } from '../../src/operators/aggregateUsage.js';
import { fromMessages } from '../../src/providers/anthropic/fromMessages.js';
import { fromChatCompletions } from '../../src/providers/openai/fromChatCompletions.js';
import { fromResponses } from '../../src/providers/openai/fromResponses.js';
import { recordings } from '../support/recordings.js';
import { collect, respondWith } from '../support/respond.js';

// An independent reading of the figures: it shares no code with the sources.

type Figures = { readonly [name: string]: number | undefined } & {
  readonly prompt_tokens_details?: Figures | null;
  readonly completion_tokens_details?: Figures | null;
  readonly input_tokens_details?: Figures | null;
  readonly output_tokens_details?: Figures | null;
};

interface Payload {
  readonly type?: string;
  readonly usage?: Figures | null;
  readonly x_groq?: { readonly usage?: Figures };
  readonly message?: { readonly usage?: Figures };
  readonly response?: { readonly usage?: Figures | null } | null;
}

type Reported = Partial<
  Record<'inputTokens' | 'outputTokens' | 'totalTokens' | 'cachedInputTokens' | 'reasoningTokens', number | undefined>
>;

interface Wire {
  read(bytes: Uint8Array): Observable<DeltaEvent>;
  /** The usage that the provider reports; `undefined` if it reports none. */
  reported(payloads: readonly Payload[]): Reported | undefined;
}

const wires: Readonly<Record<'chat' | 'responses' | 'anthropic', Wire>> = {
  chat: {
    read: (bytes) => fromChatCompletions(respondWith(bytes), { model: '', messages: [] }),
    reported(payloads) {
      const figures = payloads.map(({ usage, x_groq: groq }) => usage ?? groq?.usage).findLast((usage) => usage);
      if (!figures) return undefined;
      const { prompt_tokens: inputTokens = 0, completion_tokens: completion = 0, total_tokens: totalTokens = 0 } = figures;
      const reasoningTokens = figures.completion_tokens_details?.['reasoning_tokens'];
      // xAI does not include reasoning in the completion.
      const beside = reasoningTokens !== undefined && totalTokens - inputTokens - completion === reasoningTokens;
      const outputTokens = completion + (beside ? reasoningTokens : 0);
      return {
        inputTokens,
        outputTokens,
        totalTokens,
        reasoningTokens,
        cachedInputTokens: figures.prompt_tokens_details?.['cached_tokens'],
      };
    },
  },
  responses: {
    read: (bytes) => fromResponses(respondWith(bytes), { model: '', input: '' }),
    reported(payloads) {
      const figures = payloads.map(({ response }) => response?.usage ?? undefined).findLast((usage) => usage);
      return (
        figures && {
          inputTokens: figures['input_tokens'],
          outputTokens: figures['output_tokens'],
          totalTokens: figures['total_tokens'],
          cachedInputTokens: figures.input_tokens_details?.['cached_tokens'],
          reasoningTokens: figures.output_tokens_details?.['reasoning_tokens'],
        }
      );
    },
  },
  anthropic: {
    read: (bytes) => fromMessages(respondWith(bytes), { model: '', max_tokens: 1, messages: [] }),
    reported(payloads) {
      const parts = payloads.map(({ message, usage }) => message?.usage ?? usage).filter((usage) => usage != null);
      if (parts.length === 0) return undefined;
      // Figures are cumulative, so the last one is the whole.
      const figure = (name: string): number | undefined =>
        parts.map((part) => part[name]).findLast((value) => typeof value === 'number');
      const cachedInputTokens = figure('cache_read_input_tokens');
      const inputTokens = (figure('input_tokens') ?? 0) + (cachedInputTokens ?? 0) + (figure('cache_creation_input_tokens') ?? 0);
      const outputTokens = figure('output_tokens') ?? 0;
      return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens, cachedInputTokens };
    },
  },
};

function payloadsOf(bytes: Uint8Array): readonly Payload[] {
  return new TextDecoder()
    .decode(bytes)
    .split(/\r\n|\r|\n/)
    .filter((line) => /^data: ?\{/.test(line))
    .map((line) => JSON.parse(line.slice('data:'.length)) as Payload);
}

describe.each(Object.entries(wires))('aggregateUsage over the recordings of %s', (name, { read, reported }) => {
  const recorded = recordings(name as keyof typeof wires);
  if (recorded.length === 0) {
    it.skip('emits the figures of the provider (there are no recordings here)', () => undefined);
    return;
  }

  async function settle(bytes: Uint8Array) {
    const settled: Usage[] = [];
    // A counter with a result that would show that it was called.
    const options = {
      prompt: 'asked',
      countTokens: () => 1_000_000,
      onSettled: ({ usage }: { usage: Usage }) => void settled.push(usage),
    };
    const { events } = await collect(read(bytes).pipe(aggregateUsage(options)));
    return { events, settled };
  }

  it.each(recorded.map(({ name: file, bytes }) => [file, bytes] as const))('emits the figures of %s', async (_, bytes) => {
    const figures = reported(payloadsOf(bytes));
    const { events, settled } = await settle(bytes);
    const last = events.flatMap((event) => (event.type === 'usage' ? [event.usage] : []));
    expect(settled).toHaveLength(1);
    if (!figures) {
      expect(settled[0]).toMatchObject({ estimated: true });
      return;
    }
    expect([last.length, events.at(-2)?.type, events.at(-1)?.type]).toEqual([1, 'usage', 'finish']);
    expect(last[0]).toMatchObject({ ...figures, estimated: false, confidence: 'exact' });
    expect(settled).toEqual(last);
  });

  it('compares figures of many recordings', () => {
    const comparable = recorded.filter(({ bytes }) => reported(payloadsOf(bytes)));
    expect(comparable.length).toBeGreaterThan(recorded.length / 3);
  });
});
