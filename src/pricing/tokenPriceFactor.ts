import type { RequestTraits } from '../events.js';

/** The words of providers for what has the price of the list, or for what they do not report. */
const standardTiers: readonly (string | undefined)[] = [undefined, 'default', 'standard', 'on_demand'];
const standardSpeeds: readonly (string | undefined)[] = [undefined, 'standard'];
const standardRegions: readonly (string | undefined)[] = [undefined, 'global'];

/**
 * By what the prices of tokens are multiplied for a request; `undefined` where that is not published, or not for all models: `priority`,
 * `scale` and `fast` have prices of their own, and `auto` names no tier.
 *
 * @param provider The provider whose prices they are, by its name in the list.
 * @see https://openai.com/api/pricing and https://platform.claude.com/docs/en/about-claude/pricing
 */
export function tokenPriceFactor({ serviceTier, speed, region, batch }: RequestTraits, provider: string): number | undefined {
  const isBatch = batch === true || serviceTier === 'batch';
  const tier = isBatch ? 'batch' : standardTiers.includes(serviceTier) ? 'standard' : serviceTier;
  const tierFactor = tier === 'standard' ? 1 : published.get(`${provider} ${tier}`);
  const regionFactor = standardRegions.includes(region) ? 1 : published.get(`${provider} in ${region}`);
  if (tierFactor === undefined || regionFactor === undefined || !standardSpeeds.includes(speed)) return undefined;
  return tierFactor * regionFactor;
}

const published: ReadonlyMap<string, number> = new Map([
  ['openai flex', 0.5],
  ['anthropic batch', 0.5],
  ['anthropic in us', 1.1],
]);
