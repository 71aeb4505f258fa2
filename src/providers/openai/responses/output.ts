import { isObject } from '../../../codecs/json/jsonFields.js';
import { wholeText } from '../../../codecs/text/growingText.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { endItem } from './itemEnd.js';
import { openItem } from './items.js';
import type { OutputItem, ResponsesState, TextKind } from './state.js';

/** Ends the open items as the output of the whole response has them, and emits the items that only the output has. */
export function endOutput(state: ResponsesState, output: readonly JsonValue[], cut: boolean, emit: Emit): void {
  const natives = output.filter(isObject);
  const known = matchItems(state.items, natives);
  for (const native of natives) {
    endItem(state, known.get(native) ?? openItem(state, undefined, native, emit), native, cut, emit);
  }
  for (const item of state.items) endItem(state, item, rebuildItem(item), cut, emit);
}

/**
 * Finds the known items in the output: by id, else (a gateway may change ids) the first of the same type. Positions do not match, because
 * the output may lack items.
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

/** Builds the native form of an item from its deltas, for a provider that never sends it whole. */
function rebuildItem({ added, call, texts }: OutputItem): JsonObject {
  const content = [
    ...partsOf(texts.text, (text) => ({ type: 'output_text', text, annotations: [] })),
    ...partsOf(texts.refusal, (refusal) => ({ type: 'refusal', refusal })),
    ...partsOf(texts.reasoning, (text) => ({ type: 'reasoning_text', text })),
  ];
  const summary = partsOf(texts.summary, (text) => ({ type: 'summary_text', text }));
  return {
    ...added,
    ...(content.length > 0 && { content }),
    ...(summary.length > 0 && { summary }),
    ...(call?.type.field && { [call.type.field]: wholeText(call.text) }),
  };
}

function partsOf(parts: OutputItem['texts'][TextKind], toPart: (text: string) => JsonObject): readonly JsonValue[] {
  return [...parts.values()].map(({ text }) => toPart(wholeText(text)));
}
