import { nonEmptyText, textOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { itemOf } from './items.js';
import { type OutputItem, openBlock, type ResponsesState } from './state.js';

/** Decodes a preview of an image. */
export function decodePartialImage(state: ResponsesState, payload: JsonObject, emit: Emit): void {
  const item = itemOf(state, payload, 'image_generation_call', emit);
  emitImage(state, item, payload, textOf(payload['partial_image_b64']), false, emit);
}

/** Emits the image itself. */
export function endImage(state: ResponsesState, item: OutputItem, native: JsonObject, emit: Emit): void {
  emitImage(state, item, native, textOf(native['result']), true, emit);
}

function emitImage(
  state: ResponsesState,
  item: OutputItem,
  { output_format: format }: JsonObject,
  data: string,
  final: boolean,
  emit: Emit,
): void {
  if (data === '') return;
  const block = fileBlock(state, item);
  emit({ type: 'file', block, choice: 0, mediaType: mediaTypeOf(nonEmptyText(format)), data, transcript: undefined, final });
}

function mediaTypeOf(format = 'png'): string {
  return format === 'svg' ? 'image/svg+xml' : `image/${format}`;
}

export function decodeAudio(state: ResponsesState, payload: JsonObject, emit: Emit): void {
  emitAudio(state, payload, textOf(payload['delta']), undefined, emit);
}

export function decodeTranscript(state: ResponsesState, payload: JsonObject, emit: Emit): void {
  emitAudio(state, payload, '', nonEmptyText(payload['delta']), emit);
}

function emitAudio(state: ResponsesState, payload: JsonObject, data: string, transcript: string | undefined, emit: Emit): void {
  if (data === '' && transcript === undefined) return;
  const block = fileBlock(state, itemOf(state, payload, 'message', emit));
  emit({ type: 'file', block, choice: 0, mediaType: 'audio/pcm', data, transcript, final: false });
}

function fileBlock(state: ResponsesState, item: OutputItem): number {
  item.fileBlock ??= openBlock(state, item);
  return item.fileBlock;
}
