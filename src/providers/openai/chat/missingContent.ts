import { wholeText } from '../../../codecs/text/growingText.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import { isCall } from './blocks.js';
import { reasoningFields } from './reasoning.js';
import type { ChatChoice } from './state.js';

/**
 * The part of a whole message that the deltas before it lack: all of it if there were none, else the ends of its texts, and the calls if none
 * came. If it contradicts the deltas, they stand.
 */
export function missingContent(choice: ChatChoice, message: JsonObject): JsonObject {
  const { blocks } = choice;
  if (blocks.length === 0) return message;
  const missing = new Map<string, JsonValue>();
  const add = (field: string, told: string): void => {
    const whole = message[field];
    if (typeof whole === 'string' && whole.startsWith(told)) missing.set(field, whole.slice(told.length));
  };
  add('content', blocks.map((block) => (block.kind === 'text' ? wholeText(block.text) : '')).join(''));
  add('refusal', blocks.map((block) => (block.kind === 'refusal' ? wholeText(block.text) : '')).join(''));
  const isReasoned = blocks.some((block) => block.kind === 'reasoning');
  for (const field of reasoningFields) {
    const told = blocks.map((block) => (block.kind === 'reasoning' ? wholeOf(block.texts, field) : '')).join('');
    if (told !== '' || !isReasoned) add(field, told);
  }
  if (!blocks.some(isCall)) for (const field of ['tool_calls', 'function_call']) missing.set(field, message[field] ?? null);
  return Object.fromEntries(missing);
}

function wholeOf(texts: ReadonlyMap<string, Parameters<typeof wholeText>[0]>, field: string): string {
  const text = texts.get(field);
  return text ? wholeText(text) : '';
}
