import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from '@jest/globals';
import type { DeltaEvent, JsonValue } from '../../../src/events.js';
import { createMessageFold } from '../../../src/message/messageFold.js';
import { type AssistantTurn, assistantTurn } from '../../../src/providers/anthropic/assistantTurn.js';
import { fromMessages } from '../../../src/providers/anthropic/fromMessages.js';
import { blockEnd, reasoning, start, text, toolCallStart, toolResult } from '../../../src/testing/index.js';
import { recordings } from '../../support/recordings.js';
import { collect, respondWith } from '../../support/respond.js';
import { fixture, fixtureNames } from './fixtures.js';

const params = { model: 'claude-test-1', max_tokens: 100, messages: [] };

/** Fixtures for which the SDK's helper adds or loses something. */
const exceptions: Readonly<Record<string, string>> = {
  'cut-tool-use': 'the helper repairs an input that was cut, we keep its text',
  unknown: 'the helper drops the deltas of blocks it does not know',
};

/** Fixtures that only the helper of the beta reads. */
const betaOnly: readonly string[] = ['mcp', 'compaction'];

function turnOf(events: readonly DeltaEvent[]): AssistantTurn {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return assistantTurn(fold.message());
}

async function ourTurn(bytes: Uint8Array): Promise<AssistantTurn> {
  const { events, error } = await collect(fromMessages(respondWith(bytes), params));
  expect(error).toBeUndefined();
  return turnOf(events);
}

async function helperContent(bytes: Uint8Array, resource: 'messages' | 'beta'): Promise<readonly unknown[]> {
  const client = new Anthropic({ apiKey: 'none', maxRetries: 0, fetch: respondWith(bytes) });
  const stream = resource === 'beta' ? client.beta.messages.stream(params) : client.messages.stream(params);
  const content: readonly { readonly type: string; readonly text?: string }[] = (await stream.finalMessage()).content;
  // The API refuses empty text.
  return content.filter(({ type, text }) => type !== 'text' || text !== '');
}

describe('assistantTurn', () => {
  const comparable = fixtureNames.filter((name) => !(name in exceptions));

  it.each(comparable)("equals the content that the SDK's beta helper accumulates from %s", async (name) => {
    const turn = await ourTurn(fixture(name));
    expect(turn).toEqual({ role: 'assistant', content: await helperContent(fixture(name), 'beta') });
  });

  it.each(comparable.filter((name) => !betaOnly.includes(name)))(
    "equals the content that the SDK's helper accumulates from %s",
    async (name) => {
      const turn = await ourTurn(fixture(name));
      expect(turn).toEqual({ role: 'assistant', content: await helperContent(fixture(name), 'messages') });
    },
  );

  it.each(Object.keys(exceptions))('differs from the helper on %s, as listed above', async (name) => {
    const turn = await ourTurn(fixture(name));
    expect(turn.content).not.toEqual(await helperContent(fixture(name), 'beta'));
  });

  const recorded = recordings('anthropic');
  if (recorded.length > 0) {
    it.each(recorded)("equals the content that the SDK's helper accumulates from the recorded $name", async ({ bytes }) => {
      expect((await ourTurn(bytes)).content).toEqual(await helperContent(bytes, 'beta'));
    });
  }

  it('keeps an own __proto__ in the input of a call', async () => {
    const { content } = await ourTurn(fixture('tool-use'));
    const [, call] = content;
    expect(JSON.stringify(call)).toContain('"input":{"city":"Paris","__proto__":{"a":1}}');
  });

  it('wraps an input that is not JSON in an object, as the API demands', async () => {
    const { content } = await ourTurn(fixture('cut-tool-use'));
    expect(content).toEqual([{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: { INVALID_JSON: '{"city": "Pa' } }]);
  });

  it('keeps the deltas of blocks of unknown type', async () => {
    const { content } = await ourTurn(fixture('unknown'));
    const blocks: readonly JsonValue[] = [
      { type: 'connector_text', text: 'Known delta', link: 'x' },
      { type: 'hologram', data: 'new' },
    ];
    expect(content).toEqual(blocks);
  });

  it('has the callIds of the events, in calls and in results', () => {
    const call = { type: 'server_tool_use', id: 'a', name: 'web_search', input: {} };
    const result = { type: 'web_search_tool_result', tool_use_id: 'a', content: [] };
    const turn = turnOf([
      start(),
      toolCallStart('a-2', 'web_search', { executor: 'provider' }),
      blockEnd(call, { kind: 'server_tool_use', format: 'messages' }),
      toolResult('a-2', 'web_search', []),
      blockEnd(result, { block: 1, kind: 'web_search_tool_result', format: 'messages' }),
    ]);
    expect(turn.content).toEqual([
      { ...call, id: 'a-2' },
      { ...result, tool_use_id: 'a-2' },
    ]);
  });

  it.each([
    ['nothing', []],
    ['empty text', [blockEnd({ type: 'text', text: '' }, { format: 'messages' })]],
    ['blank text', [text(' \n')]],
    ['unfinished thinking', [reasoning('Hm')]],
    ['empty thinking', [blockEnd({ type: 'thinking', thinking: '' }, { kind: 'thinking', format: 'messages' })]],
  ])('of a message that has %s is one that the API takes', (_what, events) => {
    expect(turnOf([start(), ...events])).toEqual({ role: 'assistant', content: [{ type: 'text', text: '(no content)' }] });
  });

  it('leaves empty text out, and keeps what the provider sent between', () => {
    const call = { type: 'tool_use', id: 'a', name: 'n', input: {} };
    const turn = turnOf([
      start(),
      blockEnd({ type: 'text', text: '' }, { format: 'messages' }),
      blockEnd({ type: 'text', text: '\n' }, { block: 1, format: 'messages' }),
      toolCallStart('a', 'n', { block: 2 }),
      blockEnd(call, { block: 2, kind: 'tool_use', format: 'messages' }),
    ]);
    expect(turn.content).toEqual([{ type: 'text', text: '\n' }, call]);
  });

  it('keeps the text of an aborted message, but no unfinished thinking or call', () => {
    const turn = turnOf([
      start(),
      reasoning('Hm', { block: 0 }),
      text('Hel', { block: 1 }),
      text('lo', { block: 1 }),
      toolCallStart('c', 'n', { block: 2 }),
    ]);
    expect(turn).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'Hello' }] });
  });
});
