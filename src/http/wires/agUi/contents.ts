import type { JsonObject, JsonValue, TurnPart } from '../../../events.js';
import { isRecord } from '../fields/readers.js';

/** The result of a tool, as text or as a list of what to show to the model. */
export function contentOutput(content: unknown): JsonValue {
  if (!Array.isArray(content)) return typeof content === 'string' ? content : '';
  return content.flatMap(contentPart).map(asJson);
}

function asJson(part: ContentPart): JsonObject {
  return { ...part };
}

/** A text, or a file by its address. */
export type ContentPart = Extract<TurnPart, { readonly type: 'text' | 'file' }> & { readonly url?: string };

/** A part of a message. Of a file that only its provider can read, nothing can be shown. */
export function contentPart(value: unknown): readonly ContentPart[] {
  if (!isRecord(value)) return [];
  const { type, text, source } = value;
  if (type === 'text' && typeof text === 'string') return [{ type, text }];
  if (type === 'binary') return binaryPart(value);
  if (!isRecord(source) || typeof type !== 'string' || !Object.hasOwn(mediaTypes, type)) return [];
  const { value: data, mimeType } = source;
  const mediaType = typeof mimeType === 'string' ? mimeType : (mediaTypes[type] ?? '');
  const filename = isRecord(value['metadata']) ? value['metadata']['filename'] : undefined;
  if (typeof data !== 'string' || (source['type'] !== 'data' && source['type'] !== 'url')) return [];
  const url = source['type'] === 'data' ? dataUrl(mediaType, data) : data;
  return [{ type: 'file', mediaType, url, ...(typeof filename === 'string' && { filename }) }];
}

const mediaTypes: Readonly<Record<string, string>> = {
  image: 'image/*',
  audio: 'audio/*',
  video: 'video/*',
  document: 'application/pdf',
};

/** What clients before 1.0 send. */
function binaryPart({ mimeType, data, url, filename }: Readonly<Record<string, unknown>>): readonly ContentPart[] {
  if (typeof mimeType !== 'string') return [];
  const name = typeof filename === 'string' ? { filename } : {};
  if (typeof data === 'string') return [{ type: 'file', mediaType: mimeType, url: dataUrl(mimeType, data), ...name }];
  return typeof url === 'string' ? [{ type: 'file', mediaType: mimeType, url, ...name }] : [];
}

function dataUrl(mediaType: string, data: string): string {
  return data.startsWith('data:') ? data : `data:${mediaType};base64,${data}`;
}
