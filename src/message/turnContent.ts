import { isObject, nonEmptyText } from '../codecs/json/jsonFields.js';
import { writeJson } from '../codecs/json/writeJson.js';
import type { FileReference, JsonObject, JsonValue, NativeFormat, TurnPart } from '../events.js';

// What the converters of turns share: how a part reads without its native form.

export type FilePart = Extract<TurnPart, { readonly type: 'file' }>;
export type CallPart = Extract<TurnPart, { readonly type: 'tool-call' }>;
export type ResultPart = Extract<TurnPart, { readonly type: 'tool-result' }>;

/** A text or a file that is shown to the model. */
export type Shown = { readonly type: 'text'; readonly text: string } | FileReference;

/** The native form of a part, if it is an object of that API. */
export function nativeOf(part: TurnPart, format: NativeFormat): JsonObject | undefined {
  return 'native' in part && part.nativeFormat === format && isObject(part.native) ? part.native : undefined;
}

/** The text of a part of the assistant: a refusal is text where an API has no field for it, and so is the transcript of audio. */
export function textOfPart(part: TurnPart): string {
  if (part.type === 'text' || part.type === 'refusal') return part.text;
  return part.type === 'file' && 'transcript' in part ? (part.transcript ?? '') : '';
}

/** Whether a part is a call that goes back without its native form: a whole one of the caller's own tools. */
export function isPlainCall(part: TurnPart): part is CallPart {
  return part.type === 'tool-call' && part.executor === 'client' && part.ended;
}

/** Whether a part is something that a user or a system says. */
export function isShown(part: TurnPart): part is Extract<TurnPart, { readonly type: 'text' | 'file' }> {
  return part.type === 'file' || (part.type === 'text' && part.text !== '');
}

export function toShown(part: Extract<TurnPart, { readonly type: 'text' | 'file' }>): Shown {
  return part.type === 'text' ? { type: 'text', text: part.text } : toReference(part);
}

function toReference(part: FilePart): FileReference {
  return 'url' in part ? part : { type: 'file', mediaType: part.mediaType, url: dataUrl(part.mediaType, part.data) };
}

function dataUrl(mediaType: string, data: string): string {
  return `data:${mediaType};base64,${data}`;
}

const base64Url = /^data:[^,]{0,200};base64,/i;

/** The bytes of a `data:` URL as base64; `undefined` for another address. */
export function base64Of({ url }: FileReference): string | undefined {
  const prefix = base64Url.exec(url)?.[0];
  return prefix === undefined ? undefined : url.slice(prefix.length);
}

/** What a result shows to the model: the contents of a list of them, else text, or any other value as JSON. */
export function resultContents(output: JsonValue): readonly Shown[] {
  if (Array.isArray(output) && output.length > 0) {
    const contents = output.map(toContent);
    if (contents.every((content) => content !== undefined)) return contents;
  }
  return [{ type: 'text', text: typeof output === 'string' ? output : writeJson(output) }];
}

/** The text of a result as one string; `undefined` if the result has a file. */
export function resultText(contents: readonly Shown[]): string | undefined {
  const texts = contents.map((content) => (content.type === 'text' ? content.text : undefined));
  return texts.every((text) => text !== undefined) ? texts.join('\n') : undefined;
}

function toContent(value: JsonValue): Shown | undefined {
  if (!isObject(value)) return undefined;
  const { type, text, url, data } = value;
  if (type === 'text') return typeof text === 'string' ? { type, text } : undefined;
  const mediaType = nonEmptyText(value['mediaType']) ?? nonEmptyText(value['mimeType']);
  if (mediaType === undefined || (type !== 'file' && type !== 'image' && type !== 'audio')) return undefined;
  const filename = nonEmptyText(value['filename']);
  if (typeof data === 'string') return { type: 'file', mediaType, url: dataUrl(mediaType, data), filename };
  return typeof url === 'string' ? { type: 'file', mediaType, url, filename } : undefined;
}
