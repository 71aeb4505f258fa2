import { isObject, nonEmptyText, numberOf, objectOf, textOf } from '../../codecs/json/jsonFields.js';
import { writeJson } from '../../codecs/json/writeJson.js';
import type { JsonObject, JsonValue } from '../../events.js';
import type { Emit } from '../wire/wireFormat.js';
import { blockFor, signEndedBlock, signedBlock } from './blocks.js';
import { emitCitation, extendInput, extendText, extendThinking } from './emit.js';
import { emitRaw } from './start.js';
import type { BlockContent, ContentBlock, Index, MessagesState } from './state.js';

interface DeltaType {
  /** The content that it extends; `undefined` if it only sets fields of the block's native form. */
  readonly content: BlockContent | undefined;
  apply(block: ContentBlock, delta: JsonObject, emit: Emit): void;
}

const text: DeltaType = { content: 'text', apply: (block, delta, emit) => extendText(block, textOf(delta['text']), emit) };
const thinking: DeltaType = {
  content: 'thinking',
  apply: (block, delta, emit) => extendThinking(block, thinkingText(delta), emit),
};
const input: DeltaType = {
  content: 'input',
  apply: (block, delta, emit) => extendInput(block, inputText(delta['partial_json']), emit),
};
const signature: DeltaType = { content: undefined, apply: assignFields };

const deltaTypes: ReadonlyMap<string, DeltaType> = new Map<string, DeltaType>([
  ['text_delta', text],
  ['thinking_delta', thinking],
  ['input_json_delta', input],
  ['citations_delta', { content: 'text', apply: addCitation }],
  ['signature_delta', signature],
  ['compaction_delta', { content: undefined, apply: assignFields }],
]);

/** Decodes a `content_block_delta`. A delta of unknown type, or without a block, is emitted as `raw`. */
export function decodeDelta(state: MessagesState, payload: JsonObject, emit: Emit): void {
  const { delta: given } = payload;
  const delta = typeof given === 'string' ? { text: given } : objectOf(given);
  const index = indexOf(payload['index']);
  const name = textOf(delta['type']);
  const type = deltaTypes.get(name) ?? typeBy(delta);
  const block = type && (type === signature ? signedBlock(state, index) : blockFor(state, index, type.content, emit));
  if (block === undefined) return emitRaw(state, `content_block_delta:${name}`, payload, emit);
  if (type?.content) state.growing = block.text;
  type?.apply(block, delta, emit);
  if (type === signature) signEndedBlock(state, block, emit);
}

/** Some servers send an index as text. */
export function indexOf(value: JsonValue | undefined): Index {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : numberOf(value);
}

/** The type of a delta that has another name, or none: by its field. */
function typeBy(delta: JsonObject): DeltaType | undefined {
  if (nonEmptyText(delta['partial_json']) !== undefined) return input;
  if (thinkingText(delta) !== '') return thinking;
  return typeof delta['text'] === 'string' && Object.keys(delta).length <= 2 ? text : undefined;
}

function thinkingText(delta: JsonObject): string {
  return textOf(delta['thinking'] ?? delta['reasoning'] ?? delta['reasoning_content']);
}

/** Some servers send the input as JSON, not as text. */
function inputText(value: JsonValue | undefined): string {
  return isObject(value) ? writeJson(value) : textOf(value);
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
