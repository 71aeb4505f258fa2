import type { JsonEnding } from './candidates.js';
import { ignoreJson, type JsonReceiver } from './handler.js';
import { createProseText, type ProseText } from './prose.js';
import { JsonSyntaxError } from './syntaxError.js';
import type { JsonTextOptions } from './text.js';

const noReceiver: JsonReceiver = { begin: () => ignoreJson, close: () => undefined };

/**
 * Finds the values and the fenced blocks of a whole answer.
 *
 * @throws LimitError past `maxDepth`.
 * @returns What was found, and whether the answer ends with a whole value.
 */
export function findValues(
  text: string,
  { fences = true, maxDepth = 256, controlCharacters = false }: JsonTextOptions,
  ending: JsonEnding = {},
): { readonly found: ProseText; readonly complete: boolean } {
  const rules = { fences, maxDepth, controlCharacters, after: 'text', single: false, all: false, collect: true } as const;
  const found = createProseText(noReceiver, rules);
  found.write(text);
  return { found, complete: endOf(found, ending) };
}

function endOf(found: ProseText, ending: JsonEnding): boolean {
  try {
    return found.end(ending);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return false;
    throw error;
  }
}
