import type { PromptTexts, Tally } from './tally.js';
import { writtenText } from './writtenText.js';

/** Characters per token, by the provider that `start` names. */
const charactersPerToken: ReadonlyMap<string, number> = new Map([
  ['openai', 4],
  ['anthropic', 3.5],
  ['xai', 4.2],
]);
const charactersPerTokenElsewhere = 4;

/** Guesses tokens from the number of characters, which is always known. */
export function createCharacterTally(promptTexts: PromptTexts): Tally {
  let ratio = charactersPerTokenElsewhere;
  let characters = 0;
  const toTokens = (length: number): number => Math.ceil(length / ratio);
  return {
    push(event) {
      if (event.type === 'start') ratio = charactersPerToken.get(event.provider) ?? charactersPerTokenElsewhere;
      else characters += writtenText(event).length;
    },
    read() {
      const asked = promptTexts()?.reduce((sum, text) => sum + text.length, 0);
      const inputTokens = asked === undefined ? undefined : toTokens(asked);
      return { inputTokens, outputTokens: toTokens(characters), confidence: 'low' };
    },
  };
}
