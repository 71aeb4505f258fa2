import { wholeText } from '../../../codecs/text/growingText.js';
import type { JsonObject } from '../../../events.js';
import type { ChatChoice } from './state.js';

/**
 * What a whole message, in place of a delta, adds to the deltas before it: all of it after none, else the end of its text that they lack.
 * Where it contradicts them, the deltas stand.
 */
export function wholeMessage(choice: ChatChoice, message: JsonObject): JsonObject {
  if (choice.blocks.length === 0) return message;
  const { content } = message;
  const said = choice.blocks.map((block) => (block.kind === 'text' ? wholeText(block.text) : '')).join('');
  const extended = typeof content === 'string' && content.startsWith(said);
  return extended ? { content: content.slice(said.length) } : {};
}
