import { isObject, listOf, nonEmptyText, numberOf, objectOf } from '../../../codecs/json/jsonFields.js';
import { writeJson } from '../../../codecs/json/writeJson.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { type ChatChoice, type ChatState, choiceOf } from './state.js';
import { textBlock } from './texts.js';

/** Reads `annotations`, which belong to the text. Some servers repeat them. */
export function readAnnotations(state: ChatState, choice: ChatChoice, delta: JsonObject, emit: Emit): void {
  const { annotations } = delta;
  if (!Array.isArray(annotations)) return;
  for (const annotation of annotations) {
    if (!isObject(annotation) || !isNew(state, choice.index + writeJson(annotation))) continue;
    const block = textBlock(choice);
    block.annotations ??= [];
    block.annotations.push(annotation);
    emitCitation(choice, block.number, objectOf(annotation['url_citation']), annotation, emit);
  }
}

/** Reads the list of sources that xAI and Perplexity send beside the choices. They repeat it, so each address is emitted once. */
export function readCitations(state: ChatState, payload: JsonObject, emit: Emit): void {
  const { citations } = payload;
  if (!Array.isArray(citations)) return;
  const choice = choiceOf(state, 0);
  for (const native of citations) {
    const source = isObject(native) ? native : { url: native };
    const url = nonEmptyText(source['url']);
    if (url === undefined || !isNew(state, url)) continue;
    emitCitation(choice, latestText(choice), source, native, emit);
  }
}

function isNew(state: ChatState, source: string): boolean {
  state.cited ??= new Set();
  return state.cited.size < state.cited.add(source).size;
}

export function emitCitation(choice: ChatChoice, block: number, source: JsonObject, native: JsonValue, emit: Emit): void {
  emit({
    type: 'citation',
    block,
    choice: choice.index,
    url: nonEmptyText(source['url']),
    title: nonEmptyText(source['title']),
    text: nonEmptyText(source['content']),
    start: numberOf(source['start_index']),
    end: numberOf(source['end_index']),
    native,
  });
}

/** Reads the log-probabilities of the tokens of the current block. */
export function readLogprobs(choice: ChatChoice, logprobs: JsonObject, emit: Emit): void {
  for (const tokens of [listOf(logprobs['content']), listOf(logprobs['refusal'])]) {
    if (tokens.length > 0) emit({ type: 'logprobs', block: choice.current?.number ?? 0, choice: choice.index, tokens });
  }
}

function latestText({ blocks }: ChatChoice): number {
  return blocks.findLast((block) => block.kind === 'text')?.number ?? 0;
}
