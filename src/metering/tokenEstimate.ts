import type { DeltaEvent } from '../events.js';
import { createCharacterTally } from './characterTally.js';
import { type Counting, createCounterTally } from './counterTally.js';
import type { PromptTexts } from './tallies.js';
import type { CountTokens } from './tokenCounter.js';
import type { Estimate } from './usageArithmetic.js';

/** Counts the tokens of one attempt at an answer, as far as they can be known without the provider. */
export interface TokenEstimate {
  push(event: DeltaEvent): void;
  /** @param running Whether the attempt goes on: then a plain function, which only knows whole texts, is left in peace. */
  read(running: boolean): Estimate;
}

const unknown: Estimate = { inputTokens: undefined, outputTokens: undefined, confidence: 'exact' };

/** Characters stand in for a counter that is not ready, and for one that has thrown. */
export function createTokenEstimate(countTokens: CountTokens, promptTexts: PromptTexts): TokenEstimate {
  if (countTokens === 'none') return { push: () => undefined, read: () => unknown };
  const characters = createCharacterTally(promptTexts);
  const counting = toCounting(countTokens);
  const counted = counting && createCounterTally(counting, promptTexts);
  let broken = false;

  function usable(running: boolean): boolean {
    if (broken) return false;
    return typeof countTokens === 'object' ? countTokens.ready : !running;
  }

  return {
    push(event) {
      characters.push(event);
      counted?.push(event);
    },
    read(running) {
      if (!counted || !usable(running)) return characters.read();
      try {
        return counted.read();
      } catch (error) {
        broken = true;
        throw error;
      }
    },
  };
}

function toCounting(countTokens: CountTokens): Counting | undefined {
  if (typeof countTokens === 'object') return countTokens;
  return typeof countTokens === 'function' ? fromFunction(countTokens) : undefined;
}

function fromFunction(count: (text: string) => number): Counting {
  return {
    stream() {
      let whole = '';
      return {
        push(text) {
          whole += text;
          return count(whole);
        },
      };
    },
  };
}
