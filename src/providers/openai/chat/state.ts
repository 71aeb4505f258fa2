import type { GrowingText } from '../../../codecs/text/growingText.js';
import type { StreamError } from '../../../errors.js';
import type { RawEvent, Usage } from '../../../events.js';
import type { CallIds } from '../../../message/callIds.js';
import type { WireState } from '../../wire/wireFormat.js';
import type { CallBlock, ChatBlock } from './blocks.js';

/** The decoding state of one choice. */
export interface ChatChoice {
  readonly index: number;
  /** In order of first appearance: the number of a block is its index. */
  readonly blocks: ChatBlock[];
  /** The number of blocks that have ended: the first ones. */
  endedBlocks: number;
  /** The block that was opened last: more content of its kind extends it. */
  current: ChatBlock | undefined;
  /** The text that the payload being decoded extends, if that is all it does. */
  growing: GrowingText | undefined;
  /** How often the payload being decoded has extended or kept something. */
  touches: number;
  /** The calls that have not ended, by the provider's index, else its id. */
  calls: Map<number | string, CallBlock> | undefined;
  /** The call that was extended last. */
  latestCall: CallBlock | undefined;
  /** The provider's own reason, once the choice has ended. */
  finishReason: string | undefined;
  /** The kinds of content that it has: they decide what a vague finish reason means. */
  hasText: boolean;
  hasRefusal: boolean;
  calledClient: boolean;
  /** Whether its content came with a flag that makes it reasoning, as Gemini's does: the closing mark follows in the text. */
  inThought: boolean;
}

/** The decoding state of one response: each subscription has its own. */
export interface ChatState extends WireState {
  /** The media type of audio. Only the request has it. */
  readonly audioType: string;
  id: string | undefined;
  model: string | undefined;
  systemFingerprint: string | undefined;
  serviceTier: string | undefined;
  usage: Usage | undefined;
  readonly choices: Map<number, ChatChoice>;
  /** The number of choices without a finish reason. */
  unfinished: number;
  callIds: CallIds | undefined;
  /** The sources that were emitted: some servers repeat them in every chunk. */
  cited: Set<string> | undefined;
  /** Payloads of unknown type that came before the first one with an id or content: `start` needs that one's id and model. */
  early: RawEvent[] | undefined;
  /** The fault that a finish reason reports. It ends the stream where the stream ends, because usage may follow. */
  failure: StreamError | undefined;
}

export function createChatState(audioType: string): ChatState {
  return {
    started: false,
    finished: false,
    settled: false,
    growing: undefined,
    audioType,
    id: undefined,
    model: undefined,
    systemFingerprint: undefined,
    serviceTier: undefined,
    usage: undefined,
    choices: new Map(),
    unfinished: 0,
    callIds: undefined,
    cited: undefined,
    early: undefined,
    failure: undefined,
  };
}

export function choiceOf(state: ChatState, index: number): ChatChoice {
  return state.choices.get(index) ?? addChoice(state, index);
}

function addChoice(state: ChatState, index: number): ChatChoice {
  const choice: ChatChoice = {
    index,
    blocks: [],
    endedBlocks: 0,
    current: undefined,
    growing: undefined,
    touches: 0,
    calls: undefined,
    latestCall: undefined,
    finishReason: undefined,
    hasText: false,
    hasRefusal: false,
    calledClient: false,
    inThought: false,
  };
  state.choices.set(index, choice);
  state.unfinished++;
  state.settled = false;
  return choice;
}

/** Opens a block. Its number must be the number of blocks before it. */
export function openBlock<Block extends ChatBlock>(choice: ChatChoice, block: Block): Block {
  choice.blocks.push(block);
  choice.current = block;
  return block;
}

/** Notes that the payload being decoded extends a text, or keeps something that is no text. */
export function touch(choice: ChatChoice, text?: GrowingText): void {
  choice.growing = choice.touches++ === 0 ? text : undefined;
}
