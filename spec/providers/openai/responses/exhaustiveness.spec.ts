import { describe, expect, it } from '@jest/globals';
import type { Response, ResponseOutputItem, ResponseStreamEvent } from 'openai/resources/responses/responses';
import type { JsonObject } from '../../../../src/events.js';
import { decodeResponses, responsesFixture, responsesFixtureNames, responsesPayloads } from './fixtures.js';

// The fixture of each member of the SDK's unions. A member that an SDK update adds fails to compile here until it has a fixture.

interface Held {
  readonly fixture: string;
  /** Whether it is emitted as `raw`, because it only reports progress or repeats content of the end of its item. */
  readonly raw?: true;
}

const streamEvents = {
  error: { fixture: 'error' },
  'response.audio.delta': { fixture: 'audio' },
  'response.audio.done': { fixture: 'audio' },
  'response.audio.transcript.delta': { fixture: 'audio' },
  'response.audio.transcript.done': { fixture: 'audio' },
  'response.code_interpreter_call.completed': { fixture: 'code-interpreter', raw: true },
  'response.code_interpreter_call.in_progress': { fixture: 'code-interpreter', raw: true },
  'response.code_interpreter_call.interpreting': { fixture: 'code-interpreter', raw: true },
  'response.code_interpreter_call_code.delta': { fixture: 'code-interpreter' },
  'response.code_interpreter_call_code.done': { fixture: 'code-interpreter' },
  'response.compaction.compacting': { fixture: 'compaction', raw: true },
  'response.completed': { fixture: 'text' },
  'response.content_part.added': { fixture: 'text' },
  'response.content_part.done': { fixture: 'text' },
  'response.created': { fixture: 'text' },
  'response.custom_tool_call_input.delta': { fixture: 'custom-tool' },
  'response.custom_tool_call_input.done': { fixture: 'custom-tool' },
  'response.failed': { fixture: 'failed' },
  'response.file_search_call.completed': { fixture: 'file-search', raw: true },
  'response.file_search_call.in_progress': { fixture: 'file-search', raw: true },
  'response.file_search_call.searching': { fixture: 'file-search', raw: true },
  'response.function_call_arguments.delta': { fixture: 'function-calls' },
  'response.function_call_arguments.done': { fixture: 'function-calls' },
  'response.image_generation_call.completed': { fixture: 'image-generation', raw: true },
  'response.image_generation_call.generating': { fixture: 'image-generation', raw: true },
  'response.image_generation_call.in_progress': { fixture: 'image-generation', raw: true },
  'response.image_generation_call.partial_image': { fixture: 'image-generation' },
  'response.in_progress': { fixture: 'text' },
  'response.incomplete': { fixture: 'max-output-tokens' },
  'response.mcp_call.completed': { fixture: 'mcp', raw: true },
  'response.mcp_call.failed': { fixture: 'mcp', raw: true },
  'response.mcp_call.in_progress': { fixture: 'mcp', raw: true },
  'response.mcp_call_arguments.delta': { fixture: 'mcp' },
  'response.mcp_call_arguments.done': { fixture: 'mcp' },
  'response.mcp_list_tools.completed': { fixture: 'mcp', raw: true },
  'response.mcp_list_tools.failed': { fixture: 'mcp', raw: true },
  'response.mcp_list_tools.in_progress': { fixture: 'mcp', raw: true },
  'response.output_item.added': { fixture: 'text' },
  'response.output_item.done': { fixture: 'text' },
  'response.output_text.annotation.added': { fixture: 'citations' },
  'response.output_text.delta': { fixture: 'text' },
  'response.output_text.done': { fixture: 'text' },
  'response.queued': { fixture: 'queued' },
  'response.reasoning_summary_part.added': { fixture: 'reasoning-summary' },
  'response.reasoning_summary_part.done': { fixture: 'reasoning-summary' },
  'response.reasoning_summary_text.delta': { fixture: 'reasoning-summary' },
  'response.reasoning_summary_text.done': { fixture: 'reasoning-summary' },
  'response.reasoning_text.delta': { fixture: 'reasoning-text' },
  'response.reasoning_text.done': { fixture: 'reasoning-text' },
  'response.refusal.delta': { fixture: 'refusal' },
  'response.refusal.done': { fixture: 'refusal' },
  'response.shell_call_command.added': { fixture: 'shell-container' },
  'response.shell_call_command.delta': { fixture: 'shell-container' },
  'response.shell_call_command.done': { fixture: 'shell-container' },
  'response.shell_call_output_content.delta': { fixture: 'shell-container', raw: true },
  'response.shell_call_output_content.done': { fixture: 'shell-container', raw: true },
  'response.web_search_call.completed': { fixture: 'web-search', raw: true },
  'response.web_search_call.in_progress': { fixture: 'web-search', raw: true },
  'response.web_search_call.searching': { fixture: 'web-search', raw: true },
} satisfies Record<ResponseStreamEvent['type'], Held>;

