import { listOf, objectOf, textOf } from '../../codecs/json/jsonFields.js';
import { wholeText } from '../../codecs/text/growingText.js';
import type { Executor, JsonObject } from '../../events.js';
import type { Emit } from '../wire/wireFormat.js';
import { extendInput, extendText, extendThinking } from './emit.js';
import { emitCitation } from './emitCitation.js';
import type { BlockContent, ContentBlock, MessagesState } from './state.js';
import { initialArguments, parseToolInput } from './toolInput.js';

/** What a block type holds, and who runs it if it is a tool call. */
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

/** A type that we do not know only ends, in the provider's own form, unless its name says that a tool answered. */
export function blockTypeOf(type: string): BlockType {
  return blockTypes.get(type) ?? (type.endsWith(resultSuffix) ? result : opaque);
}

/** How blocks of one content become events, beside their deltas. */
interface BlockKind {
  /** Says what came whole with the block's start. */
  start(block: ContentBlock, emit: Emit): void;
  /** Takes note that nothing more comes. */
  stop(block: ContentBlock, emit: Emit): void;
  /** Says what only the whole block tells. `cut`: the model was stopped inside it. */
  end(state: MessagesState, block: ContentBlock, cut: boolean, emit: Emit): void;
  /** The streamed fields of the provider's own form. */
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
      // Only now, because some servers send the input both whole and in pieces.
      if (block.text.length === 0) extendInput(block, initialArguments(block.start['input']), emit);
      block.input = parseToolInput(wholeText(block.text));
    },
    end(state, { call, number, text }, cut, emit) {
      if (!call || cut) return;
      if (call.executor === 'client') state.calledClient = true;
      emit({ type: 'tool-call-end', ...call, argumentsText: wholeText(text), block: number, choice: 0, format: 'json' });
    },
    // Input may be cut or invalid, and the API takes back only an object, so text that is not JSON is kept inside one:
    // https://platform.claude.com/docs/en/agents-and-tools/tool-use/fine-grained-tool-streaming
    native: ({ input, text }) => ({ input: input ?? { INVALID_JSON: wholeText(text) } }),
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
      });
    },
  },
  opaque: silent,
};

/** MCP results say so themselves; the others carry an error object, some of them with the wrong type name. */
function isToolError(result: JsonObject): boolean {
  const content = objectOf(result['content']);
  return result['is_error'] === true || textOf(content['type']).endsWith('_error') || 'error_code' in content;
}
