import { isObject, nonEmptyText, objectOf, textOf } from '../../../codecs/json/jsonFields.js';
import { createGrowingText, wholeText } from '../../../codecs/text/growingText.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { emitCitation } from './annotations.js';
import type { OpaqueBlock } from './blocks.js';
import { endOpaque, readImage } from './files.js';
import { emitThought, readThinkingPart } from './reasoning.js';
import { type ChatChoice, openBlock, touch } from './state.js';
import { extendText, readRefusal, textBlock } from './texts.js';

/** Reads the content of a delta: text, or a list of parts as Mistral sends it. */
export function readContent(choice: ChatChoice, delta: JsonObject, emit: Emit): void {
  const content = delta['content'] ?? delta['text'];
  if (typeof content === 'string') readText(choice, content, delta, emit);
  else if (Array.isArray(content)) for (const part of content) readPart(choice, part, emit);
  else if (isObject(content)) readPart(choice, content, emit);
}

const thoughtBegin = '<thought>';
const thoughtEnd = '</thought>';

/** Gemini's OpenAI endpoint flags reasoning, and also marks it in the text: the closing mark begins the first text without the flag. */
function readText(choice: ChatChoice, text: string, { extra_content: extra }: JsonObject, emit: Emit): void {
  if (text !== '' && isObject(extra) && isThought(extra)) {
    const begins = !choice.inThought && text.startsWith(thoughtBegin);
    const ends = text.endsWith(thoughtEnd);
    choice.inThought = true;
    return emitThought(choice, text.slice(begins ? thoughtBegin.length : 0, ends ? -thoughtEnd.length : undefined), emit);
  }
  if (!choice.inThought || text === '') return extendText(choice, text, emit);
  choice.inThought = false;
  extendText(choice, text.startsWith(thoughtEnd) ? text.slice(thoughtEnd.length) : text, emit);
  // Another text would not lose its beginning.
  touch(choice);
}

function isThought(extra: JsonObject): boolean {
  return objectOf(extra['google'])['thought'] === true;
}

type PartReader = (choice: ChatChoice, part: JsonObject, emit: Emit) => void;

const partReaders: ReadonlyMap<string, PartReader> = new Map<string, PartReader>([
  ['text', readTextPart],
  ['output_text', readTextPart],
  ['text_delta', readTextPart],
  ['refusal', (choice, part, emit) => readRefusal(choice, part, emit)],
  ['reference', readReference],
  ['image_url', (choice, part, emit) => readImage(choice, part, { content: [part] }, emit)],
  ...'thinking reasoning thought redacted_thinking reasoning_content reasoning_text summary_text thinking_delta'
    .split(' ')
    .map((type) => [type, readThinkingPart] as const),
]);

function readPart(choice: ChatChoice, part: JsonValue, emit: Emit): void {
  if (!isObject(part)) return extendText(choice, textOf(part), emit);
  const type = textOf(part['type']) || (part['text'] === undefined ? '' : 'text');
  const read = part['thought'] === true ? readThinkingPart : (partReaders.get(type) ?? readUnknownPart);
  read(choice, part, emit);
}

function readTextPart(choice: ChatChoice, part: JsonObject, emit: Emit): void {
  const text = textOf(part['text']) || textOf(objectOf(part['text'])['value']);
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
  touch(choice);
  const native = { content: [part] };
  const block = openBlock<OpaqueBlock>(choice, { kind: 'other', number: choice.blocks.length, type, native });
  emit({ type: 'raw', provider: 'openai', name: `content.${type}`, data: part });
  endOpaque(choice, block, emit);
}
