import { isObject, nonEmptyText, numberOf } from '../../../codecs/json/jsonFields.js';
import type { JsonValue } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import type { TextPart } from './state.js';

/** Emits a citation of any type: of a page, of a file, of a container's file, or of a file's path. */
export function cite(part: TextPart, annotation: JsonValue | undefined, emit: Emit): void {
  if (!isObject(annotation)) return;
  part.citations++;
  emit({
    type: 'citation',
    block: part.block,
    choice: 0,
    url: nonEmptyText(annotation['url']),
    title: nonEmptyText(annotation['title']) ?? nonEmptyText(annotation['filename']),
    text: undefined,
    start: numberOf(annotation['start_index']),
    end: numberOf(annotation['end_index']),
    native: annotation,
  });
}

/** Emits the citations that only the whole text has. */
export function completeCitations(part: TextPart, annotations: readonly JsonValue[], emit: Emit): void {
  for (const annotation of annotations.slice(part.citations)) cite(part, annotation, emit);
}
