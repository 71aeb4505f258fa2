import { isObject } from '../../../codecs/json/jsonFields.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { endItem } from './endings.js';
import { openItem } from './items.js';
import { rebuildItem } from './rebuild.js';
import type { OutputItem, ResponsesState } from './state.js';

/** Ends what is open as the whole response gives it, and says the items that only it has. */
export function endOutput(state: ResponsesState, output: readonly JsonValue[], cut: boolean, emit: Emit): void {
  const natives = output.filter(isObject);
  const known = matchItems(state.items, natives);
  for (const native of natives) {
    endItem(state, known.get(native) ?? openItem(state, undefined, native, emit), native, cut, emit);
  }
  for (const item of state.items) endItem(state, item, rebuildItem(item), cut, emit);
}

/**
 * Tells which of the response's items we have seen: by id, and where a gateway changes ids the first of the same type. Their
 * positions tell nothing, because the whole response may leave items out.
 */
function matchItems(items: readonly OutputItem[], natives: readonly JsonObject[]): ReadonlyMap<JsonObject, OutputItem> {
  const matches = new Map<JsonObject, OutputItem>();
  const unmatched = new Set(items);
  const match = (isSame: (item: OutputItem, native: JsonObject) => boolean): void => {
    for (const native of natives) {
      const item = matches.has(native) ? undefined : [...unmatched].find((candidate) => isSame(candidate, native));
      if (item === undefined) continue;
      matches.set(native, item);
      unmatched.delete(item);
    }
  };
  match(({ added, native: { id } = added }, native) => id !== undefined && id === native['id']);
  match(({ type }, native) => type === native['type']);
  return matches;
}
