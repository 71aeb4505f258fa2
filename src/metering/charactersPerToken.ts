const ratios: ReadonlyMap<string, number> = new Map([
  ['openai', 4],
  ['anthropic', 3.5],
  ['xai', 4.2],
]);

/** How many characters a token has, about, by the provider that `start` names. */
export function charactersPerToken(provider: string | undefined): number {
  return ratios.get(provider ?? '') ?? 4;
}
