import { describe, expect, it } from '@jest/globals';
import type { BlockEndEvent, DeltaEvent, Message, ToolResultEvent } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { assistantTurn } from '../../src/providers/openai/assistantTurn.js';
import { fromResponses } from '../../src/providers/openai/fromResponses.js';
import { recordings } from '../support/recordings.js';
import { type Collected, collect, respondWith } from '../support/respond.js';

const recorded = recordings('responses');
const chunkSizes = [1, 7, 997, Infinity];

/** Its `.done` contradicts its deltas: the deltas are kept. */
const contradicting = 'vercel-openai.openai-shell-container.1.sse';
const failing = 'vercel-openai.openai-error.1.sse';

/** The number of `raw` events in all recordings, by name, so that no event becomes raw unnoticed. */
const goldenRaws: Readonly<Record<string, number>> = {
  'response.code_interpreter_call.completed': 3,
  'response.code_interpreter_call.in_progress': 3,
  'response.code_interpreter_call.interpreting': 3,
  'response.file_search_call.completed': 2,
  'response.file_search_call.in_progress': 2,
  'response.file_search_call.searching': 2,
  'response.image_generation_call.completed': 1,
  'response.image_generation_call.generating': 1,
  'response.image_generation_call.in_progress': 1,
  'response.mcp_call.completed': 3,
  'response.mcp_call.in_progress': 4,
  'response.mcp_list_tools.completed': 5,
  'response.mcp_list_tools.in_progress': 5,
  'response.shell_call_output_content.delta': 3,
  'response.shell_call_output_content.done': 3,
  'response.web_search_call.completed': 6,
  'response.web_search_call.in_progress': 6,
  'response.web_search_call.searching': 6,
};

function read(bytes: Uint8Array, chunkSize: number): Promise<Collected> {
  return collect(fromResponses(respondWith(bytes, chunkSize), { model: '', input: '' }));
}

function messageOf(events: readonly DeltaEvent[]): Message {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.message();
}

// An independent reading of the same bytes: it shares no code with the source.

interface Item {
  readonly type: string;
  readonly id: string;
  readonly call_id?: string | null;
  readonly name?: string;
  readonly arguments?: unknown;
  readonly input?: string;
  readonly code?: string;
  readonly action?: { readonly sources?: unknown };
  readonly operation?: object;
  readonly queries?: readonly string[];
  readonly phase?: string;
  readonly content?: readonly { readonly text?: string; readonly annotations?: readonly object[] }[];
  readonly summary?: readonly { readonly text: string }[];
  readonly output?: unknown;
  readonly outputs?: unknown;
  readonly results?: unknown;
  readonly tools?: unknown;
  readonly result?: string;
  readonly execution?: string;
}

interface Payload {
  readonly type: string;
  readonly delta?: string;
  readonly item?: Item;
  readonly response?: {
    readonly id: string;
    readonly model: string;
    readonly output: readonly Item[];
    readonly service_tier?: string;
    readonly usage: {
      readonly input_tokens: number;
      readonly output_tokens: number;
      readonly total_tokens: number;
      readonly input_tokens_details: { readonly cached_tokens: number };
      readonly output_tokens_details: { readonly reasoning_tokens: number };
    };
  };
}

function payloadsOf(bytes: Uint8Array): readonly Payload[] {
  return new TextDecoder()
    .decode(bytes)
    .split(/\r?\n\r?\n/)
    .flatMap((event) => /^data: ?(.*)$/m.exec(event)?.[1] ?? [])
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data) as Payload);
}

interface Reading {
  readonly natives: readonly Item[];
  readonly response: NonNullable<Payload['response']>;
}

function readIndependently(payloads: readonly Payload[]): Reading {
  const natives = payloads.flatMap(({ type, item }) => (type === 'response.output_item.done' && item ? [item] : []));
  const response = payloads.at(-1)?.response;
  if (!response) throw new Error('no end');
  return { natives, response };
}

function textsOf(items: readonly Item[], type: string, field: 'content' | 'summary'): string {
  return items
    .flatMap((item) => (item.type === type ? (item[field] ?? []) : []))
    .map(({ text }) => text ?? '')
    .join('');
}

/** The name and the arguments, by the item's type. */
const calls: Readonly<Record<string, (item: Item) => readonly [name: string, input: unknown]>> = {
  function_call: (item) => [item.name ?? '', JSON.parse(item.arguments as string)],
  mcp_call: (item) => [item.name ?? '', JSON.parse(item.arguments as string)],
  custom_tool_call: (item) => [item.name ?? '', item.input],
  code_interpreter_call: (item) => ['code_interpreter', item.code],
  program: (item) => ['program', item.code],
  web_search_call: ({ action }) => ['web_search', { ...action, sources: undefined }],
  file_search_call: ({ queries }) => ['file_search', { queries }],
  local_shell_call: ({ action }) => ['local_shell', action],
  shell_call: ({ action }) => ['shell', action],
  apply_patch_call: ({ operation }) => ['apply_patch', operation],
  tool_search_call: (item) => ['tool_search', item.arguments],
  image_generation_call: ({ type: _, id: _id, result: _result, ...item }) => ['image_generation', { ...item, status: undefined }],
};

const results: Readonly<Record<string, (item: Item) => unknown>> = {
  mcp_call: ({ output }) => output,
  code_interpreter_call: ({ outputs }) => outputs,
  web_search_call: ({ action }) => action?.sources,
  file_search_call: (item) => item.results,
  shell_call_output: ({ output }) => output,
  tool_search_output: ({ tools }) => tools,
  program_output: ({ result }) => result,
};

