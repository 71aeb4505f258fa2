import { LimitError } from '../../../errors.js';
import type { BlockEndEvent, CitationEvent, FileEvent } from '../../../events.js';
import { maxEventBytes } from '../bounds.js';
import { addPart, type EncoderState, type HeldFile, put } from './encoderState.js';
import { type PartNote, toNativeNote } from './notes.js';
import { openEarly } from './textParts.js';

/** Holds a file back until it is whole: their client cannot extend one. */
export function holdFile(state: EncoderState, event: FileEvent): void {
  const { block, mediaType, data, transcript, final } = event;
  state.lastResult = undefined;
  if (!state.files.has(block)) addPart(state, block);
  const file = state.files.get(block) ?? { block, mediaType, data: '', transcript: undefined };
  state.files.set(block, file);
  const grown = final ? data || file.data : file.data + data;
  state.held += grown.length - file.data.length + (transcript?.length ?? 0);
  if (state.held > maxEventBytes) throw new LimitError('maxEventBytes', maxEventBytes);
  file.data = grown;
  if (transcript !== undefined) file.transcript = (file.transcript ?? '') + transcript;
  if (final) endFile(state, block);
}

/** Writes the file of a block, if one is held back. @returns Whether one was. */
export function endFile(state: EncoderState, block: number, end?: BlockEndEvent): boolean {
  const file = state.files.get(block);
  if (!file) return false;
  state.files.delete(block);
  writeFile(state, file, end);
  return true;
}

export function endFiles(state: EncoderState): void {
  for (const block of state.files.keys()) endFile(state, block);
}

function writeFile(state: EncoderState, { block, mediaType, data, transcript }: HeldFile, end: BlockEndEvent | undefined): void {
  state.held -= data.length + (transcript?.length ?? 0);
  const note: PartNote = { block, ...(transcript !== undefined && { transcript }) };
  const rxllm = { ...note, ...(end && toNativeNote(end)) };
  put(state, { type: 'file', mediaType, url: `data:${mediaType};base64,${data}`, providerMetadata: { rxllm } });
}

export function writeCitation(state: EncoderState, event: CitationEvent): void {
  const { block, url, title, text, start, end, native } = event;
  openEarly(state, event);
  const rxllm = { block, url, title, text, start, end, native: JSON.stringify(native) };
  const sourceId = `${state.sources++}`;
  const named = title === undefined ? {} : { title };
  if (url !== undefined) return put(state, { type: 'source-url', sourceId, url, ...named, providerMetadata: { rxllm } });
  const document = { type: 'source-document', sourceId, mediaType: 'text/plain', title: title ?? '' };
  put(state, { ...document, providerMetadata: { rxllm } });
}
