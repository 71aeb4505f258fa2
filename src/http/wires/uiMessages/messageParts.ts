import { tryParseRawJson } from '../../../codecs/json/tryParseJson.js';
import { writeJson } from '../../../codecs/json/writeJson.js';
import type { BlockEndEvent, JsonValue, MessagePart } from '../../../events.js';
import { isRecord } from '../fields/readers.js';
import { type Body, fieldOf, jsonOf, optionalFlag, optionalText, rejected, textOf } from './bodyFields.js';
import { blockOf, fromText, nativeFrom, noteOf, otherResult, reasoningNative } from './notes.js';
import { fileReference } from './userParts.js';

/** A part of a message, and the block that it is. */
export interface PlacedPart {
  readonly part: MessagePart;
  /** `undefined` for a part that we did not write: it stays behind the part before it. */
  readonly block: number | undefined;
  /** The place of a result among those of its round. */
  readonly order?: number | undefined;
}

type Native = Pick<BlockEndEvent, 'kind' | 'native' | 'format'>;

/** A native form that came after its part. */
export interface LateNative extends Native {
  readonly block: number;
  /** The callId of the result that it belongs to. */
  readonly result: string | undefined;
}

type Note = Readonly<Record<string, unknown>>;

/** The step is set where all parts are known. */
const origin = { step: 0, native: undefined, nativeFormat: undefined };

/** The parts of a message that one part of the interface shows: with a call its result and its approval. */
export function readParts(part: Body, type: string): readonly PlacedPart[] {
  switch (type) {
    case 'text':
    case 'reasoning':
      return isEmpty(part) ? readEmpty(part) : [readText(part, type)];
    case 'file':
      return [readFile(part)];
    case 'dynamic-tool':
      return readCall(part, textOf(fieldOf(part, 'toolName')));
    default:
      return type.startsWith('tool-') ? readCall(part, type.slice('tool-'.length)) : [];
  }
}

function readText(part: Body, type: 'text' | 'reasoning'): PlacedPart {
  const text = textOf(fieldOf(part, 'text'));
  const metadata = fieldOf(part, 'providerMetadata');
  const note = noteOf(metadata.value);
  const own = nativeOf(metadata, note, text);
  const native = own ?? (type === 'reasoning' && blockOf(note) === undefined ? reasoningNative(text, metadata.value) : undefined);
  const from = { ...origin, native: native?.native, nativeFormat: native?.format };
  const block = blockOf(note);
  if (type === 'reasoning') return { part: { type, text, ...from }, block };
  if (note['refusal'] === true) return { part: { type: 'refusal', text, ...from }, block };
  return { part: { type, text, phase: note['phase'] === 'commentary' ? 'commentary' : 'answer', ...from }, block };
}

/** Whether a text was opened for its sources, and none came. */
function isEmpty(part: Body): boolean {
  return noteOf(fieldOf(part, 'providerMetadata').value)['early'] === true && fieldOf(part, 'text').value === '';
}

/** A block of which only the native form is known. */
function readEmpty(part: Body): readonly PlacedPart[] {
  const metadata = fieldOf(part, 'providerMetadata');
  const note = noteOf(metadata.value);
  const native = nativeOf(metadata, note);
  if (!native) return [];
  const { kind, native: form, format: nativeFormat } = native;
  return [{ part: { type: 'other', kind, step: 0, native: form, nativeFormat }, block: blockOf(note) }];
}

function nativeOf(metadata: Body, note: Note, text?: string): Native | undefined {
  return checked(metadata, () => nativeFrom(note, text));
}

/** What a note has as JSON text. @throws TypeError if it is too deep. */
function checked<Value>({ value, path }: Body, read: () => Value): Value {
  try {
    return read();
  } catch {
    throw rejected({ value, path: `${path}.rxllm` }, 'JSON of at most 256 levels');
  }
}

/** Another result of a call than the one that is shown. */
export function readOtherResult(data: Body): PlacedPart | undefined {
  const note = isRecord(data.value) ? data.value : {};
  const result = checked(data, () => otherResult(note));
  return result && { part: { type: 'tool-result', ...result, ...origin }, block: blockOf(note), order: orderOf(note) };
}

export function readNativeNote(data: Body): LateNative | undefined {
  const note = isRecord(data.value) ? data.value : {};
  const native = nativeOf(data, note);
  const { result } = note;
  return native && { ...native, block: blockOf(note) ?? 0, result: typeof result === 'string' ? result : undefined };
}

const dataUrl = /^data:[^,]{0,200};base64,/i;

function readFile(part: Body): PlacedPart {
  const { mediaType, url } = fileReference(part);
  const metadata = fieldOf(part, 'providerMetadata');
  const note = noteOf(metadata.value);
  const native = nativeOf(metadata, note);
  const from = { ...origin, native: native?.native, nativeFormat: native?.format };
  const prefix = dataUrl.exec(url)?.[0];
  const block = blockOf(note);
  // A file by its address is a part of a turn, and no part of a message.
  if (prefix === undefined) return { part: { ...fileReference(part), ...from } as unknown as MessagePart, block };
  const transcript = typeof note['transcript'] === 'string' ? note['transcript'] : undefined;
  return { part: { type: 'file', mediaType, data: url.slice(prefix.length), transcript, ...from }, block };
}

