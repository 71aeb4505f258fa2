import { nonEmptyText, numberOf, objectOf, textOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { openCall } from './calls.js';
import { callTypes } from './callTypes.js';
import { ensureStarted } from './start.js';
import type { Index, OutputItem, ResponsesState } from './state.js';

/** Opens an item as `response.output_item.added` sends it, or with the fields that are known of it. */
export function openItem(state: ResponsesState, index: Index, added: JsonObject, emit: Emit): OutputItem {
  ensureStarted(state, emit);
  const item: OutputItem = {
    type: textOf(added['type']),
    index,
    id: undefined,
    announced: false,
    added,
    native: undefined,
    held: false,
    late: false,
    block: undefined,
    fileBlock: undefined,
    call: undefined,
    phase: added['phase'] === 'commentary' ? 'commentary' : 'answer',
    announcedPart: undefined,
    texts: { text: [], refusal: [], reasoning: [], summary: [] },
  };
  state.items.push(item);
  if (index !== undefined) state.byIndex.set(index, item);
  noteIds(state, item, added);
  noteContainer(state, added);
  openCall(state, item, emit);
  return item;
}

/**
 * The item that an event refers to: by its index, else by its id, else the latest open one of that type, else a new one.
 *
 * @param type The type of the items that have such events.
 */
export function itemOf(state: ResponsesState, payload: JsonObject, type: string, emit: Emit): OutputItem {
  const index = indexOf(payload['output_index']);
  const id = nonEmptyText(payload['item_id']) ?? nonEmptyText(payload['call_id']);
  const item = findItem(state, index, id, type) ?? openItem(state, index, implied(type, payload), emit);
  if (item.type === '') adoptType(state, item, type, emit);
  return item;
}

/** The type of the item that an event names by its index or id; empty if none is known. */
export function typeAt({ byIndex, byId }: ResponsesState, payload: JsonObject): string {
  const index = indexOf(payload['output_index']);
  const item = index === undefined ? byId.get(textOf(payload['item_id'])) : byIndex.get(index);
  return item?.type ?? '';
}

/** An item that only its events are known of. */
function implied(type: string, { item_id: id, call_id: callId }: JsonObject): JsonObject {
  return { type, ...(nonEmptyText(id) && { id: textOf(id) }), ...(nonEmptyText(callId) && { call_id: textOf(callId) }) };
}

/** A server that knows only the event may send an item without its type. */
function adoptType(state: ResponsesState, item: OutputItem, type: string, emit: Emit): void {
  item.type = type;
  item.added = { ...item.added, type };
  openCall(state, item, emit);
}

function findItem(state: ResponsesState, index: Index, id: string | undefined, type: string): OutputItem | undefined {
  const placed = index === undefined ? undefined : state.byIndex.get(index);
  const named = id === undefined ? undefined : state.byId.get(id);
  if (placed && fits(placed, type)) {
    if (id === undefined || id === placed.id) return placed;
    // An index that several items share.
    if (named && !named.native && fits(named, type)) return named;
    if (!placed.native || placed.id === undefined || state.idsChange) return matched(state, placed, id);
    return undefined;
  }
  if (named && fits(named, type) && (index === undefined || named.index === undefined || !named.native)) return named;
  return latestOpen(state, index, id, type);
}

function latestOpen({ items }: ResponsesState, index: Index, id: string | undefined, type: string): OutputItem | undefined {
  const item = items.findLast((candidate) => {
    const isOpen = candidate.native === undefined && (candidate.type === type || candidate.type === '');
    return isOpen && mayHave(candidate, index);
  });
  // Where nothing announces the items, another id means another item.
  const isAnother = id !== undefined && item?.id !== undefined && id !== item.id && !item.announced;
  return isAnother ? undefined : item;
}

/** Whether an item may have that index: some servers send it only with some events. */
export function mayHave(item: OutputItem, index: Index): boolean {
  return index === undefined || item.index === undefined || item.index === index;
}

/** Notes the id of an event that belongs to the item by its index. */
export function matched(state: ResponsesState, item: OutputItem, id: string): OutputItem {
  if (item.id === undefined) noteIds(state, item, { id });
  else state.idsChange = true;
  return item;
}

/** Whether events of an item type can belong to an item: text may be in an item of unknown type. */
export function fits({ type }: OutputItem, wanted: string): boolean {
  if (wanted === '' || type === '' || type === wanted) return true;
  return callTypes.has(wanted) ? callTypes.has(type) : !callTypes.has(type) && type !== 'message' && type !== 'reasoning';
}

/** Some servers send an index as text. */
export function indexOf(value: JsonValue | undefined): Index {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : numberOf(value);
}

/** The call id of a call. A result has one too, which is that of its call. */
export function callIdOf(native: JsonObject): string | undefined {
  return callTypes.has(textOf(native['type'])) ? nonEmptyText(native['call_id']) : undefined;
}

/** Notes the ids by which later events may refer to the item. */
export function noteIds(state: ResponsesState, item: OutputItem, native: JsonObject): void {
  const id = nonEmptyText(native['id']);
  item.id ??= id;
  for (const known of [id, callIdOf(native)]) {
    if (known === undefined) continue;
    const other = state.byId.has(known) && state.byId.get(known) !== item;
    state.byId.set(known, other ? undefined : item);
  }
}

/** Notes the container in which the provider runs the model's code. */
export function noteContainer(state: ResponsesState, item: JsonObject): void {
  const container = nonEmptyText(item['container_id']) ?? nonEmptyText(objectOf(item['environment'])['container_id']);
  state.container = container ?? state.container;
}
