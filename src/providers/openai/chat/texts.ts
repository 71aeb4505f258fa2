import { isObject, objectOf } from '../../../codecs/json/jsonFields.js';
import { append, createGrowingText } from '../../../codecs/text/growingText.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { createTextBlock, type RefusalBlock, type TextBlock } from './blocks.js';
import { type ChatChoice, openBlock } from './state.js';

/** The current block if it is text, else a new one. */
export function textBlock(choice: ChatChoice): TextBlock {
  const { current } = choice;
  return current?.kind === 'text' ? current : openBlock(choice, createTextBlock(choice.blocks.length));
}

export function extendText(choice: ChatChoice, text: string, emit: Emit): void {
  if (text === '') return;
  const block = textBlock(choice);
  append(block.text, text);
  choice.growing = block.text;
  choice.hasText = true;
  emit({ type: 'text-delta', text, block: block.number, choice: choice.index, phase: 'answer' });
}

export function readRefusal(choice: ChatChoice, delta: JsonObject, emit: Emit): void {
  const text = delta['refusal'];
  if (typeof text !== 'string' || text === '') return;
  const block = refusalBlock(choice);
  append(block.text, text);
  choice.growing = block.text;
  choice.hasRefusal = true;
  emit({ type: 'refusal-delta', text, block: block.number, choice: choice.index });
}

function refusalBlock(choice: ChatChoice): RefusalBlock {
  const { current } = choice;
  if (current?.kind === 'refusal') return current;
  return openBlock(choice, { kind: 'refusal', number: choice.blocks.length, text: createGrowingText() });
}

/** Keeps an opaque field that must go back with the text: without text of its own it belongs to the text before it. */
export function readExtraContent(choice: ChatChoice, delta: JsonObject): void {
  const extra: JsonValue | undefined = delta['extra_content'];
  if (extra === undefined || extra === null || (isObject(extra) && objectOf(extra['google'])['thought'] === true)) return;
  latestText(choice).extraContent = extra;
}

function latestText(choice: ChatChoice): TextBlock {
  for (let at = choice.blocks.length - 1; at >= choice.endedBlocks; at--) {
    const block = choice.blocks[at];
    if (block?.kind === 'text') return block;
  }
  return textBlock(choice);
}
