import { nonEmptyText, numberOf, objectOf } from '../../codecs/json/jsonFields.js';
import type { JsonValue } from '../../events.js';
import type { Emit } from '../wire/wireFormat.js';

/** Emits a citation of any location type; `start` and `end` count characters, pages or blocks, as its native type says. */
export function emitCitation(native: JsonValue, block: number, emit: Emit): void {
  const location = objectOf(native);
  const source = nonEmptyText(location['url']) ?? nonEmptyText(location['source']);
  emit({
    type: 'citation',
    block,
    choice: 0,
    url: source,
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
