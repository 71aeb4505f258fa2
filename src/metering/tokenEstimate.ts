import type { DeltaEvent } from '../events.js';
import { createCharacterTally, createCounterTally, type PromptReader, type StreamCounter } from './tallies.js';
import type { CountTokens } from './tokenCounter.js';
import type { Estimate } from './usageArithmetic.js';

/** Estimates the tokens of one attempt without the provider's figures. */
export interface TokenEstimate {
  push(event: DeltaEvent): void;
  /** @param running Whether the attempt goes on: then a plain function is not called, because it would count the whole text again. */
  read(running: boolean): Estimate;
}

const texts: ReadonlySet<DeltaEvent['type']> = new Set(['text-delta', 'reasoning-delta', 'refusal-delta']);

/** A counter that is not ready, or that has thrown, is replaced by the count of characters. */
export function createTokenEstimate(countTokens: CountTokens, prompt: PromptReader): TokenEstimate {
  const characters = countTokens === 'none' ? undefined : createCharacterTally(prompt);
  const counter = toStreamCounter(countTokens);
  const counted = counter && createCounterTally(counter, prompt);
  let hasText = false;
  let broken = false;

  function isUsable(running: boolean): boolean {
    if (broken) return false;
    return typeof countTokens === 'object' ? countTokens.ready : !running;
  }

  function count(running: boolean): Estimate {
    if (!characters) return { inputTokens: undefined, outputTokens: undefined, confidence: 'exact' };
    if (!counted || !isUsable(running)) return characters.read();
    try {
      return counted.read();
    } catch (error) {
      broken = true;
      throw error;
    }
  }

  return {
    push(event) {
      hasText ||= texts.has(event.type);
      characters?.push(event);
      counted?.push(event);
    },
    read: (running) => ({ ...count(running), hasText }),
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
