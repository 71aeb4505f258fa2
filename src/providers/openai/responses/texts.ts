import { isObject, nonEmptyText, numberOf } from '../../../codecs/json/jsonFields.js';
import { append, createGrowingText, wholeText } from '../../../codecs/text/growingText.js';
import type { DeltaEvent, JsonObject, JsonValue } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { type Index, type OutputItem, openBlock, type ResponsesState, type TextKind, type TextPart } from './state.js';
import { joinParts, type WholePart, wholeParts } from './wholeParts.js';

const deltas: Readonly<Record<TextKind, (part: TextPart, text: string) => DeltaEvent>> = {
  text: ({ block, phase }, text) => ({ type: 'text-delta', text, block, choice: 0, phase }),
  refusal: ({ block }, text) => ({ type: 'refusal-delta', text, block, choice: 0 }),
  reasoning: ({ block }, text) => ({ type: 'reasoning-delta', text, block, choice: 0 }),
  summary: ({ block }, text) => ({ type: 'reasoning-delta', text, block, choice: 0 }),
};

/**
 * The part that a delta extends. Its index identifies it only where a part began under it: else the text goes on in the latest part, unless
 * that was ended or another one was announced.
 */
export function growingPart(state: ResponsesState, item: OutputItem, kind: TextKind, index: Index): TextPart {
  if (item.announcedPart?.kind !== kind) {
    const known = knownPart(item, kind, index);
    if (known && (index === undefined || known.index === index || !known.closed)) return known;
  }
  return openPart(state, item, kind, index);
}

/** The part that an event without a delta refers to: the one that began under its index, else the latest one. */
export function knownPart(item: OutputItem, kind: TextKind, index: Index): TextPart | undefined {
  const parts = item.texts[kind];
  const latest = parts.at(-1);
  if (latest === undefined || latest.index === index || index === undefined) return latest;
  return parts.find((part) => part.index === index) ?? latest;
}

export function openPart(state: ResponsesState, item: OutputItem, kind: TextKind, index: Index): TextPart {
  if (item.announcedPart?.kind === kind) item.announcedPart = undefined;
  const part: TextPart = {
    kind,
    block: openBlock(state, item),
    phase: item.phase,
    index,
    text: createGrowingText(),
    citations: 0,
    repeated: undefined,
    closed: false,
  };
  item.texts[kind].push(part);
  return part;
}

/** Emits the text of an announced part that neither a delta nor an end has told. */
export function tellAnnounced(state: ResponsesState, item: OutputItem, emit: Emit): void {
  const { announcedPart: part } = item;
  if (part?.text) extendText(openPart(state, item, part.kind, part.index), part.text, emit);
}

export function extendText(part: TextPart, text: string, emit: Emit): void {
  if (text === '') return;
  part.repeated = undefined;
  append(part.text, text);
  emit(deltas[part.kind](part, text));
}

/** The text of an item so far. */
export function saidText({ texts }: OutputItem, kind: TextKind): string {
  return texts[kind].map(({ text }) => wholeText(text)).join('');
}

/** Emits the end of a whole text that the deltas lack: the text of the part, or of the whole item. If it contradicts the deltas, they stand. */
export function completeText(item: OutputItem, part: TextPart, whole: string, emit: Emit): void {
  if (whole.startsWith(wholeText(part.text))) return extendText(part, whole.slice(part.text.length), emit);
  const said = saidText(item, part.kind);
  if (part === item.texts[part.kind].at(-1) && whole.startsWith(said)) extendText(part, whole.slice(said.length), emit);
}

/**
 * Emits the texts and the citations of a whole item that its deltas lack. All texts of a kind are compared as one, because servers number the
 * parts as they please.
 */
export function completeTexts(state: ResponsesState, item: OutputItem, native: JsonObject, emit: Emit): void {
  const parts = wholeParts(native, item.type);
  for (const kind of textKinds) completeKind(state, item, kind, parts, emit);
}

export const textKinds = ['summary', 'text', 'refusal', 'reasoning'] as const;

/** Some servers give the reasoning as its summary too. */
const twins: Readonly<Record<TextKind, TextKind | undefined>> = {
  summary: 'reasoning',
  reasoning: 'summary',
  text: undefined,
  refusal: undefined,
};

/** Whether a text was given as text of another kind. */
function isTwin(item: OutputItem, kind: TextKind, text: string): boolean {
  const twin = twins[kind];
  return twin !== undefined && item.texts[kind].length === 0 && saidText(item, twin).startsWith(text);
}

function completeKind(state: ResponsesState, item: OutputItem, kind: TextKind, parts: readonly WholePart[], emit: Emit): void {
  const whole = joinParts(parts, kind);
  const said = saidText(item, kind);
  if (isTwin(item, kind, whole)) return;
  const isMore = whole.startsWith(said);
  const cited = item.texts[kind].reduce((count, { citations }) => count + citations, 0);
  let offset = 0;
  let citation = 0;
  for (const { kind: own, text, annotations } of parts) {
    if (own !== kind) continue;
    const end = offset + text.length;
    if (isMore && end > said.length) {
      const isRest = offset < said.length || (said === '' && offset === 0);
      const known = isRest ? item.texts[kind].at(-1) : undefined;
      const part = known ?? openPart(state, item, kind, undefined);
      extendText(part, text.slice(Math.max(0, said.length - offset)), emit);
      if (!known) part.repeated = 0;
    }
    offset = end;
    if (annotations.length === 0) continue;
    const part = partAt(item, kind, end) ?? openPart(state, item, kind, undefined);
    for (const annotation of annotations) if (citation++ >= cited) emitCitation(part, annotation, emit);
  }
}

/** The part in which the text up to an offset ends. */
function partAt({ texts }: OutputItem, kind: TextKind, offset: number): TextPart | undefined {
  let end = 0;
  return (
    texts[kind].find(({ text }) => {
      end += text.length;
      return end >= offset;
    }) ?? texts[kind].at(-1)
  );
}

/** Emits a citation of any type: of a page, of a file, of a container's file, or of a file's path. */
export function emitCitation(part: TextPart, annotation: JsonValue | undefined, emit: Emit): void {
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