function readCall(part: Body, name: string): readonly PlacedPart[] {
  const callId = textOf(fieldOf(part, 'toolCallId'));
  const state = textOf(fieldOf(part, 'state'));
  const resultNote = noteOf(fieldOf(part, 'resultProviderMetadata').value);
  // Their client keeps the metadata of a call that is not valid with its result.
  const isCallNote = resultNote['invalid'] !== undefined || resultNote['cut'] !== undefined;
  const note = { ...noteOf(fieldOf(part, 'callProviderMetadata').value), ...(isCallNote && resultNote) };
  const block = blockOf(note);
  const call: PlacedPart = { part: readCallItself(part, name, callId, state, note), block };
  const approval = readApproval(part, callId);
  const result = readResult(part, name, callId, state, note, isCallNote ? {} : resultNote);
  return [...(note['absent'] === true ? [] : [call]), ...approval, ...result];
}

function readCallItself(part: Body, name: string, callId: string, state: string, note: Note): MessagePart {
  const isProvided = optionalFlag(fieldOf(part, 'providerExecuted')) === true;
  const format = note['format'] === 'text' ? 'text' : 'json';
  const ended = state !== 'input-streaming' && note['cut'] !== true;
  const argumentsText = ended ? argumentsOf(part, state, format, note) : textSoFar(part);
  const input = ended && format === 'json' ? parse(argumentsText) : undefined;
  const executor = isProvided ? 'provider' : 'client';
  return { type: 'tool-call', callId, name, argumentsText, input, executor, format, ended, ...origin };
}

/** Version 7 keeps the text of a call that was cut off as its input. */
function textSoFar(part: Body): string {
  const { value } = fieldOf(part, 'input');
  return optionalText(fieldOf(part, 'rawInput')) ?? (typeof value === 'string' ? value : '');
}

function parse(argumentsText: string): JsonValue | undefined {
  return argumentsText.trim() === '' ? {} : tryParseRawJson(argumentsText);
}

function argumentsOf(part: Body, state: string, format: string, note: Note): string {
  if (typeof note['arguments'] === 'string') return note['arguments'];
  const given = jsonOf(fieldOf(part, 'input'));
  const input = given ?? jsonOf(fieldOf(part, 'rawInput'));
  // What is no JSON is kept as it was sent.
  const isSent = typeof input === 'string' && (format === 'text' || state === 'output-error' || note['invalid'] !== undefined);
  return isSent ? input : input === null ? '' : (writeJson(input) ?? '');
}

function readApproval(part: Body, callId: string): readonly PlacedPart[] {
  const approval = fieldOf(part, 'approval');
  if (approval.value === undefined || approval.value === null) return [];
  const approved = optionalFlag(fieldOf(approval, 'approved'));
  return [{ part: { type: 'approval', callId, approved, ...origin }, block: undefined }];
}

function readResult(
  part: Body,
  name: string,
  callId: string,
  state: string,
  note: Note,
  resultNote: Note,
): readonly PlacedPart[] {
  const noted = checked(fieldOf(part, 'resultProviderMetadata'), () => fromText(resultNote['output']));
  const placed = (output: JsonValue, isError: boolean): readonly PlacedPart[] => [
    {
      part: { type: 'tool-result', callId, name, output, isError, ...origin },
      block: blockOf(resultNote),
      order: orderOf(resultNote),
    },
  ];
  switch (state) {
    case 'output-available':
      if (optionalFlag(fieldOf(part, 'preliminary')) === true) return [];
      return placed(noted === undefined ? jsonOf(fieldOf(part, 'output')) : noted, false);
    case 'output-error':
      // A call that was cut off did not run.
      if (note['cut'] === true) return [];
      return placed(noted === undefined ? textOf(fieldOf(part, 'errorText')) : noted, true);
    case 'output-denied':
    case 'approval-responded':
      return deniedResult(part, placed);
    default:
      return [];
  }
}

function orderOf({ order }: Note): number | undefined {
  return typeof order === 'number' ? order : undefined;
}

/** The text is that of the AI SDK. An approved call has its result later. */
function deniedResult(part: Body, placed: (output: JsonValue, isError: boolean) => readonly PlacedPart[]): readonly PlacedPart[] {
  const approval = fieldOf(part, 'approval');
  const isGiven = approval.value !== undefined && approval.value !== null;
  const approved = isGiven ? optionalFlag(fieldOf(approval, 'approved')) : false;
  if (approved !== false || optionalFlag(fieldOf(part, 'providerExecuted')) === true) return [];
  const reason = isGiven ? optionalText(fieldOf(approval, 'reason')) : undefined;
  return placed(reason ?? 'Tool call execution denied.', true);
}
