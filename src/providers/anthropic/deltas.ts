import { objectOf, textOf } from '../../codecs/json/jsonFields.js';
import type { JsonObject } from '../../events.js';
import type { Emit } from '../wire/wireFormat.js';
import { blockFor } from './blocks.js';
import { extendInput, extendText, extendThinking } from './emit.js';
import { emitCitation } from './emitCitation.js';
import { emitRaw } from './emitRaw.js';
import type { BlockContent, ContentBlock, MessagesState } from './state.js';

interface DeltaType {
  /** What it adds to; `undefined` if it only sets fields of the block's native form. */
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
  ['citations_delta', { content: 'text', apply: cite }],
  ['signature_delta', { content: undefined, apply: assign }],
  ['compaction_delta', { content: undefined, apply: assign }],
]);

/** Decodes a `content_block_delta`; one that we do not know, or that has no block, is passed on. */
export function decodeDelta(state: MessagesState, payload: JsonObject, emit: Emit): void {
  const delta = objectOf(payload['delta']);
  const type = deltaTypes.get(textOf(delta['type']));
  const block = type && blockFor(state, payload['index'], type.content, emit);
  if (block) {
    if (type.content) state.growing = block.text;
    type.apply(block, delta, emit);
  } else emitRaw(state, `content_block_delta:${textOf(delta['type'])}`, payload, emit);
}

function cite(block: ContentBlock, delta: JsonObject, emit: Emit): void {
  const citation = delta['citation'] ?? null;
  block.citations ??= [];
  block.citations.push(citation);
  emitCitation(citation, block.number, emit);
}

/** The delta carries the fields' final values, not pieces of them. */
function assign(block: ContentBlock, { type: _type, ...fields }: JsonObject): void {
  block.assigned = { ...block.assigned, ...fields };
}
