import { isObject, nonEmptyText, numberOf, objectOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { type ChatChoice, type ChatState, choiceOf } from './state.js';
import { textBlock } from './texts.js';

/** Reads `annotations`, which belong to the text. */
export function readAnnotations(choice: ChatChoice, delta: JsonObject, emit: Emit): void {
  const { annotations } = delta;
  if (!Array.isArray(annotations)) return;
  for (const annotation of annotations) {
    if (!isObject(annotation)) continue;
    const block = textBlock(choice);
    block.annotations ??= [];
    block.annotations.push(annotation);
    emitCitation(choice, block.number, objectOf(annotation['url_citation']), annotation, emit);
  }
}

/** Reads the list of addresses that xAI and Perplexity send beside the choices, there again and again. */
export function readCitations(state: ChatState, payload: JsonObject, emit: Emit): void {
  const { citations } = payload;
  if (!Array.isArray(citations)) return;
  const choice = choiceOf(state, 0);
  for (const native of citations) {
    const source = isObject(native) ? native : { url: native };
    const url = nonEmptyText(source['url']);
    if (url === undefined || state.citedUrls?.has(url)) continue;
    state.citedUrls ??= new Set();
    state.citedUrls.add(url);
    emitCitation(choice, latestText(choice), source, native, emit);
  }
}

function latestText({ blocks }: ChatChoice): number {
  return blocks.findLast((block) => block.kind === 'text')?.number ?? 0;
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
