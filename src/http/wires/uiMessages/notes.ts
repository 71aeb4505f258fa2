import { tryParseJson } from '../../../codecs/json/tryParseJson.js';
import type { BlockEndEvent, JsonObject, JsonValue, NativeFormat, ToolResultEvent } from '../../../events.js';
import { checkDepth } from '../bounds.js';
import { isRecord } from '../fields/readers.js';

// What the protocol has no field for. It travels as `rxllm`: in the metadata of parts, which the peer's client keeps and sends back, or beside the
// fields of a chunk, where only our decoder reads it.

/** Of a part: the block that it is, and what else is not in its fields. */
export interface PartNote {
  readonly block: number;
  readonly phase?: 'commentary';
  readonly refusal?: true;
  /** The part was opened before its text came. */
  readonly early?: true;
  /** The format of a call's arguments. */
  readonly format?: 'text';
  /** The argument text of a call, where it is not the JSON of its input. */
  readonly arguments?: string;
  /** The error text of a call with arguments that are not JSON: no tool gave it. */
  readonly invalid?: string;
  /** The call was cut off. */
  readonly cut?: true;
  /** The stream has a result of this call and not the call. */
  readonly absent?: true;
  /** The output of a result as JSON, where its field has not the same. */
  readonly output?: string;
  /** The place of a result among those of its step. */
  readonly order?: number;
  /** A result that is progress, and an error. */
  readonly isError?: true;
  readonly transcript?: string;
}

/**
 * The native form of a block, as JSON text: their client refuses some keys, and calls itself at each level of what it checks. `result` is the
 * callId of the result that it belongs to.
 */
export interface NativeNote {
  readonly kind: string;
  readonly native: string;
  /** Where in `native` the text of the part belongs, which is not sent twice. */
  readonly at?: number;
  readonly format?: NativeFormat;
  readonly result?: string;
}

/** @param text The text of the part that carries the note. @defaultValue the note has all of the native form */
export function toNativeNote({ kind, native, format }: BlockEndEvent, text?: string): NativeNote {
  const json = JSON.stringify(native);
  const note = { kind, native: json, ...(format && { format }) };
  if (text === undefined || text.length < shortText) return note;
  const member = `:${JSON.stringify(text)}`;
  const from = json.indexOf(member);
  if (from < 0) return note;
  const at = from + 1;
  return { ...note, native: json.slice(0, at) + json.slice(from + member.length), at };
}

/** A shorter text is sent twice. */
const shortText = 32;

/** The note in the metadata of a part, or in a chunk; an empty one where there is none. */
export function noteOf(metadata: unknown): Readonly<Record<string, unknown>> {
  const note = ownField(metadata, 'rxllm');
  return isRecord(note) ? note : {};
}

/** A field of an object that came from elsewhere; never one of its prototype. */
export function ownField(object: unknown, name: string): unknown {
  return isRecord(object) && Object.hasOwn(object, name) ? object[name] : undefined;
}

/** The number of the block; `undefined` for a part that we did not write. */
export function blockOf({ block }: Readonly<Record<string, unknown>>): number | undefined {
  return Number.isSafeInteger(block) && (block as number) >= -1 ? (block as number) : undefined;
}

/** A value that travels as JSON text. @throws LimitError if it is deeper than `maxDepth`. */
export function fromText(text: unknown): JsonValue | undefined {
  const value = typeof text === 'string' ? tryParseJson(text) : undefined;
  checkDepth(value);
  return value;
}

/**
 * The native form that a note has; `undefined` if it has none.
 *
 * @param text The text of the part that carries the note.
 */
export function nativeFrom(
  note: Readonly<Record<string, unknown>>,
  text: string = '',
): Pick<BlockEndEvent, 'kind' | 'native' | 'format'> | undefined {
  const { kind, native: json, at } = note;
  const isWithout = typeof json === 'string' && typeof at === 'number';
  const native = fromText(isWithout ? json.slice(0, at) + JSON.stringify(text) + json.slice(at) : json);
  if (native === undefined) return undefined;
  return { kind: typeof kind === 'string' ? kind : '', native, format: formatOf(note['format']) };
}

function formatOf(format: unknown): NativeFormat | undefined {
  return format === 'chat' || format === 'responses' || format === 'messages' ? format : undefined;
}

/** The metadata in which the AI SDK's own provider keeps the signature of a block of reasoning, so that its server can read it too. */
export function peerMetadata({ native, format }: BlockEndEvent): object {
  const { signature, data, type } = isRecord(native) ? native : {};
  if (format !== 'messages') return {};
  if (type === 'redacted_thinking' && typeof data === 'string') return { anthropic: { redactedData: data } };
  return typeof signature === 'string' ? { anthropic: { signature } } : {};
}

/** The native form of reasoning that a server of the AI SDK sent: its providers keep signatures and encrypted forms in metadata. */
export function reasoningNative(text: string, metadata: unknown): Pick<BlockEndEvent, 'kind' | 'native' | 'format'> | undefined {
  const anthropic = ownField(metadata, 'anthropic');
  const signature = ownField(anthropic, 'signature');
  const data = ownField(anthropic, 'redactedData');
  if (typeof signature === 'string') return thinking({ type: 'thinking', thinking: text, signature });
  if (typeof data === 'string') return thinking({ type: 'redacted_thinking', data });
  const openai = ownField(metadata, 'openai');
  const id = ownField(openai, 'itemId');
  const encrypted = ownField(openai, 'reasoningEncryptedContent');
  if (typeof id !== 'string' || typeof encrypted !== 'string') return undefined;
  const summary = text === '' ? [] : [{ type: 'summary_text', text }];
  return {
    kind: 'reasoning',
    native: { type: 'reasoning', id, summary, encrypted_content: encrypted },
    format: 'responses',
  };
}

function thinking(native: JsonObject & { readonly type: string }): Pick<BlockEndEvent, 'kind' | 'native' | 'format'> {
  return { kind: native.type, native, format: 'messages' };
}

/** Another result of a call; `undefined` if the note has none. */
export function otherResult(note: Readonly<Record<string, unknown>>): Omit<ToolResultEvent, 'type' | 'preliminary'> | undefined {
  const { callId, name, isError } = note;
  if (typeof callId !== 'string' || typeof name !== 'string') return undefined;
  return { callId, name, output: fromText(note['output']) ?? null, isError: isError === true };
}
