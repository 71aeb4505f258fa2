import { isObject, nonEmptyText } from '../../../codecs/json/jsonFields.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { amendItem, endItem } from './itemEnd.js';
import { extendsItem } from './itemEvents.js';
import { fits, openItem } from './items.js';
import type { OutputItem, ResponsesState } from './state.js';

/** Ends the open items as the output of the whole response has them, and emits the items that only the output has. */
export function endOutput(state: ResponsesState, output: readonly JsonValue[], cut: boolean, emit: Emit): void {
  const natives = output.filter(isObject);
  const known = matchItems(state.items, natives);
  for (const native of natives) {
    const item = known.get(native) ?? openItem(state, undefined, native, emit);
    if (item.native) amendItem(state, item, native, emit);
    else endItem(state, item, native, cut, emit);
  }
  for (const item of state.items) {
    if (item.native === undefined) endItem(state, item, endedForm(item, cut), cut, emit);
    else if (item.late) amendItem(state, item, {}, emit);
  }
}

/** The form of an item that no event has whole. */
function endedForm({ added }: OutputItem, cut: boolean): JsonObject {
  return added['status'] === 'in_progress' ? { ...added, status: cut ? 'incomplete' : 'completed' } : added;
}

type IsSame = (item: OutputItem, native: JsonObject) => boolean;

/**
 * Finds the known items in the output: by id, else (a gateway may change ids) by content, else the first of the same type. Positions do not
 * match, because the output may lack items.
 */
function matchItems(items: readonly OutputItem[], natives: readonly JsonObject[]): ReadonlyMap<JsonObject, OutputItem> {
  const matches = new Map<JsonObject, OutputItem>();
  const unmatched = new Set(items);
  const match = (isSame: IsSame): void => {
    for (const native of natives) {
      if (unmatched.size === 0) return;
      if (matches.has(native)) continue;
      for (const item of unmatched) {
        if (!fits(item, nonEmptyText(native['type']) ?? '') || !isSame(item, native)) continue;
        matches.set(native, item);
        unmatched.delete(item);
        break;
      }
    }
  };
  match(({ id }, native) => id !== undefined && id === native['id']);
  match(({ added, native: { call_id: id } = added }, native) => nonEmptyText(id) !== undefined && id === native['call_id']);
  match((item, native) => item.type === native['type'] && extendsItem(item, native, true));
  match(({ type }, native) => type === native['type']);
  return matches;
}
