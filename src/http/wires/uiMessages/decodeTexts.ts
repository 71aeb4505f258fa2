import { isRecord } from '../fields/readers.js';
import type { Chunk } from './chunks.js';
import { type DecoderState, emitContent, emitNative, openBlock, type ReadText, textField } from './decoderState.js';
import { nativeFrom, noteOf, ownField, reasoningNative } from './notes.js';

type Family = 'text' | 'reasoning';

export function openText(state: DecoderState, chunk: Chunk, family: Family): ReadText {
  const { providerMetadata: metadata } = chunk;
  const note = noteOf(metadata);
  const kind = note['refusal'] === true ? 'refusal' : family;
  const phase = note['phase'] === 'commentary' ? 'commentary' : 'answer';
  const part: ReadText = { kind, block: openBlock(state, note), phase, text: '', metadata };
  state.texts.set(keyOf(chunk, family), part);
  return part;
}

export function growText(state: DecoderState, chunk: Chunk, family: Family): void {
  const text = textField(chunk, 'delta');
  // A server that goes on where a response was cut does not open its part again.
  const part = state.texts.get(keyOf(chunk, family)) ?? openText(state, chunk, family);
  const { kind, block, phase } = part;
  part.text += text;
  if (kind === 'text') return emitContent(state, { type: 'text-delta', text, block, choice: 0, phase });
  part.metadata = chunk['providerMetadata'] ?? part.metadata;
  emitContent(state, { type: kind === 'refusal' ? 'refusal-delta' : 'reasoning-delta', text, block, choice: 0 });
}

export function endText(state: DecoderState, chunk: Chunk, family: Family): void {
  const key = keyOf(chunk, family);
  const part = state.texts.get(key);
  if (!part) return;
  state.texts.delete(key);
  const metadata = chunk['providerMetadata'] ?? part.metadata;
  emitCitations(state, chunk['citations'], part.block);
  const native = nativeFrom(noteOf(metadata), part.text);
  const isPeer = family === 'reasoning' && ownField(metadata, 'rxllm') === undefined;
  emitNative(state, part.block, native ?? (isPeer ? reasoningNative(part.text, metadata) : undefined));
}

function keyOf(chunk: Chunk, family: Family): string {
  return `${family} ${textField(chunk, 'id')}`;
}

/** Emits the sources that version 7 has at the end of a text. */
function emitCitations(state: DecoderState, citations: unknown, block: number): void {
  for (const citation of Array.isArray(citations) ? citations.filter(isRecord) : []) {
    const source = ownField(citation, 'source');
    emitContent(state, {
      type: 'citation',
      block,
      choice: 0,
      url: optionalText(ownField(source, 'url')),
      title: optionalText(ownField(source, 'title')),
      text: optionalText(ownField(citation, 'citedText')),
      start: optionalFigure(ownField(citation, 'startIndex')),
      end: optionalFigure(ownField(citation, 'endIndex')),
      native: citation as never,
    });
  }
}

export function emitSource(state: DecoderState, chunk: Chunk): void {
  const note = noteOf(chunk['providerMetadata']);
  const own = nativeFrom(note);
  const from = own ? note : chunk;
  emitContent(state, {
    type: 'citation',
    block: own ? Math.max(0, (note['block'] as number | undefined) ?? 0) : state.latest,
    choice: 0,
    url: optionalText(ownField(from, 'url')),
    title: optionalText(ownField(from, 'title')),
    text: own && optionalText(note['text']),
    start: own && optionalFigure(note['start']),
    end: own && optionalFigure(note['end']),
    native: own ? own.native : (chunk as never),
  });
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function optionalFigure(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
