import type { PromptTexts, Tally } from './tally.js';
import type { TokenCounter, TokenStream } from './tokenCounter.js';
import { writtenText } from './writtenText.js';

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
  let inputTokens: number | undefined;
  let approximate = false;

  function count(said: Said): number {
    if (said.unseen === '') return said.tokens;
    said.stream ??= counter.stream();
    said.tokens = said.stream.push(said.unseen);
    said.unseen = '';
    approximate ||= said.stream.approximate === true;
    return said.tokens;
  }

  function countWhole(text: string): number {
    const stream = counter.stream();
    const tokens = stream.push(text);
    approximate ||= stream.approximate === true;
    return tokens;
  }

  return {
    push(event) {
      if (!('block' in event)) return;
      const key = `${event.choice}:${event.block}`;
      const said = blocks.get(key);
      if (said) said.unseen += writtenText(event);
      else blocks.set(key, { unseen: writtenText(event), tokens: 0, stream: undefined });
    },
    read() {
      inputTokens ??= promptTexts()?.reduce((sum, text) => sum + countWhole(text), 0);
      let outputTokens = 0;
      for (const said of blocks.values()) outputTokens += count(said);
      return { inputTokens, outputTokens, confidence: approximate ? 'low' : 'high' };
    },
  };
}
