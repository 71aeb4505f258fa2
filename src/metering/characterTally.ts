import { writtenText } from '../message/deltas.js';
import { charactersPerToken } from './charactersPerToken.js';
import type { PromptTexts, Tally } from './tallies.js';

/** Guesses tokens from the number of characters, which is always known. */
export function createCharacterTally(promptTexts: PromptTexts): Tally {
  let ratio = charactersPerToken(undefined);
  let characters = 0;
  const toTokens = (length: number): number => Math.ceil(length / ratio);
  return {
    push(event) {
      if (event.type === 'start') ratio = charactersPerToken(event.provider);
      else characters += writtenText(event).length;
    },
    read() {
      const asked = promptTexts()?.reduce((sum, text) => sum + text.length, 0);
      const inputTokens = asked === undefined ? undefined : toTokens(asked);
      return { inputTokens, outputTokens: toTokens(characters), confidence: 'low' };
    },
  };
}
