import { nonEmptyText, numberOf, objectOf } from '../../codecs/json/jsonFields.js';
import { append } from '../../codecs/text/growingText.js';
import type { JsonValue } from '../../events.js';
import type { Emit } from '../wire/wireFormat.js';
import type { ContentBlock } from './state.js';

// The content of a block, which comes in its deltas and may come in its start. Empty text emits nothing.

export function extendText(block: ContentBlock, text: string, emit: Emit): void {
  if (text === '') return;
  append(block.text, text);
  emit({ type: 'text-delta', text, block: block.number, choice: 0, phase: 'answer' });
}

export function extendThinking(block: ContentBlock, text: string, emit: Emit): void {
  if (text === '') return;
  append(block.text, text);
  emit({ type: 'reasoning-delta', text, block: block.number, choice: 0 });
}

export function extendInput(block: ContentBlock, argumentsText: string, emit: Emit): void {
  if (argumentsText === '') return;
  if (argumentsText.startsWith('{')) {
    block.earlier = block.beginning;
    block.beginning = block.text.length;
  }
  append(block.text, argumentsText);
  if (block.call === undefined) return;
  emit({ type: 'tool-call-delta', callId: block.call.callId, argumentsText, block: block.number, choice: 0 });
}

/** Emits a citation of any location type. Its `start` and `end` count characters, pages or blocks, depending on the native type. */
export function emitCitation(native: JsonValue, block: number, emit: Emit): void {
  const location = objectOf(native);
  emit({
    type: 'citation',
    block,
    choice: 0,
    url: nonEmptyText(location['url']) ?? nonEmptyText(location['source']),
    title: nonEmptyText(location['title']) ?? nonEmptyText(location['document_title']),
    text: nonEmptyText(location['cited_text']),
    start: firstNumber(location['start_char_index'], location['start_page_number'], location['start_block_index']),
    end: firstNumber(location['end_char_index'], location['end_page_number'], location['end_block_index']),
    native,
  });
}

function firstNumber(...values: readonly (JsonValue | undefined)[]): number | undefined {
  return values.map(numberOf).find((value) => value !== undefined);
}
