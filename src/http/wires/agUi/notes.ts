import { tryParseJson } from '../../../codecs/json/tryParseJson.js';
import type { BlockEndEvent, JsonValue, NativeFormat, Phase } from '../../../events.js';
import { checkDepth } from '../bounds.js';
import { isRecord } from '../fields/readers.js';

// What the protocol has no field for is in `metadata.rxllm` of frames, messages and calls, and in the encrypted value of a native form.

/** The key of our notes in any `metadata`, and in an encrypted value. */
export const noteKey = 'rxllm';

/** Where a part of the answer comes from: clients keep it with the message, and send it back. */
export interface Origin {
  /** The run: steps and blocks count from 0 in each. */
  readonly run: string;
  readonly step: number;
  readonly block: number;
}

/** The note of a text, as far as it differs from an answer. */
export interface TextNote extends Origin {
  readonly type?: 'refusal' | undefined;
  readonly phase?: Phase | undefined;
}

/** The note of a call, as far as it differs from one of the caller's own tools with arguments in JSON. */
export interface CallNote extends Origin {
  readonly executor?: 'provider' | undefined;
  readonly format?: 'text' | undefined;
  /** The id of its events, if the run has a call of that id already. */
  readonly callId?: string | undefined;
}

/** The native form of a block. */
export interface NativeNote extends Origin {
  readonly kind: string;
  readonly native: JsonValue;
  readonly format?: NativeFormat | undefined;
  /** Whether the block is none that the protocol shows: an empty reasoning message has the native form. */
  readonly opaque?: true | undefined;
}

export type Note = Readonly<Record<string, unknown>>;

/** Our note in any metadata; `undefined` if there is none. */
export function noteIn(metadata: unknown): Note | undefined {
  const note = isRecord(metadata) && Object.hasOwn(metadata, noteKey) ? metadata[noteKey] : undefined;
  return isRecord(note) ? note : undefined;
}

/** The TanStack client's and server's own note. */
export function tanStackNoteIn(metadata: unknown): Note | undefined {
  const note = isRecord(metadata) ? metadata['tanstack'] : undefined;
  return isRecord(note) ? note : undefined;
}

export function nativeNote(origin: Origin, { kind, native, format }: BlockEndEvent): NativeNote {
  return { ...origin, kind, native, format };
}

/** A native form as an encrypted value: clients return it as it is. */
export function sealNative(note: NativeNote): string {
  const value = { [noteKey]: note };
  checkDepth(value);
  return JSON.stringify(value);
}

/** @returns The note of an encrypted value; `undefined` if another server wrote it. */
export function openNative(encryptedValue: unknown): Note | undefined {
  if (typeof encryptedValue !== 'string' || !encryptedValue.startsWith(`{"${noteKey}":`)) return undefined;
  const value: unknown = tryParseJson(encryptedValue);
  checkDepth(value);
  return noteIn(value);
}

const formats: readonly unknown[] = ['chat', 'responses', 'messages'] satisfies NativeFormat[];

/** The native form that a note has, checked; `undefined` if it has none. */
export function nativeOf(note: Note | undefined): Pick<BlockEndEvent, 'kind' | 'native' | 'format'> | undefined {
  if (note === undefined) return undefined;
  const { kind, native, format } = note;
  if (typeof kind !== 'string' || native === undefined) return undefined;
  return { kind, native: native as JsonValue, format: formats.includes(format) ? (format as NativeFormat) : undefined };
}

export function countOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}
