import { nonEmptyText, objectOf, textOf } from '../../../codecs/json/jsonFields.js';
import { wholeText } from '../../../codecs/text/growingText.js';
import type { JsonObject } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { isOutput, nameCall, openCall } from './calls.js';
import { amendItem, endItem } from './itemEnd.js';
import { callIdOf, fits, indexOf, matched, mayHave, noteIds, openItem } from './items.js';
import type { Index, OutputItem, ResponsesState } from './state.js';
import { saidText, textKinds } from './texts.js';
import { joinParts, wholeParts } from './wholeParts.js';

export function decodeItemAdded(state: ResponsesState, payload: JsonObject, emit: Emit): void {
  const added = objectOf(payload['item']);
  const index = indexOf(payload['output_index']);
  const known = announcedItem(state, index, added);
  if (known === undefined) openItem(state, index, added, emit).announced = true;
  else if (known.native === undefined) announceAgain(state, known, added, emit);
}

/** The item that an announcement repeats, or that began before it. */
function announcedItem(state: ResponsesState, index: Index, added: JsonObject): OutputItem | undefined {
  const id = nonEmptyText(added['id']) ?? callIdOf(added);
  const item = index === undefined ? state.byId.get(id ?? '') : state.byIndex.get(index);
  if (item === undefined || (item.type !== '' && item.type !== textOf(added['type']))) return undefined;
  const isSame = id !== undefined && (id === item.id || state.byId.get(id) === item);
  if (item.native) return isSame && index !== undefined ? item : undefined;
  const isUnnamed = id === undefined || item.id === undefined;
  return isSame || (isUnnamed && (!item.announced || item.block === undefined)) ? item : undefined;
}

function announceAgain(state: ResponsesState, item: OutputItem, added: JsonObject, emit: Emit): void {
  item.announced = true;
  item.added = { ...item.added, ...added };
  noteIds(state, item, added);
  if (item.type === '') {
    item.type = textOf(added['type']);
    openCall(state, item, emit);
  } else if (item.call) nameCall(state, item.call, item.added, emit);
}

export function decodeItemDone(state: ResponsesState, payload: JsonObject, emit: Emit): void {
  const native = objectOf(payload['item']);
  const index = indexOf(payload['output_index']);
  const id = nonEmptyText(native['id']) ?? nonEmptyText(payload['item_id']);
  const item = endingItem(state, index, id, native);
  if (isOutput(textOf(native['type']))) endHeldCall(state, textOf(native['call_id']), emit);
  if (item?.native) amendItem(state, item, native, emit);
  else endItem(state, item ?? openItem(state, index, native, emit), native, undefined, emit);
}

/** The result of a call shows that its arguments were all. */
function endHeldCall(state: ResponsesState, callId: string, emit: Emit): void {
  const item = state.byId.get(callId);
  if (item?.held) endItem(state, item, item.added, false, emit);
}

/** The item that a whole item ends, or repeats: by its index, else by an id, else the open one of its type that its content extends. */
function endingItem(state: ResponsesState, index: Index, id: string | undefined, native: JsonObject): OutputItem | undefined {
  const type = textOf(native['type']);
  const placed = index === undefined ? undefined : state.byIndex.get(index);
  const named = namedItem(state, id, native, type);
  if (placed && fits(placed, type)) {
    if (placed.native || placed.held) {
      if (isRepeat(state, placed, id, native)) return placed;
    } else if (id === undefined || id === placed.id || named === undefined || named.native) {
      return id === undefined || id === placed.id ? placed : matched(state, placed, id);
    }
  }
  if (named && ((!named.native && !named.held) || mayHave(named, index))) return named;
  if ((placed?.native || placed?.held) && fits(placed, type)) return undefined;
  return openMatch(state, index, native, type);
}

function namedItem(state: ResponsesState, id: string | undefined, native: JsonObject, type: string): OutputItem | undefined {
  const item = state.byId.get(id ?? '') ?? state.byId.get(callIdOf(native) ?? '');
  return item && fits(item, type) ? item : undefined;
}

/** Whether a whole item repeats one that has ended. */
function isRepeat(state: ResponsesState, item: OutputItem, id: string | undefined, native: JsonObject): boolean {
  if (id !== undefined && id === item.id) return true;
  if (id !== undefined && item.id !== undefined && !state.idsChange) return false;
  return extendsItem(item, native, !item.held);
}

function openMatch(state: ResponsesState, index: Index, native: JsonObject, type: string): OutputItem | undefined {
  const open = state.items.filter(
    (item) => item.native === undefined && (item.type === type || item.type === '') && mayHave(item, index),
  );
  return (
    open.find((item) => extendsItem(item, native, true)) ?? open.find((item) => extendsItem(item, native, false)) ?? open.at(-1)
  );
}

/** Whether a whole item extends the content of an item so far. @param said Whether there must be some. */
export function extendsItem(item: OutputItem, native: JsonObject, said: boolean): boolean {
  const { call } = item;
  if (call) {
    const name = textOf(native['name']);
    if (name !== '' && call.identity !== undefined && name !== call.identity.name) return false;
    const text = wholeText(call.text);
    return (text !== '' || !said) && call.type.argumentsText(native).startsWith(text);
  }
  const parts = wholeParts(native, item.type);
  const texts = textKinds.map((kind) => [saidText(item, kind), joinParts(parts, kind)] as const);
  return texts.every(([text, whole]) => whole.startsWith(text)) && (!said || texts.some(([text]) => text !== ''));
}
