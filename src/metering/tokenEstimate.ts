import type { DeltaEvent } from '../events.js';
import { createCharacterTally, createCounterTally, type PromptTexts, type StreamCounter } from './tallies.js';
import type { CountTokens } from './tokenCounter.js';
import type { Estimate } from './usageArithmetic.js';

/** Estimates the tokens of one attempt without the provider's figures. */
export interface TokenEstimate {
  push(event: DeltaEvent): void;
  /** @param running Whether the attempt goes on: then a plain function is not called, because it would count the whole text again. */
  read(running: boolean): Estimate;
}

const unknown: Estimate = { inputTokens: undefined, outputTokens: undefined, confidence: 'exact' };

/** A counter that is not ready, or that has thrown, is replaced by the count of characters. */
export function createTokenEstimate(countTokens: CountTokens, promptTexts: PromptTexts): TokenEstimate {
  if (countTokens === 'none') return { push: () => undefined, read: () => unknown };
  const characters = createCharacterTally(promptTexts);
  const counter = toStreamCounter(countTokens);
  const counted = counter && createCounterTally(counter, promptTexts);
  let broken = false;

  function isUsable(running: boolean): boolean {
    if (broken) return false;
    return typeof countTokens === 'object' ? countTokens.ready : !running;
  }

  return {
    push(event) {
      characters.push(event);
      counted?.push(event);
    },
    read(running) {
      if (!counted || !isUsable(running)) return characters.read();
      try {
        return counted.read();
      } catch (error) {
        broken = true;
        throw error;
      }
    },
  };
}

function toStreamCounter(countTokens: CountTokens): StreamCounter | undefined {
  if (typeof countTokens === 'object') return countTokens;
  return typeof countTokens === 'function' ? fromFunction(countTokens) : undefined;
}

function fromFunction(count: (text: string) => number): StreamCounter {
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
