import { isObject, nonEmptyText, objectOf, textOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import type { AudioBlock, OpaqueBlock } from './blocks.js';
import { type ChatChoice, type ChatState, openBlock } from './state.js';

/** Reads a piece of spoken audio. */
export function readAudio(state: ChatState, choice: ChatChoice, delta: JsonObject, emit: Emit): void {
  const { audio } = delta;
  if (!isObject(audio)) return;
  const block = audioBlock(choice);
  block.id ??= nonEmptyText(audio['id']);
  const data = textOf(audio['data']);
  const transcript = nonEmptyText(audio['transcript']);
  if (data === '' && transcript === undefined) return;
  emit({ type: 'file', block: block.number, choice: choice.index, mediaType: state.audioType, data, transcript, final: false });
}

/** All audio of a choice is one block, because it has one id. */
function audioBlock(choice: ChatChoice): AudioBlock {
  const known = choice.blocks.find((block) => block.kind === 'audio');
  return known ?? openBlock(choice, { kind: 'audio', number: choice.blocks.length, id: undefined });
}

/** Reads the images that OpenRouter sends beside the content. */
export function readImages(choice: ChatChoice, delta: JsonObject, emit: Emit): void {
  const { images } = delta;
  if (!Array.isArray(images)) return;
  for (const image of images) readImage(choice, objectOf(image), { images: [image] }, emit);
}

const dataUrl = /^data:([^;,]+)[^,]{0,100};base64,/;

/** Emits an image, which arrives whole. A linked image has no data and emits no `file`: its address is in `native`. */
export function readImage(choice: ChatChoice, image: JsonObject, native: JsonObject, emit: Emit): void {
  const block = openBlock<OpaqueBlock>(choice, { kind: 'image', number: choice.blocks.length, type: 'image', native });
  const url = textOf(objectOf(image['image_url'])['url']) || textOf(image['image_url']);
  const [prefix, mediaType] = dataUrl.exec(url) ?? [];
  if (prefix !== undefined && mediaType !== undefined) {
    const data = url.slice(prefix.length);
    emit({ type: 'file', block: block.number, choice: choice.index, mediaType, data, transcript: undefined, final: true });
  }
  endOpaque(choice, block, emit);
}

export function endOpaque({ index: choice }: ChatChoice, { number: block, type: kind, native }: OpaqueBlock, emit: Emit): void {
  emit({ type: 'block-end', block, choice, kind, native, format: 'chat' });
}
