import { isObject, nonEmptyText, textOf } from '../../../codecs/json/jsonFields.js';
import { createGrowingText, wholeText } from '../../../codecs/text/growingText.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { emitCitation } from './annotations.js';
import { readImage } from './files.js';
import { readThinkingPart } from './reasoning.js';
import { type ChatChoice, openBlock } from './state.js';
import { extendText, textBlock } from './texts.js';

/** Reads the content of a delta: text, or a list of parts as Mistral sends it. */
export function readContent(choice: ChatChoice, delta: JsonObject, emit: Emit): void {
  const { content } = delta;
  if (typeof content === 'string') extendText(choice, content, emit);
  else if (Array.isArray(content)) for (const part of content) readPart(choice, part, emit);
}

type PartReader = (choice: ChatChoice, part: JsonObject, emit: Emit) => void;

const partReaders: ReadonlyMap<string, PartReader> = new Map<string, PartReader>([
  ['text', readTextPart],
  ['thinking', readThinkingPart],
  ['reference', readReference],
  ['image_url', (choice, part, emit) => readImage(choice, part, { content: [part] }, emit)],
]);

function readPart(choice: ChatChoice, part: JsonValue, emit: Emit): void {
  if (!isObject(part)) return extendText(choice, textOf(part), emit);
  const read = partReaders.get(textOf(part['type'])) ?? readUnknownPart;
  read(choice, part, emit);
}

function readTextPart(choice: ChatChoice, part: JsonObject, emit: Emit): void {
  const text = textOf(part['text']);
  if (text === '') return;
  textBlock(choice).parts ??= [];
  extendText(choice, text, emit);
}

/** A reference is placed between pieces of text, and must go back in the same place. */
function readReference(choice: ChatChoice, part: JsonObject, emit: Emit): void {
  const block = textBlock(choice);
  block.parts ??= [];
  if (block.text.length > 0) block.parts.push({ type: 'text', text: wholeText(block.text) });
  block.text = createGrowingText();
  block.parts.push(part);
  emitCitation(choice, block.number, {}, part, emit);
}

function readUnknownPart(choice: ChatChoice, part: JsonObject, emit: Emit): void {
  const type = nonEmptyText(part['type']) ?? 'unknown';
  openBlock(choice, { kind: 'other', number: choice.blocks.length, type, native: { content: [part] } });
  emit({ type: 'raw', provider: 'openai', name: `content.${type}`, data: part });
}
