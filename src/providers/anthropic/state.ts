import type { GrowingText } from '../../codecs/text/growingText.js';
import type { Executor, JsonObject, JsonValue } from '../../events.js';
import type { WireState } from '../wire/wireFormat.js';

/** What a block holds: it decides which deltas belong to the block. `opaque`: nothing that we stream. */
export type BlockContent = 'text' | 'thinking' | 'input' | 'result' | 'opaque';

/** A tool call as our events name it. */
export interface Call {
  readonly callId: string;
  readonly name: string;
  readonly executor: Executor;
}

/** A content block on its way. */
export interface ContentBlock {
  readonly number: number;
  /** The block as `content_block_start` gave it. */
  readonly start: JsonObject;
  readonly type: string;
  content: BlockContent;
  /** The text, the thinking or the input's JSON so far. */
  readonly text: GrowingText;
  /** What that JSON says, once the block has stopped; `undefined` if it is not JSON. */
  input: JsonValue | undefined;
  readonly call: Call | undefined;
  citations: JsonValue[] | undefined;
  /** Fields that a delta sets rather than extends: the signature, a compaction's content. */
  assigned: JsonObject | undefined;
}

/** What is known about one message while it streams. */
export interface MessagesState extends WireState {
  id: string | undefined;
  model: string | undefined;
  blockCount: number;
  /** The blocks that have not stopped, by the provider's index, which is not trusted to be a number. */
  readonly open: Map<JsonValue | undefined, ContentBlock>;
  /** A call that has stopped and may be cut all the same: whatever comes next tells. */
  doubtful: ContentBlock | undefined;
  /** By the provider's id, of a repeated id the latest: results name their call by it. */
  readonly calls: Map<string, Call>;
  readonly callIds: Set<string>;
  /** Whether a call of one of the caller's own tools has ended. */
  calledClient: boolean;
  readonly usage: Map<string, JsonValue>;
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
    doubtful: undefined,
    calls: new Map(),
    callIds: new Set(),
    calledClient: false,
    usage: new Map(),
    stopReason: undefined,
    stopSequence: undefined,
    stopDetails: undefined,
    container: undefined,
  };
}