const clientCalls: readonly string[] = ['function_call', 'custom_tool_call', 'local_shell_call', 'apply_patch_call'];

function finishReasonOf(items: readonly Item[]): string {
  if (items.some(({ type }) => type === 'mcp_approval_request')) return 'paused';
  return items.some(({ type, execution }) => clientCalls.includes(type) || execution === 'client') ? 'tool-calls' : 'stop';
}

const whole = recorded.filter(({ name }) => name !== failing);

if (recorded.length === 0) {
  it.skip('decodes the recorded responses', () => undefined);
} else {
  describe('the recorded responses', () => {
    it.each(recorded)('$name decodes to the same events at every chunk size', async ({ bytes }) => {
      const [first, ...others] = await Promise.all(chunkSizes.map((size) => read(bytes, size)));
      for (const other of others) expect(other.events).toEqual(first?.events);
    });

    it.each(whole)('$name has the content of an independent reading', async ({ name, bytes }) => {
      const payloads = payloadsOf(bytes);
      const { natives, response } = readIndependently(payloads);
      const { events, error, completed } = await read(bytes, Infinity);
      expect({ error, completed }).toEqual({ error: undefined, completed: true });
      const message = messageOf(events);
      const { usage } = response;
      expect({ id: message.id, model: message.model }).toEqual({ id: payloads[0]?.response?.id, model: response.model });
      expect(message.usage).toMatchObject({
        inputTokens: usage.input_tokens,
        outputTokens: usage.output_tokens,
        totalTokens: usage.total_tokens,
        cachedInputTokens: usage.input_tokens_details.cached_tokens,
        reasoningTokens: usage.output_tokens_details.reasoning_tokens,
        native: usage,
      });
      if (name !== contradicting) expect(message.text).toBe(textsOf(natives, 'message', 'content'));
      expect(message.reasoning).toBe(textsOf(natives, 'reasoning', 'summary'));
      expect(message.citations.map(({ native }) => native)).toEqual(
        natives.flatMap(({ content = [] }) => content.flatMap(({ annotations = [] }) => annotations)),
      );
      expect(message.finishReason).toBe(finishReasonOf(natives));
    });

    it.each(whole)('$name has the tool calls and results of an independent reading', async ({ bytes }) => {
      const { natives } = readIndependently(payloadsOf(bytes));
      const { events } = await read(bytes, Infinity);
      const { toolCalls } = messageOf(events);
      expect(
        toolCalls.map(({ callId, name, input, argumentsText, format, ended }) => ({
          call: [callId, name, format === 'text' ? argumentsText : input],
          ended,
        })),
      ).toEqual(
        natives.flatMap((item) => {
          const [name, input] = calls[item.type]?.(item) ?? [];
          const callId = item.call_id ?? item.id;
          return name === undefined ? [] : [{ call: [callId, name, input], ended: true }];
        }),
      );
      const answers = events.filter((event): event is ToolResultEvent => event.type === 'tool-result');
      expect(answers.map(({ output }) => output)).toEqual(
        natives.map((item) => results[item.type]?.(item)).filter((output) => output !== undefined && output !== null),
      );
      // A program may have been called by an earlier response.
      const answered = answers.filter(({ name }) => name !== 'program').map(({ callId }) => callId);
      expect(toolCalls.map(({ callId }) => callId)).toEqual(expect.arrayContaining(answered));
    });

    it.each(whole)('$name has every item in order, in its native form', async ({ bytes }) => {
      const { natives } = readIndependently(payloadsOf(bytes));
      const { events } = await read(bytes, Infinity);
      const ends = events.filter((event): event is BlockEndEvent => event.type === 'block-end');
      expect(ends.map(({ native }) => native)).toEqual(natives);
      expect(ends.map(({ kind }) => kind)).toEqual(natives.map(({ type }) => type));
      expect(assistantTurn<never[]>(messageOf(events))).toEqual(natives);
    });

    it.each(whole)('$name has tool-call-deltas that add up to the argument text', async ({ bytes }) => {
      const { events } = await read(bytes, Infinity);
      for (const end of events) {
        if (end.type !== 'tool-call-end') continue;
        const pieces = events.map((event) =>
          event.type === 'tool-call-delta' && event.callId === end.callId ? event.argumentsText : '',
        );
        expect(pieces.join('')).toBe(end.argumentsText);
      }
    });

    it('keeps the deltas when the whole contradicts them', async () => {
      const recording = recorded.find(({ name }) => name === contradicting);
      const payloads = payloadsOf(recording?.bytes ?? new Uint8Array());
      const deltas = payloads.flatMap(({ type, delta }) => (type === 'response.output_text.delta' ? [delta] : [])).join('');
      const { events } = await read(recording?.bytes ?? new Uint8Array(), Infinity);
      expect(deltas).not.toBe('');
      expect(messageOf(events).text).toBe(deltas);
      expect(textsOf(readIndependently(payloads).natives, 'message', 'content')).not.toBe(deltas);
    });

    it('errors once for a failed response', async () => {
      const recording = recorded.find(({ name }) => name === failing);
      const { error, completed } = await read(recording?.bytes ?? new Uint8Array(), 7);
      expect(completed).toBe(false);
      expect(error).toMatchObject({ name: 'ProviderError', kind: 'quota', retryable: false, code: 'insufficient_quota' });
    });

    it('has only the raw events that are listed', async () => {
      const names: Record<string, number> = {};
      for (const { bytes } of recorded) {
        const { events } = await read(bytes, Infinity);
        for (const event of events) if (event.type === 'raw') names[event.name] = (names[event.name] ?? 0) + 1;
      }
      expect(names).toEqual(goldenRaws);
    });
  });
}
