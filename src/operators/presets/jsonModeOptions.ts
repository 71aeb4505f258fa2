import type { ApplyOptions } from '../applyOptions.js';
import { freezePreset } from './freezePreset.js';

/**
 * For structured output: patient limits, three repeats, and the usage.
 *
 * @example events$.pipe(applyOptions(jsonModeOptions), parseJsonOnComplete({ schema }))
 */
export const jsonModeOptions: Pick<ApplyOptions, 'timeoutBetweenChunks' | 'retryStream' | 'aggregateUsage'> = freezePreset({
  timeoutBetweenChunks: { firstMs: 60_000, betweenMs: 30_000 },
  retryStream: { maxRetries: 3 },
  aggregateUsage: true,
});
