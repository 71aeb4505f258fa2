import { objectOf, textOf } from '../../codecs/json/jsonFields.js';
import type { JsonObject } from '../../events.js';
import type { Emit } from '../wire/wireFormat.js';
import { blockFor } from './blocks.js';
import { emitCitation, extendInput, extendText, extendThinking } from './emit.js';
import { emitRaw } from './start.js';
import type { BlockContent, ContentBlock, MessagesState } from './state.js';

interface DeltaType {
  /** The content that it extends; `undefined` if it only sets fields of the block's native form. */
  readonly content: BlockContent | undefined;
  apply(block: ContentBlock, delta: JsonObject, emit: Emit): void;
}

const deltaTypes: ReadonlyMap<string, DeltaType> = new Map<string, DeltaType>([
  ['text_delta', { content: 'text', apply: (block, delta, emit) => extendText(block, textOf(delta['text']), emit) }],
  [
    'thinking_delta',
    { content: 'thinking', apply: (block, delta, emit) => extendThinking(block, textOf(delta['thinking']), emit) },
  ],
  [
    'input_json_delta',
    { content: 'input', apply: (block, delta, emit) => extendInput(block, textOf(delta['partial_json']), emit) },
  ],
  ['citations_delta', { content: 'text', apply: addCitation }],
  ['signature_delta', { content: undefined, apply: assignFields }],
  ['compaction_delta', { content: undefined, apply: assignFields }],
]);

/** Decodes a `content_block_delta`. A delta of unknown type, or without a block, is emitted as `raw`. */
export function decodeDelta(state: MessagesState, payload: JsonObject, emit: Emit): void {
  const delta = objectOf(payload['delta']);
  const type = deltaTypes.get(textOf(delta['type']));
  const block = type && blockFor(state, payload['index'], type.content, emit);
  if (block) {
    if (type.content) state.growing = block.text;
    type.apply(block, delta, emit);
  } else emitRaw(state, `content_block_delta:${textOf(delta['type'])}`, payload, emit);
}

function addCitation(block: ContentBlock, delta: JsonObject, emit: Emit): void {
  const citation = delta['citation'] ?? null;
  block.citations ??= [];
  block.citations.push(citation);
  emitCitation(citation, block.number, emit);
}

/** The delta holds the final values of the fields, not pieces of them. */
function assignFields(block: ContentBlock, { type: _type, ...fields }: JsonObject): void {
  block.assigned = { ...block.assigned, ...fields };
}
