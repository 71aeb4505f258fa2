import { checkBytes } from '../bounds.js';
import { isRecord } from '../fields/readers.js';
import type { WriteData } from '../wire.js';

/** A part of the protocol: an object with a type. */
export type Chunk = { readonly type: string } & Readonly<Record<string, unknown>>;

/** Writes a chunk. @throws LimitError if it is too large. */
export function writeChunk(chunk: Chunk, write: WriteData): void {
  const data = toData(chunk);
  checkBytes(data);
  write(data);
}

/** The JSON of a chunk as their client accepts it. */
export function toData(chunk: Chunk): string {
  const data = JSON.stringify(chunk);
  return hasRefusedKey(data) ? JSON.stringify(withoutRefusedKeys(chunk)) : data;
}

/** Whether JSON may have a key at which their parser throws. In a string the quotes are escaped. */
export function hasRefusedKey(json: string): boolean {
  return json.includes('"__proto__":') || json.includes('"constructor":');
}

/** A copy without the keys at which their parser throws. The value is not deeper than `maxDepth`. */
export function withoutRefusedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutRefusedKeys);
  if (!isRecord(value)) return value;
  const members = Object.entries(value).filter(([key, member]) => !isRefused(key, member));
  return Object.fromEntries(members.map(([key, member]) => [key, withoutRefusedKeys(member)]));
}

function isRefused(key: string, member: unknown): boolean {
  return key === '__proto__' || (key === 'constructor' && isRecord(member) && Object.hasOwn(member, 'prototype'));
}
