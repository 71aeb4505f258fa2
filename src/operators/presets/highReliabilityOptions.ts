import type { ApplyOptions } from '../applyOptions.js';
import { freezePreset } from './freezePreset.js';

/**
 * For an answer that must come: five repeats within ten minutes, the usage, and how fast it was.
 *
 * @example events$.pipe(applyOptions({ ...highReliabilityOptions, fallbackTo: [other$] }), toMessage())
 */
export const highReliabilityOptions: Pick<
  ApplyOptions,
  'timeoutBetweenChunks' | 'retryStream' | 'aggregateUsage' | 'measureStream'
> = freezePreset({
  timeoutBetweenChunks: { firstMs: 60_000, betweenMs: 120_000, totalMs: 600_000 },
  retryStream: { maxRetries: 5 },
  aggregateUsage: true,
  measureStream: true,
});
