import type { GrowingText } from '../../../codecs/text/growingText.js';
import type { Usage } from '../../../events.js';
import type { WireState } from '../../wire/wireFormat.js';
import type { CallBlock, ChatBlock } from './blocks.js';

/** What is known about one choice while it streams. */
export interface ChatChoice {
  readonly index: number;
  /** In order of first appearance, so that a block's number is its place. */
  readonly blocks: ChatBlock[];
  /** How many of them have ended. */
  endedBlocks: number;
  /** The block that was opened last: more content of its kind goes on in it. */
  current: ChatBlock | undefined;
  /** The text to which the payload that is decoded adds. */
  growing: GrowingText | undefined;
  /** The calls that have not ended, by the provider's index, else its id, else their position. */
  calls: Map<number | string, CallBlock> | undefined;
  /** The call that was extended last. */
  latestCall: CallBlock | undefined;
  /** The provider's own word, once the choice has ended. */
  finishReason: string | undefined;
  /** What it has said so far: it tells what the end means. */
  saidText: boolean;
  refused: boolean;
  calledClient: boolean;
}

/** What is known about one response while it streams. */
export interface ChatState extends WireState {
  /** The media type of audio, which only the request tells. */
  readonly audioType: string;
  id: string | undefined;
  model: string | undefined;
  systemFingerprint: string | undefined;
  serviceTier: string | undefined;
  usage: Usage | undefined;
  readonly choices: Map<number, ChatChoice>;
  /** How many choices have no finish reason. */
  unfinished: number;
  callIds: Set<string> | undefined;
  /** The sources that were told, which some servers repeat in every chunk. */
  citedUrls: Set<string> | undefined;
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
    citedUrls: undefined,
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
    calls: undefined,
    latestCall: undefined,
    finishReason: undefined,
    saidText: false,
    refused: false,
    calledClient: false,
  };
  state.choices.set(index, choice);
  state.unfinished++;
  state.settled = false;
  return choice;
}

/** Opens a block. Its number must be the count of blocks before it. */
export function openBlock<Block extends ChatBlock>(choice: ChatChoice, block: Block): Block {
  choice.blocks.push(block);
  choice.current = block;
  return block;
}
