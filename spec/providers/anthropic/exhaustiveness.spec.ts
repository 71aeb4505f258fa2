import type {
  BetaContentBlock,
  BetaRawContentBlockDelta,
  BetaRawMessageStreamEvent,
  BetaStopReason,
} from '@anthropic-ai/sdk/resources/beta/messages';
import type { ContentBlock, RawContentBlockDelta, RawMessageStreamEvent, StopReason } from '@anthropic-ai/sdk/resources/messages';
import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../src/events.js';
import { fromMessages } from '../../../src/providers/anthropic/fromMessages.js';
import { collect, respondWith } from '../../support/respond.js';
import { fixture, fixtureNames, payloadsOf } from './fixtures.js';

// The fixture of each member of the SDK's unions. A member that an SDK update adds fails to compile here until it has a fixture.

const events = {
  message_start: 'text',
  content_block_start: 'text',
  content_block_delta: 'text',
  content_block_stop: 'text',
  message_delta: 'text',
  message_stop: 'text',
} satisfies Record<BetaRawMessageStreamEvent['type'] | RawMessageStreamEvent['type'], string>;

const blocks = {
  text: 'text',
  thinking: 'thinking',
  redacted_thinking: 'redacted-thinking',
  tool_use: 'tool-use',
  server_tool_use: 'web-search',
  web_search_tool_result: 'web-search',
  web_fetch_tool_result: 'web-fetch',
  code_execution_tool_result: 'code-execution',
  bash_code_execution_tool_result: 'bash-code-execution',
  text_editor_code_execution_tool_result: 'text-editor-code-execution',
  tool_search_tool_result: 'tool-search',
  advisor_tool_result: 'advisor',
  mcp_tool_use: 'mcp',
  mcp_tool_result: 'mcp',
  mcp_tool_listing: 'mcp',
  container_upload: 'container-upload',
  compaction: 'compaction',
  fallback: 'fallback',
} satisfies Record<BetaContentBlock['type'] | ContentBlock['type'], string>;

const deltas = {
  text_delta: 'text',
  input_json_delta: 'tool-use',
  citations_delta: 'citations',
  thinking_delta: 'thinking',
  signature_delta: 'thinking',
  compaction_delta: 'compaction',
} satisfies Record<BetaRawContentBlockDelta['type'] | RawContentBlockDelta['type'], string>;

const stopReasons = {
  end_turn: 'text',
  max_tokens: 'max-tokens',
  stop_sequence: 'stop-sequence',
  tool_use: 'tool-use',
  pause_turn: 'pause-turn',
  compaction: 'compaction',
  refusal: 'refusal',
  model_context_window_exceeded: 'context-window',
} satisfies Record<BetaStopReason | StopReason, string>;

const unions = {
  'stream event': { members: events, read: (payload: JsonObject) => payload['type'] },
  'content block': { members: blocks, read: (payload: JsonObject) => typeIn(payload['content_block']) },
  'content block delta': { members: deltas, read: (payload: JsonObject) => typeIn(payload['delta']) },
  'stop reason': {
    members: stopReasons,
    read: (payload: JsonObject) => (payload['delta'] as JsonObject | undefined)?.['stop_reason'],
  },
};

function typeIn(value: JsonValue | undefined): JsonValue | undefined {
  return (value as JsonObject | undefined)?.['type'];
}

describe.each(Object.entries(unions))('each %s of the SDK', (_union, { members, read }) => {
  it.each(Object.entries(members))('%s is in fixture %s, which decodes without a raw event', async (member, name) => {
    expect(payloadsOf(fixture(name)).map(read)).toContain(member);
    const { events, error, completed } = await collect(
      fromMessages(respondWith(fixture(name)), { model: '', max_tokens: 1, messages: [] }),
    );
    expect({ error, completed }).toEqual({ error: undefined, completed: true });
    expect(events.filter((event) => event.type === 'raw')).toEqual([]);
  });
});

it('emits raw events only for the fixture of unknown types', async () => {
  const names = await Promise.all(
    fixtureNames.map(async (name) => {
      const { events } = await collect(fromMessages(respondWith(fixture(name)), { model: '', max_tokens: 1, messages: [] }));
      return events.flatMap((event) => (event.type === 'raw' ? [`${name}: ${event.name}`] : []));
    }),
  );
  expect(names.flat()).toEqual(['unknown: message_note', 'unknown: content_block_delta:hologram_delta']);
});
