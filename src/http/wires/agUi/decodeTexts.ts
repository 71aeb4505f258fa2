import type { EmitEvent } from '../wire.js';
import { beginContent, blockOf, type Decoding, emitText, type Frame, type TextPart } from './decoding.js';
import { type Note, nativeOf, noteIn } from './notes.js';

/** Emits what a frame of a text or of reasoning means. @returns Whether it is one. */
export function decodeText(state: Decoding, type: string, frame: Frame, emit: EmitEvent): boolean {
  switch (type) {
    case 'TEXT_MESSAGE_CONTENT':
    case 'REASONING_MESSAGE_CONTENT':
      extend(state, type, frame, idOf(frame), emit);
      return true;
    case 'TEXT_MESSAGE_START':
      return begin(state, frame, emit);
    case 'REASONING_MESSAGE_START':
      open(state, idOf(frame), 'reasoning-delta', frame, emit);
      return true;
    case 'TEXT_MESSAGE_END':
      end(state, frame, emit);
      return true;
    case 'TEXT_MESSAGE_CHUNK':
      if (typeof frame['messageId'] === 'string') state.chunkText = frame['messageId'];
      extend(state, 'TEXT_MESSAGE_CONTENT', frame, state.chunkText ?? '', emit);
      return true;
    case 'REASONING_MESSAGE_CHUNK':
      if (typeof frame['messageId'] === 'string') state.chunkReasoning = frame['messageId'];
      extend(state, 'REASONING_MESSAGE_CONTENT', frame, state.chunkReasoning ?? '', emit);
      return true;
    // Servers before 0.0.45. These frames name no message.
    case 'THINKING_TEXT_MESSAGE_START':
      state.texts.delete(thinking);
      return true;
    case 'THINKING_TEXT_MESSAGE_CONTENT':
      extend(state, 'REASONING_MESSAGE_CONTENT', frame, thinking, emit);
      return true;
    case 'THINKING_TEXT_MESSAGE_END':
    case 'THINKING_START':
    case 'THINKING_END':
    case 'REASONING_START':
    case 'REASONING_MESSAGE_END':
    case 'REASONING_END':
      return true;
    default:
      return false;
  }
}

const thinking = '\0thinking';

function idOf(frame: Frame): string {
  const { messageId } = frame;
  return typeof messageId === 'string' ? messageId : '';
}

/** A message of the user or the system that the server repeats is no part of the answer. */
function begin(state: Decoding, frame: Frame, emit: EmitEvent): boolean {
  const { role } = frame;
  if (typeof role === 'string' && role !== 'assistant') {
    state.ignored.add(idOf(frame));
    return false;
  }
  open(state, idOf(frame), 'text-delta', frame, emit);
  return true;
}

function open(state: Decoding, id: string, type: TextPart['type'], frame: Frame, emit: EmitEvent): TextPart {
  const note = noteIn(frame['metadata']);
  const key = `${type === 'reasoning-delta' ? 'r' : 't'}${id}`;
  const known = state.texts.get(key);
  if (known && note === undefined) return known;
  beginContent(state, emit);
  const part = { type: noteType(type, note), block: blockOf(state, note), phase: phaseOf(frame, note) };
  state.texts.set(key, part);
  return part;
}

function noteType(type: TextPart['type'], note: Note | undefined): TextPart['type'] {
  return type === 'text-delta' && note?.['type'] === 'refusal' ? 'refusal-delta' : type;
}

/** What a subagent writes is no part of the answer. */
function phaseOf(frame: Frame, note: Note | undefined): TextPart['phase'] {
  return note?.['phase'] === 'commentary' || typeof frame['subagentRunId'] === 'string' ? 'commentary' : 'answer';
}

function extend(state: Decoding, type: string, frame: Frame, id: string, emit: EmitEvent): void {
  const { delta } = frame;
  if (typeof delta !== 'string' || delta === '' || state.ignored.has(id)) return;
  const isReasoning = type === 'REASONING_MESSAGE_CONTENT';
  const part = state.texts.get(isReasoning ? `r${id}` : `t${id}`);
  emitText(part ?? open(state, id, isReasoning ? 'reasoning-delta' : 'text-delta', frame, emit), delta, emit);
}

/** For clients that would take an encrypted value for that of another part, the end of a text has its native form. */
function end(state: Decoding, frame: Frame, emit: EmitEvent): void {
  const native = nativeOf(noteIn(frame['metadata']));
  const part = state.texts.get(`t${idOf(frame)}`);
  if (native && part) emit({ type: 'block-end', block: part.block, choice: 0, ...native });
}
