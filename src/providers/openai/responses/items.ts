import { nonEmptyText, objectOf, textOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { openCall } from './calls.js';
import { ensureStarted } from './start.js';
import type { Index, ItemCall, OutputItem, ResponsesState } from './state.js';

/** Opens an item as `response.output_item.added` sends it, or with the fields that are known of it. */
export function openItem(state: ResponsesState, index: Index, added: JsonObject, emit: Emit): OutputItem {
  ensureStarted(state, emit);
  const item: OutputItem = {
    type: textOf(added['type']),
    added,
    native: undefined,
    block: undefined,
    fileBlock: undefined,
    call: undefined,
    phase: added['phase'] === 'commentary' ? 'commentary' : 'answer',
    texts: { text: new Map(), refusal: new Map(), reasoning: new Map(), summary: new Map() },
  };
  state.items.push(item);
  state.byIndex.set(index, item);
  noteContainer(state, added);
  openCall(state, item, emit);
  return item;
}

/** The item that an event refers to: by its index; without an index, the latest one; else a new one. */
export function itemOf(state: ResponsesState, index: Index, type: string, emit: Emit): OutputItem {
  const item = state.byIndex.get(index) ?? (index === undefined ? state.items.at(-1) : undefined);
  return item ?? openItem(state, index, { type }, emit);
}

/** The call that an event refers to. @param type The type of its item. */
export function callOf(state: ResponsesState, index: Index, type: string, emit: Emit): ItemCall | undefined {
  return itemOf(state, index, type, emit).call ?? openItem(state, index, { type }, emit).call;
}

/** Notes the container in which the provider runs the model's code. */
export function noteContainer(state: ResponsesState, item: JsonObject): void {
  const container = nonEmptyText(item['container_id']) ?? nonEmptyText(objectOf(item['environment'])['container_id']);
  state.container = container ?? state.container;
}
