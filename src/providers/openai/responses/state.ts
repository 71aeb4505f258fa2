import type { GrowingText } from '../../../codecs/text/growingText.js';
import type { ArgumentsFormat, Executor, JsonObject, JsonValue, Phase } from '../../../events.js';
import type { Emit, WireState } from '../../wire/wireFormat.js';
import type { CallType } from './callTypes.js';

/** A provider's index, which is not trusted to be a number. */
export type Index = JsonValue | undefined;

export type TextKind = 'text' | 'refusal' | 'reasoning' | 'summary';

/** A text on its way: a content part of a message or of reasoning, or a part of a reasoning summary. */
export interface TextPart {
  readonly kind: TextKind;
  readonly block: number;
  readonly phase: Phase;
  /** The text so far. */
  readonly text: GrowingText;
  /** How many citations came so far. */
  citations: number;
}

/** A tool call as our events name it. */
export interface CallIdentity {
  readonly callId: string;
  readonly name: string;
  readonly executor: Executor;
  readonly format: ArgumentsFormat;
}

export interface ItemCall {
  readonly type: CallType;
  readonly block: number;
  /** Undefined until the call was announced, which waits for its name. */
  identity: CallIdentity | undefined;
  /** The argument text so far. */
  readonly text: GrowingText;
  /** Which of a shell call's commands streams. */
  command: Index;
}

/** An item of the response's output. */
export interface OutputItem {
  readonly type: string;
  /** The item as it was when we first saw it. */
  readonly added: JsonObject;
  /** The item as it ended; undefined until then. */
  native: JsonObject | undefined;
  /** Its first block; undefined as long as it has none. */
  block: number | undefined;
  /** The block of its image or its audio. */
  fileBlock: number | undefined;
  call: ItemCall | undefined;
  readonly phase: Phase;
  readonly texts: Readonly<Record<TextKind, Map<Index, TextPart>>>;
}

/** What is known about one response while it streams. */
export interface ResponsesState extends WireState {
  id: string | undefined;
  model: string | undefined;
  serviceTier: string | undefined;
  container: JsonValue | undefined;
  blockCount: number;
  /** In order of appearance. */
  readonly items: OutputItem[];
  /** By `output_index`; never by id, because some gateways change the id in every event. */
  readonly byIndex: Map<Index, OutputItem>;
  /** By callId, in order. */
  readonly calls: Map<string, CallIdentity>;
  /** The callIds of ended calls that wait for the caller. */
  readonly unanswered: Set<string>;
  /** Uses of the provider's own tools, by name. */
  readonly serverTools: Map<string, number>;
  awaitsApproval: boolean;
}

/** Decodes one type of event. */
export type DecodeEvent = (state: ResponsesState, payload: JsonObject, emit: Emit) => void;

export function createResponsesState(): ResponsesState {
  return {
    started: false,
    finished: false,
    settled: false,
    growing: undefined,
    id: undefined,
    model: undefined,
    serviceTier: undefined,
    container: undefined,
    blockCount: 0,
    items: [],
    byIndex: new Map(),
    calls: new Map(),
    unanswered: new Set(),
    serverTools: new Map(),
    awaitsApproval: false,
  };
}

/** Takes the next block number, for an item that may have several blocks. */
export function openBlock(state: ResponsesState, item: OutputItem): number {
  const block = state.blockCount++;
  item.block ??= block;
  return block;
}
