import { isObject, listOf, objectOf, textOf } from '../../codecs/json/jsonFields.js';
import { tryParseRawJson } from '../../codecs/json/tryParseJson.js';
import { writeJson } from '../../codecs/json/writeJson.js';
import { createGrowingText, wholeText } from '../../codecs/text/growingText.js';
import type { Executor, JsonObject, JsonValue } from '../../events.js';
import type { Emit } from '../wire/wireFormat.js';
import { emitCitation, extendInput, extendText, extendThinking } from './emit.js';
import type { BlockContent, ContentBlock, MessagesState } from './state.js';

/** The content of a block type, and its executor if it is a tool call. */
export interface BlockType {
  readonly content: BlockContent;
  readonly executor?: Executor;
}

const blockTypes: ReadonlyMap<string, BlockType> = new Map<string, BlockType>([
  ['text', { content: 'text' }],
  ['thinking', { content: 'thinking' }],
  ['tool_use', { content: 'input', executor: 'client' }],
  ['server_tool_use', { content: 'input', executor: 'provider' }],
  ['mcp_tool_use', { content: 'input', executor: 'provider' }],
]);

const result: BlockType = { content: 'result' };
const opaque: BlockType = { content: 'opaque' };
const resultSuffix = '_tool_result';

/** The block type of that name. An unknown one is a tool's result if it is named like one; else it only ends, in its native form. */
export function blockTypeOf(type: string): BlockType {
  return blockTypes.get(type) ?? (type.endsWith(resultSuffix) ? result : opaque);
}

/** How blocks of one content become events, apart from their deltas. */
interface BlockKind {
  /** Emits the content that came with the start of the block. */
  start(block: ContentBlock, emit: Emit): void;
  /** Notes that no more content follows. */
  stop(block: ContentBlock, emit: Emit): void;
  /** Emits the events that need the whole block. `cut`: the model was stopped inside it. */
  end(state: MessagesState, block: ContentBlock, cut: boolean, emit: Emit): void;
  /** The streamed fields of the native form. */
  native(block: ContentBlock): JsonObject;
}

const silent: BlockKind = {
  start: () => undefined,
  stop: () => undefined,
  end: () => undefined,
  native: () => ({}),
};

export const blockKinds: Readonly<Record<BlockContent, BlockKind>> = {
  text: {
    ...silent,
    start(block, emit) {
      extendText(block, textOf(block.start['text']), emit);
      for (const citation of listOf(block.start['citations'])) emitCitation(citation, block.number, emit);
    },
    native: ({ text }) => ({ text: wholeText(text) }),
  },
  thinking: {
    ...silent,
    start: (block, emit) => extendThinking(block, textOf(block.start['thinking']), emit),
    native: ({ text }) => ({ thinking: wholeText(text) }),
  },
  input: {
    start({ call, number }, emit) {
      if (call) emit({ type: 'tool-call-start', ...call, block: number, choice: 0, format: 'json' });
    },
    stop(block, emit) {
      // Not at the start, because some servers send the input both in the start and in deltas.
      if (block.text.length === 0) extendInput(block, initialArguments(block.start['input']), emit);
      block.input = parseInput(wholeText(block.text));
      if (block.input === undefined) repairInput(block);
    },
    end(state, { call, number, text }, cut, emit) {
      if (!call || cut) return;
      if (call.executor === 'client') state.calledClient = true;
      emit({ type: 'tool-call-end', ...call, argumentsText: wholeText(text), block: number, choice: 0, format: 'json' });
    },
    // The API accepts only an object as input, so any other text (cut or invalid) goes back inside of one:
    // https://platform.claude.com/docs/en/agents-and-tools/tool-use/fine-grained-tool-streaming
    native: ({ input, text }) => ({ input: isObject(input) ? input : { INVALID_JSON: wholeText(text) } }),
  },
  result: {
    ...silent,
    end(state, { start, type }, _cut, emit) {
      const id = textOf(start['tool_use_id']);
      const call = state.calls.get(id);
      emit({
        type: 'tool-result',
        callId: call?.callId ?? id,
        name: call?.name ?? type.slice(0, -resultSuffix.length),
        output: start['content'] ?? null,
        isError: isToolError(start),
        preliminary: false,
      });
    },
  },
  opaque: silent,
};

/** The input in the start of a block, as argument text; empty if there is none. */
function initialArguments(input: JsonValue | undefined): string {
  if (typeof input === 'string') return input;
  const isEmpty = input === undefined || input === null || isEmptyObject(input);
  return isEmpty ? '' : writeJson(input);
}

function isEmptyObject(value: JsonValue): boolean {
  return typeof value === 'object' && Object.keys(value as JsonObject).length === 0;
}

/** Takes the input that is whole, where the deltas as one text are no JSON: the latest telling of it, or that of the start. */
function repairInput(block: ContentBlock): void {
  const whole = wholeText(block.text);
  const again = whole.slice(block.beginning);
  const repeats = block.beginning > block.earlier && again.startsWith(whole.slice(block.earlier, block.beginning));
  for (const text of [repeats ? again : '', initialArguments(block.start['input'])]) {
    const input = text === '' ? undefined : tryParseRawJson(text);
    if (!isObject(input)) continue;
    block.text = createGrowingText(text);
    block.input = input;
    return;
  }
}

/** Parses an argument text, which may be empty: then there are no arguments. `undefined` if it is not JSON. */
function parseInput(argumentsText: string): JsonValue | undefined {
  return argumentsText.trim() === '' ? {} : tryParseRawJson(argumentsText);
}

/** The results of MCP tools have a flag; the others have an error object as content, some of them with the wrong type name. */
function isToolError(result: JsonObject): boolean {
  const content = objectOf(result['content']);
  return result['is_error'] === true || textOf(content['type']).endsWith('_error') || 'error_code' in content;
}
