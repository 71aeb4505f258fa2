/** The vocabularies of js-tiktoken. */
export const encodings = ['cl100k_base', 'gpt2', 'o200k_base', 'p50k_base', 'p50k_edit', 'r50k_base'] as const;

/** The name of a vocabulary. */
export type TiktokenEncoding = (typeof encodings)[number];

/** Families of model names, without a prefix such as `openai/`. The first match counts. */
const families: readonly (readonly [RegExp, TiktokenEncoding])[] = [
  [/^(chatgpt-4o|gpt-4o|gpt-4\.[15]|gpt-5(\.\d+)?|gpt-oss|gpt-audio|gpt-realtime)(?![\w.])/, 'o200k_base'],
  [/^(o1|o3|o4|codex-mini|computer-use-preview)(?![\w.])/, 'o200k_base'],
  [/^(gpt-4|gpt-3\.5|gpt-35)(?![\w.])/, 'cl100k_base'],
  [/^(text-embedding-ada-002|text-embedding-3|davinci-002|babbage-002)(?![\w.])/, 'cl100k_base'],
];

/** The vocabulary of a model, given with or without a date or a prefix; undefined for an unknown model. */
export function encodingOf(name: string): TiktokenEncoding | undefined {
  const exact = encodings.find((encoding) => encoding === name);
  if (exact) return exact;
  const model = name
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/^(ft:|openai[.:])/, '');
  return families.find(([family]) => family.test(model))?.[1];
}
