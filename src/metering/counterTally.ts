import { writtenText } from '../message/deltas.js';
import type { PromptTexts, Tally } from './tallies.js';
import type { TokenCounter, TokenStream } from './tokenCounter.js';

/** What a tally needs of a counter, once that is ready. */
export type Counting = Pick<TokenCounter, 'stream'>;

/** What one block has said, and how much of it the counter has not seen. */
interface Said {
  unseen: string;
  tokens: number;
  stream: TokenStream | undefined;
}

/**
 * Counts by a tokenizer. Texts are held until somebody asks, so that the counter has time to load, and nothing to do where the provider tells
 * its own figures. Blocks are counted apart, because how they interleave is chance.
 */
export function createCounterTally(counter: Counting, promptTexts: PromptTexts): Tally {
  const blocks = new Map<string, Said>();
  /** The blocks that have said something since the last count. */
  let unseen: Said[] = [];
  let inputTokens: number | undefined;
  let outputTokens = 0;
  let approximate = false;

  function count(said: Said): void {
    said.stream ??= counter.stream();
    const tokens = said.stream.push(said.unseen);
    outputTokens += tokens - said.tokens;
    said.tokens = tokens;
    said.unseen = '';
    approximate ||= said.stream.approximate === true;
  }

  function open(key: string): Said {
    const said: Said = { unseen: '', tokens: 0, stream: undefined };
    blocks.set(key, said);
    return said;
  }

  function countWhole(text: string): number {
    const stream = counter.stream();
    const tokens = stream.push(text);
    approximate ||= stream.approximate === true;
    return tokens;
  }

  return {
    push(event) {
      const text = writtenText(event);
      if (text === '' || !('block' in event)) return;
      const key = `${event.choice}:${event.block}`;
      const said = blocks.get(key) ?? open(key);
      if (said.unseen === '') unseen.push(said);
      said.unseen += text;
    },
    read() {
      inputTokens ??= promptTexts()?.reduce((sum, text) => sum + countWhole(text), 0);
      unseen.forEach(count);
      unseen = [];
      return { inputTokens, outputTokens, confidence: approximate ? 'low' : 'high' };
    },
  };
}
