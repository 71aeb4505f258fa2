import { isObject, listOf, nonEmptyText, textOf } from '../../../codecs/json/jsonFields.js';
import { wholeText } from '../../../codecs/text/growingText.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { OutputItem, TextKind } from './state.js';
import { saidText } from './texts.js';
import { joinParts, wholePart, wholeParts } from './wholeParts.js';

/** The fields without which an item cannot go back. */
const keptFields = ['type', 'id', 'role', 'name', 'call_id', 'encrypted_content'];

/** The item with the fields that it lacks and another form of it has. */
export function fillFields(item: JsonObject, other: JsonObject): JsonObject {
  const lacking = keptFields.filter((name) => textOf(item[name]) === '' && textOf(other[name]) !== '');
  return lacking.length === 0 ? item : { ...item, ...Object.fromEntries(lacking.map((name) => [name, other[name] ?? null])) };
}

/** How a part of each kind goes back. */
const toPart: Readonly<Record<TextKind, (text: string) => JsonObject>> = {
  text: (text) => ({ type: 'output_text', text, annotations: [] }),
  refusal: (refusal) => ({ type: 'refusal', refusal }),
  reasoning: (text) => ({ type: 'reasoning_text', text }),
  summary: (text) => ({ type: 'summary_text', text }),
};

/**
 * The native form of an item with the content that its events told, where the provider's own has less: the next turn says what the message
 * says. The same object if it lacks nothing.
 *
 * @param cut Whether the response was stopped inside the item.
 */
export function nativeItem(item: OutputItem, whole: JsonObject, cut: boolean): JsonObject {
  const { type, call } = item;
  let native = whole;
  const set = (fields: JsonObject): void => {
    native = { ...native, ...fields };
  };
  if (textOf(native['type']) === '' && type !== '') set({ type });
  if (type === 'message' && nonEmptyText(native['role']) === undefined) set({ role: 'assistant' });
  if (call?.identity) {
    const { field, name } = call.type;
    const text = wholeText(call.text);
    if (field && native[field] !== text && !(cut && textOf(native[field]).length > text.length)) set({ [field]: text });
    if (name === undefined && textOf(native['name']) === '') set({ name: call.identity.name });
  }
  const summary = fullerParts(item, native, 'summary', ['summary']);
  const content = fullerParts(item, native, 'content', ['text', 'refusal', 'reasoning']);
  if (summary) set({ summary });
  if (content) set({ content });
  return native;
}

/** The parts with the text that was told, if theirs is less. */
function fullerParts(
  item: OutputItem,
  native: JsonObject,
  field: 'content' | 'summary',
  kinds: readonly TextKind[],
): readonly JsonValue[] | undefined {
  const whole = wholeParts(native, item.type);
  const lacking = kinds.filter((kind) => {
    const said = saidText(item, kind);
    const own = joinParts(whole, kind);
    // Other items may have a content of another form.
    return said.length > own.length && said.startsWith(own) && !isElsewhere(whole, kind, said);
  });
  if (lacking.length === 0) return undefined;
  const kept = listOf(native[field]).filter((part) => {
    const kind = wholePart(part, item.type)?.kind;
    return kind === undefined || !lacking.includes(kind);
  });
  return [...kept, ...lacking.flatMap((kind) => toldParts(item, listOf(native[field]), kind))];
}

/** Some servers stream the reasoning as its summary, or the other way round. */
function isElsewhere(whole: ReturnType<typeof wholeParts>, kind: TextKind, said: string): boolean {
  const twin = kind === 'summary' ? 'reasoning' : 'summary';
  return (kind === 'summary' || kind === 'reasoning') && joinParts(whole, twin).startsWith(said);
}

/** One part keeps its other fields, for instance its annotations. */
function toldParts(item: OutputItem, parts: readonly JsonValue[], kind: TextKind): readonly JsonValue[] {
  const own = parts.filter((part) => wholePart(part, item.type)?.kind === kind).filter(isObject);
  const [only] = own;
  const said = saidText(item, kind);
  if (only !== undefined && own.length === 1) return [{ ...only, [kind === 'refusal' ? 'refusal' : 'text']: said }];
  return item.texts[kind].map(({ text }) => toPart[kind](wholeText(text)));
}