const outputItems = {
  additional_tools: 'additional-tools',
  apply_patch_call: 'apply-patch',
  apply_patch_call_output: 'outputs',
  code_interpreter_call: 'code-interpreter',
  compaction: 'compaction',
  computer_call: 'computer',
  computer_call_output: 'outputs',
  custom_tool_call: 'custom-tool',
  custom_tool_call_output: 'outputs',
  file_search_call: 'file-search',
  function_call: 'function-calls',
  function_call_output: 'outputs',
  image_generation_call: 'image-generation',
  local_shell_call: 'local-shell',
  local_shell_call_output: 'outputs',
  mcp_approval_request: 'mcp-approval',
  mcp_approval_response: 'outputs',
  mcp_call: 'mcp',
  mcp_list_tools: 'mcp',
  message: 'text',
  program: 'program',
  program_output: 'program-output',
  reasoning: 'reasoning-summary',
  shell_call: 'shell-container',
  shell_call_output: 'shell-container',
  tool_search_call: 'tool-search',
  tool_search_output: 'tool-search',
  web_search_call: 'web-search',
} satisfies Record<ResponseOutputItem['type'], string>;

const incompleteReasons = {
  max_output_tokens: 'max-output-tokens',
  content_filter: 'content-filter',
  max_messages: 'max-messages',
  steered: 'steered',
} satisfies Record<NonNullable<Response.IncompleteDetails['reason']>, string>;

function rawNames(fixture: string): readonly string[] {
  return decodeResponses(responsesFixture(fixture)).events.flatMap((event) => (event.type === 'raw' ? [event.name] : []));
}

function completedItems(fixture: string): readonly JsonObject[] {
  return responsesPayloads(responsesFixture(fixture)).flatMap(({ type, item }) =>
    type === 'response.output_item.done' ? [item as JsonObject] : [],
  );
}

describe('each stream event of the SDK', () => {
  const held: readonly (readonly [string, Held])[] = Object.entries(streamEvents);

  it.each(held)('%s has a fixture, and is emitted as raw only if it is listed so', (type, { fixture, raw = false }) => {
    expect(responsesPayloads(responsesFixture(fixture)).map((payload) => payload['type'])).toContain(type);
    expect(rawNames(fixture).includes(type)).toBe(raw);
  });
});

describe('each output item of the SDK', () => {
  it.each(Object.entries(outputItems))('%s is in the fixture %s, and is emitted in its native form', (type, fixture) => {
    const native = completedItems(fixture).find((item) => item['type'] === type);
    expect(native).toBeDefined();
    expect(decodeResponses(responsesFixture(fixture)).events).toContainEqual(
      expect.objectContaining({ type: 'block-end', kind: type, native }),
    );
  });
});

describe('each reason of the SDK for an incomplete response', () => {
  it.each(Object.entries(incompleteReasons))('%s is in the fixture %s, and is the raw reason', (rawReason, fixture) => {
    expect(decodeResponses(responsesFixture(fixture)).events.at(-1)).toMatchObject({ type: 'finish', rawReason });
  });
});

it('emits raw events of unknown type only for the fixture of unknown types', () => {
  const unknown = responsesFixtureNames.flatMap((fixture) =>
    rawNames(fixture)
      .filter((name) => !(name in streamEvents))
      .map((name) => `${fixture}: ${name}`),
  );
  expect(unknown).toEqual(['unknown: response.hologram.delta']);
});
