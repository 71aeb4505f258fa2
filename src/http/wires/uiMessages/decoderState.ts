import { MalformedEventError } from '../../../errors.js';
import type { BlockEndEvent, DeltaEvent, Phase } from '../../../events.js';
import { isRecord, type Reader, wrong } from '../fields/readers.js';
import type { EmitEvent } from '../wire.js';
import type { Chunk } from './chunks.js';
import type { TextKind } from './encoderState.js';
import { blockOf } from './notes.js';

/** A part of text that is open. */
export interface ReadText {
  readonly kind: TextKind;
  readonly block: number;
  readonly phase: Phase;
  /** The text so far: it is a part of the native form. */
  text: string;
  /** The metadata of its provider that came last, as their client keeps it. */
  metadata: unknown;
}

export interface ReadCall {
  readonly name: string;
  readonly block: number;
  readonly step: number;
  readonly executor: 'client' | 'provider';
  readonly format: 'json' | 'text';
  text: string;
  ended: boolean;
}

/** What a decoder knows of its response: each subscribe of `fromWire` creates one. */
export interface DecoderState {
  emit: EmitEvent;
  /** Whether a chunk came. */
  begun: boolean;
  /** Whether this attempt has its `start`. */
  started: boolean;
  finished: boolean;
  /** Whether the server reported an abort. */
  aborted: boolean;
  readonly texts: Map<string, ReadText>;
  readonly calls: Map<string, ReadCall>;
  /** The errors of calls with wrong arguments, by callId: version 7 sends no result of such a call, version 6 does. */
  readonly inputErrors: Map<string, string>;
  /** The callId of an approval, by its id. */
  readonly approvals: Map<string, string>;
  nextBlock: number;
  /** The block that was opened last. */
  latest: number;
  attempt: number;
  /** The number of `start-step` chunks, without those of steps that were voided. */
  steps: number;
  id: string | undefined;
  model: string | undefined;
  provider: string;
}

export function createDecoderState(): DecoderState {
  return {
    emit: () => undefined,
    begun: false,
    started: false,
    finished: false,
    aborted: false,
    texts: new Map(),
    calls: new Map(),
    inputErrors: new Map(),
    approvals: new Map(),
    nextBlock: 0,
    latest: 0,
    attempt: 1,
    steps: 0,
    id: undefined,
    model: undefined,
    provider: peer,
  };
}

/** The provider of an answer if its server names none. */
const peer = 'ai-sdk';

/** Emits the start of the attempt, unless it is emitted. */
export function ensureStart(state: DecoderState): void {
  if (state.started) return;
  state.started = true;
  const { id, model, provider } = state;
  state.emit({ type: 'start', id, model, provider });
}

export function emitContent(state: DecoderState, event: DeltaEvent): void {
  ensureStart(state);
  state.emit(event);
}

/** An end of a block with its native form, if it has one. */
export function emitNative(
  state: DecoderState,
  block: number,
  native: Pick<BlockEndEvent, 'kind' | 'native' | 'format'> | undefined,
): void {
  if (native) emitContent(state, { type: 'block-end', block, choice: 0, ...native });
}

/** A chunk that has no equivalent, or that this version does not know. */
export function emitRaw(state: DecoderState, chunk: Chunk): void {
  emitContent(state, { type: 'raw', provider: peer, name: chunk.type, data: chunk as never });
}

/** The number of the block that begins: the one that is noted, else the next. */
export function openBlock(state: DecoderState, note: Readonly<Record<string, unknown>>): number {
  const block = Math.max(0, blockOf(note) ?? state.nextBlock);
  state.nextBlock = Math.max(state.nextBlock, block + 1);
  state.latest = block;
  return block;
}

/** A required field. @throws MalformedEventError if it is missing or wrong. */
export function textField(chunk: Chunk, name: string): string {
  const value = Object.hasOwn(chunk, name) ? chunk[name] : undefined;
  if (typeof value !== 'string') throw new MalformedEventError(`The ${name} of a ${chunk.type} chunk is missing or wrong`);
  return value;
}

/** The fields of an event that a note has, checked; `undefined` if they are not all there. */
export function readNote<Fields>(read: Reader, note: unknown): Fields | undefined {
  const fields = isRecord(note) ? read(note) : wrong;
  return fields === wrong ? undefined : (fields as Fields);
}
