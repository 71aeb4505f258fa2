import type { ArgumentsFormat, Executor, ResetEvent, StartEvent } from '../../../events.js';
import type { WireProtocol, WriteData } from '../wire.js';
import { type Chunk, writeChunk } from './chunks.js';
import { type ContinuedMessage, continuedMessage } from './continuedMessage.js';
import type { PartNote } from './notes.js';

/** What the encoder needs of the options of `uiMessages`. */
export interface UiMessagesProtocol extends WireProtocol {
  readonly protocol: 'uiMessages';
  readonly version: 6 | 7;
  readonly input: unknown;
  readonly dynamicTools: readonly string[] | boolean;
}

/** A part of text that is open. */
export interface OpenText {
  readonly kind: TextKind;
  readonly id: string;
  readonly note: PartNote;
  /** The chunk of a delta up to its text. */
  readonly beforeText: string;
  /** The text so far; `undefined` if it is long, or if another part has the beginning of the block. */
  text: string | undefined;
}

export type TextKind = 'text' | 'reasoning' | 'refusal';

export interface Call {
  readonly callId: string;
  readonly name: string;
  readonly block: number;
  readonly step: number;
  readonly executor: Executor;
  readonly format: ArgumentsFormat;
  /** The chunk of a delta up to its text. */
  readonly beforeText: string;
  /** The argument text so far, or its beginning, while the call is open. */
  text: string;
  ended: boolean;
}

/** A file of which not all pieces came. */
export interface HeldFile {
  readonly block: number;
  readonly mediaType: string;
  data: string;
  transcript: string | undefined;
}

/** What an encoder knows of its stream: a host creates one whenever it subscribes to a source. */
export interface EncoderState {
  readonly version: 6 | 7;
  readonly isDynamic: (name: string) => boolean;
  readonly continued: ContinuedMessage;
  write: WriteData;
  began: boolean;
  ended: boolean;
  step: number;
  /** The steps that have content. */
  readonly shown: Set<number>;
  /** By block. */
  readonly texts: Map<number, OpenText>;
  readonly files: Map<number, HeldFile>;
  /** The characters that `files` hold. */
  held: number;
  readonly calls: Map<string, Call>;
  /** The ids of approvals that were requested, by the id of the call. */
  readonly requested: Map<string, string>;
  /** The calls that have a result in this step. */
  readonly answered: Set<string>;
  /** Calls of other choices than the one that is shown. */
  readonly otherCalls: Set<string>;
  /** The blocks of this step that have a part. */
  readonly blocks: Set<number>;
  /** Whether this step has a part. */
  hasParts: boolean;
  /** The block of the last part in the order of blocks, now and when this step began. */
  latest: number;
  latestBefore: number;
  /** The callId of the last event, if that was a result: a block that ends right after it is its native form. */
  lastResult: string | undefined;
  /** How many sources were written. */
  sources: number;
  /** A reset that voided nothing: it is noted with the start that follows. */
  pendingReset: ResetEvent | undefined;
}

export function createEncoderState({ version, input, dynamicTools }: UiMessagesProtocol): EncoderState {
  const names = new Set(typeof dynamicTools === 'boolean' ? [] : dynamicTools);
  const isDynamic = (name: string): boolean => dynamicTools === true || names.has(name);
  const continued = continuedMessage(input);
  return {
    version,
    isDynamic,
    continued,
    write: () => undefined,
    began: false,
    ended: false,
    step: 0,
    shown: new Set(),
    texts: new Map(),
    files: new Map(),
    held: 0,
    calls: new Map(),
    requested: new Map(continued.approvals),
    answered: new Set(),
    otherCalls: new Set(),
    blocks: new Set(),
    hasParts: false,
    latest: -1,
    latestBefore: -1,
    lastResult: undefined,
    sources: 0,
    pendingReset: undefined,
  };
}

export function put(state: EncoderState, chunk: Chunk): void {
  writeChunk(chunk, state.write);
}

/** Writes the start of the message, unless it is written. */
export function begin(state: EncoderState, start?: StartEvent): void {
  if (state.began) return;
  state.began = true;
  const messageId = state.continued.messageId ?? start?.id;
  put(state, { type: 'start', ...(messageId && { messageId }), ...startNotes(state, start) });
  put(state, { type: 'start-step' });
}

/** Writes the start of another attempt: the message is the same. */
export function restart(state: EncoderState, start: StartEvent): void {
  if (state.began) put(state, { type: 'message-metadata', ...startNotes(state, start) });
  else begin(state, start);
}

function startNotes(state: EncoderState, start: StartEvent | undefined): object {
  const { pendingReset: reset } = state;
  state.pendingReset = undefined;
  if (!start) return {};
  const { id, model, provider } = start;
  return { messageMetadata: { rxllm: { id, model, provider } }, rxllm: { start: true, ...(reset && { reset }) } };
}

/** A part of the message begins. @param block The block that it is, if it is one. */
export function addPart(state: EncoderState, block?: number): void {
  begin(state);
  state.shown.add(state.step);
  if (block !== undefined) {
    state.latest = state.hasParts ? Math.max(state.latest, block) : block;
    state.blocks.add(block);
  }
  state.hasParts = true;
}

/** No block of another step or attempt is extended. */
export function clearBlocks(state: EncoderState): void {
  state.blocks.clear();
  state.answered.clear();
  state.hasParts = false;
  state.lastResult = undefined;
}
