import type {
  BlockEndEvent,
  CitationEvent,
  LogprobsEvent,
  ReasoningDeltaEvent,
  RefusalDeltaEvent,
  TextDeltaEvent,
} from '../../../events.js';
import { checkBytes } from '../bounds.js';
import { addPart, type EncoderState, type OpenText, put, type TextKind } from './encoderState.js';
import { type PartNote, peerMetadata, toNativeNote } from './notes.js';

/** A longer text is not held: its native form has it once more. */
const heldText = 64 * 1024;

type TextEvent = TextDeltaEvent | ReasoningDeltaEvent | RefusalDeltaEvent;
/** A text can begin with what belongs to it. */
type EarlyEvent = CitationEvent | LogprobsEvent;

const kinds = { 'text-delta': 'text', 'reasoning-delta': 'reasoning', 'refusal-delta': 'refusal' } as const;

/** Texts of several blocks may be open at a time, so that each stays one part, in the place of its block. */
export function writeText(state: EncoderState, event: TextEvent): void {
  const kind = kinds[event.type];
  const open = state.texts.get(event.block);
  const part = open?.kind === kind ? open : openText(state, event, kind);
  const data = `${part.beforeText}${JSON.stringify(event.text)}}`;
  state.lastResult = undefined;
  if (part.note.early) return writeFirst(state, part, event);
  if (part.text !== undefined) part.text = part.text.length > heldText ? undefined : part.text + event.text;
  checkBytes(data);
  state.write(data);
}

/** The first piece of a text that was opened early, which it is no longer. */
function writeFirst(state: EncoderState, part: OpenText, { block, text: delta }: TextEvent): void {
  const { early: _early, ...note } = part.note;
  const { id, text } = part;
  state.texts.set(block, { ...part, note, text: text === undefined ? text : delta });
  put(state, { type: 'text-delta', id, delta, providerMetadata: { rxllm: note } });
}

/** Opens the text that an event belongs to, so that it has the place of its block where its text comes later. */
export function openEarly(state: EncoderState, event: EarlyEvent): void {
  if (!state.blocks.has(event.block)) openText(state, event, 'text');
}

function openText(state: EncoderState, event: TextEvent | EarlyEvent, kind: TextKind): OpenText {
  endText(state, event.block);
  if (kind !== 'reasoning') endReasoning(state);
  const { block } = event;
  const text = state.blocks.has(block) ? undefined : '';
  addPart(state, block);
  const isCommentary = event.type === 'text-delta' && event.phase === 'commentary';
  const note: PartNote = {
    block,
    ...(isCommentary && { phase: 'commentary' }),
    ...(kind === 'refusal' && { refusal: true }),
    ...(!('text' in event && event.type !== 'citation') && { early: true }),
  };
  const id = `${block}`;
  const part: OpenText = { kind, id, note, text, beforeText: `{"type":"${typeOf(kind)}-delta","id":"${id}","delta":` };
  state.texts.set(block, part);
  put(state, { type: `${typeOf(kind)}-start`, id, providerMetadata: { rxllm: note } });
  return part;
}

/** A refusal is shown as text. */
function typeOf(kind: TextKind): 'text' | 'reasoning' {
  return kind === 'reasoning' ? kind : 'text';
}

/** Ends the text of a block, if it is open. @returns Whether it was. */
export function endText(state: EncoderState, block: number, end?: BlockEndEvent): boolean {
  const part = state.texts.get(block);
  if (!part) return false;
  state.texts.delete(block);
  const { id, kind, note, text } = part;
  const metadata = end && { providerMetadata: { ...peerMetadata(end), rxllm: { ...note, ...toNativeNote(end, text) } } };
  put(state, { type: `${typeOf(kind)}-end`, id, ...metadata });
  return true;
}

/** Ends reasoning where an answer begins: an interface shows that the model still thinks until then. Some providers end its block last. */
export function endReasoning(state: EncoderState): void {
  for (const [block, { kind }] of state.texts) if (kind === 'reasoning') endText(state, block);
}

export function endTexts(state: EncoderState): void {
  for (const block of state.texts.keys()) endText(state, block);
}
