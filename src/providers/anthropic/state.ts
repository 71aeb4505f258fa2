import type { GrowingText } from '../../codecs/text/growingText.js';
import type { Executor, JsonObject, JsonValue, Usage } from '../../events.js';
import type { CallIds } from '../../message/callIds.js';
import type { WireState } from '../wire/wireFormat.js';

/** A provider's index; undefined if it sends none, or one that is not a number. */
export type Index = number | undefined;

/** The kind of content in a block, which decides which deltas belong to it. `opaque`: nothing that is streamed. */
export type BlockContent = 'text' | 'thinking' | 'input' | 'result' | 'opaque';

/** How events name a tool call. */
export interface CallIdentity {
  readonly callId: string;
  readonly name: string;
  readonly executor: Executor;
}

/** A content block that has started. */
export interface ContentBlock {
  readonly number: number;
  readonly index: Index;
  /** Whether `content_block_start` announced it. */
  readonly announced: boolean;
  /** A call that is still open under the same index. */
  below: ContentBlock | undefined;
  /** The block as `content_block_start` sent it. */
  readonly start: JsonObject;
  type: string;
  content: BlockContent;
  /** The text, the thinking or the input's JSON so far. */
  readonly text: GrowingText;
  /** The parsed input, once the block has stopped; `undefined` if it is not JSON. */
  input: JsonValue | undefined;
  readonly call: CallIdentity | undefined;
  citations: JsonValue[] | undefined;
  /** Fields that a delta sets rather than extends: the signature, the content of a compaction. */
  assigned: JsonObject | undefined;
}

/** The decoding state of one message: each subscription has its own. */
export interface MessagesState extends WireState {
  id: string | undefined;
  model: string | undefined;
  blockCount: number;
  /** The blocks that have not stopped, by the provider's index, the latest one of an index that several have. */
  readonly open: Map<Index, ContentBlock>;
  /** The call that was opened last. */
  latestCall: ContentBlock | undefined;
  /** The latest thinking that has stopped without a signature. */
  unsigned: ContentBlock | undefined;
  /** The content of a message that came whole. */
  whole: readonly JsonValue[];
  /** A call that has stopped but may be cut: the next payload decides. */
  pendingCall: ContentBlock | undefined;
  /** Calls by the provider's id, the latest one of a repeated id: their results refer to it. */
  readonly calls: Map<string, CallIdentity>;
  callIds: CallIds | undefined;
  /** Whether a call of one of the caller's own tools has ended. */
  calledClient: boolean;
  /** The provider's figures, merged. */
  readonly usage: Map<string, JsonValue>;
  /** What they have meant so far. */
  figures: Usage | undefined;
  stopReason: string | undefined;
  stopSequence: string | undefined;
  stopDetails: JsonValue | undefined;
  container: JsonValue | undefined;
}

export function createMessagesState(): MessagesState {
  return {
    started: false,
    finished: false,
    settled: false,
    growing: undefined,
    id: undefined,
    model: undefined,
    blockCount: 0,
    open: new Map(),
    latestCall: undefined,
    unsigned: undefined,
    whole: [],
    pendingCall: undefined,
    calls: new Map(),
    callIds: undefined,
    calledClient: false,
    usage: new Map(),
    figures: undefined,
    stopReason: undefined,
    stopSequence: undefined,
    stopDetails: undefined,
    container: undefined,
  };
}
