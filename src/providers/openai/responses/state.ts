import type { GrowingText } from '../../../codecs/text/growingText.js';
import type { StreamError } from '../../../errors.js';
import type { ArgumentsFormat, Executor, JsonObject, JsonValue, Phase } from '../../../events.js';
import type { CallIds } from '../../../message/callIds.js';
import type { Emit, WireState } from '../../wire/wireFormat.js';
import type { CallType } from './callTypes.js';

/** A provider's index; undefined if it sends none, or one that is not a number. */
export type Index = number | undefined;

export type TextKind = 'text' | 'refusal' | 'reasoning' | 'summary';

/** A text that is streamed: a content part of a message or of reasoning, or a part of a reasoning summary. */
export interface TextPart {
  readonly kind: TextKind;
  readonly block: number;
  readonly phase: Phase;
  /** The index under which it began. Some servers count up with every delta, so that later ones mean little. */
  readonly index: Index;
  /** The text so far. */
  readonly text: GrowingText;
  /** The number of citations that were emitted. */
  citations: number;
  /** How much of the text, of a part that came whole, later deltas have told again. */
  repeated: number | undefined;
  /** Whether the provider ended it: text under another index then begins a part of its own. */
  closed: boolean;
}

/** A part as `response.content_part.added` sends it. Its text, which should be empty, is the beginning of the part or the first delta too. */
export interface AnnouncedPart {
  readonly kind: TextKind;
  readonly index: Index;
  readonly text: string;
}

/** How events name a tool call. */
export interface CallIdentity {
  readonly callId: string;
  readonly name: string;
  readonly executor: Executor;
  readonly format: ArgumentsFormat;
}

export interface ItemCall {
  readonly type: CallType;
  readonly block: number;
  /** Undefined until `tool-call-start` is emitted, when the name is known. */
  identity: CallIdentity | undefined;
  /** The argument text so far. */
  text: GrowingText;
  /** The argument text of the event that ended the deltas, which may contradict them. */
  whole: string;
  /** The command of a shell call that is streamed. */
  command: JsonValue | undefined;
}

/** An item of the response's output. */
export interface OutputItem {
  /** Empty while it is not known. */
  type: string;
  readonly index: Index;
  /** The provider's id, the first one that was sent. */
  id: string | undefined;
  /** Whether `response.output_item.added` announced it. */
  announced: boolean;
  /** The item as it was sent first, or by an end that came before its content. */
  added: JsonObject;
  /** The whole item, once it has ended. */
  native: JsonObject | undefined;
  /** Whether its end came too early, so that more may come. */
  held: boolean;
  /** Whether content came after its end. */
  late: boolean;
  /** Its first block, once it has one. */
  block: number | undefined;
  /** The block of its image or its audio. */
  fileBlock: number | undefined;
  call: ItemCall | undefined;
  readonly phase: Phase;
  /** The part that was announced and that no other event has told of. */
  announcedPart: AnnouncedPart | undefined;
  readonly texts: Readonly<Record<TextKind, TextPart[]>>;
}

/** The decoding state of one response: each subscription has its own. */
export interface ResponsesState extends WireState {
  id: string | undefined;
  model: string | undefined;
  serviceTier: string | undefined;
  container: JsonValue | undefined;
  blockCount: number;
  /** In order of appearance. */
  readonly items: OutputItem[];
  /** By `output_index`, the latest one of an index that several have. */
  readonly byIndex: Map<number, OutputItem>;
  /** By the provider's id and call id; undefined if several items have it. Only without an index: some gateways change the ids. */
  readonly byId: Map<string, OutputItem | undefined>;
  /** Whether the ids of one item differ from event to event. */
  idsChange: boolean;
  /** By the provider's id, in order; a call with a missing or repeated id by its callId. */
  readonly calls: Map<string, CallIdentity>;
  callIds: CallIds | undefined;
  /** The callIds of ended calls that await the caller's result. */
  readonly unanswered: Set<string>;
  /** The number of uses of the provider's own tools, by name. */
  readonly serverTools: Map<string, number>;
  awaitsApproval: boolean;
  /** A failure without a reason, which the next event may tell. */
  failure: StreamError | undefined;
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
    byId: new Map(),
    idsChange: false,
    calls: new Map(),
    callIds: undefined,
    unanswered: new Set(),
    serverTools: new Map(),
    awaitsApproval: false,
    failure: undefined,
  };
}

/** Opens the next block, for an item that may have several, and returns its number. */
export function openBlock(state: ResponsesState, item: OutputItem): number {
  const block = state.blockCount++;
  item.block ??= block;
  return block;
}
