import type { DeltaEvent, StartEvent } from '../events.js';
import { writtenText } from '../message/deltas.js';
import { type PromptOverhead, promptOverhead } from './promptOverhead.js';
import type { PromptParts } from './promptParts.js';
import type { TokenCounter, TokenStream } from './tokenCounter.js';
import type { Estimate } from './usageArithmetic.js';

/** Counts the tokens of one attempt. */
export interface TokenTally {
  push(event: DeltaEvent): void;
  read(): Estimate;
}

/** Returns the parts of the prompt; `undefined` if the prompt is not known. */
export type PromptReader = () => PromptParts | undefined;

/** The part of a counter that a tally needs. */
export type StreamCounter = Pick<TokenCounter, 'stream'>;

const ratios: ReadonlyMap<string, number> = new Map([
  ['openai', 4],
  ['anthropic', 3.5],
  ['xai', 4.2],
]);

/** Characters per token, on average, by the provider that `start` names. */
export function charactersPerToken(provider: string | undefined): number {
  return ratios.get(provider ?? '') ?? 4;
}

/** Estimates tokens from the number of characters, which is always known. */
export function createCharacterTally(prompt: PromptReader): TokenTally {
  let start: StartEvent | undefined;
  let ratio = charactersPerToken(undefined);
  let characters = 0;
  const toTokens = (length: number): number => Math.ceil(length / ratio);
  return {
    push(event) {
      if (event.type === 'start') {
        start = event;
        ratio = charactersPerToken(event.provider);
      } else characters += writtenText(event).length;
    },
    read() {
      const parts = prompt();
      const promptLength = parts?.texts.reduce((sum, text) => sum + text.length, 0) ?? 0;
      const inputTokens = parts && toTokens(promptLength) + overheadOf(parts, start).tokens;
      return { inputTokens, outputTokens: toTokens(characters), confidence: 'low' };
    },
  };
}

function overheadOf(parts: PromptParts, start: StartEvent | undefined): PromptOverhead {
  return promptOverhead(parts, start?.provider, start?.model);
}

/** The text of one block, as far as the counter has not counted it, and the tokens of the rest. */
interface BlockText {
  uncounted: string;
  tokens: number;
  stream: TokenStream | undefined;
}

/**
 * Counts with a tokenizer. Texts are collected until `read`, so that the counter has time to load, and so that nothing is counted where the
 * provider reports its own figures. Each block is counted as a text of its own, because blocks are interleaved at random.
 */
export function createCounterTally(counter: StreamCounter, prompt: PromptReader): TokenTally {
  const blocks = new Map<string, BlockText>();
  /** The blocks that have grown since the last `read`. */
  let grown: BlockText[] = [];
  let start: StartEvent | undefined;
  let promptTokens: number | undefined;
  let outputTokens = 0;
  let approximate = false;

  function countBlock(block: BlockText): void {
    block.stream ??= counter.stream();
    const tokens = block.stream.push(block.uncounted);
    outputTokens += tokens - block.tokens;
    block.tokens = tokens;
    block.uncounted = '';
    approximate ||= block.stream.approximate === true;
  }

  function countWhole(text: string): number {
    const stream = counter.stream();
    const tokens = stream.push(text);
    approximate ||= stream.approximate === true;
    return tokens;
  }

  function startBlock(key: string): BlockText {
    const block: BlockText = { uncounted: '', tokens: 0, stream: undefined };
    blocks.set(key, block);
    return block;
  }

  return {
    push(event) {
      if (event.type === 'start') start = event;
      const text = writtenText(event);
      if (text === '' || !('block' in event)) return;
      const key = `${event.choice}:${event.block}`;
      const block = blocks.get(key) ?? startBlock(key);
      if (block.uncounted === '') grown.push(block);
      block.uncounted += text;
    },
    read() {
      const parts = prompt();
      promptTokens ??= parts?.texts.reduce((sum, text) => sum + countWhole(text), 0);
      grown.forEach(countBlock);
      grown = [];
      const overhead = parts && overheadOf(parts, start);
      return {
        inputTokens: promptTokens === undefined ? undefined : promptTokens + (overhead?.tokens ?? 0),
        outputTokens,
        confidence: approximate ? 'low' : 'high',
        inputConfidence: approximate || !overhead?.isKnown ? 'low' : 'high',
      };
    },
  };
}
