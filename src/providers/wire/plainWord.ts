/** A provider's word without case and separators: servers write `tool_calls`, `toolCalls`, `TOOL-CALLS` and `FINISH_REASON_TOOL_CALLS`. */
export function plainWord(word: string): string {
  return word
    .slice(0, longestWord)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '')
    .replace(/^finishreason/, '');
}

/** No word of a provider is longer; the rest of a text is not read. */
const longestWord = 80;
