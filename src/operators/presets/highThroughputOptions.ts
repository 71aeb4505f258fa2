import type { ApplyOptions } from '../applyOptions.js';
import { freezePreset } from './freezePreset.js';

/**
 * For many streams at once: patient limits, three repeats, and the usage as the provider tells it, without counting.
 *
 * @example events$.pipe(applyOptions({ ...highThroughputOptions, limitConcurrency: limiter }), bufferToText())
 */
export const highThroughputOptions: Pick<ApplyOptions, 'timeoutBetweenChunks' | 'retryStream' | 'aggregateUsage'> = freezePreset({
  timeoutBetweenChunks: { firstMs: 60_000, betweenMs: 60_000 },
  retryStream: { maxRetries: 3 },
  aggregateUsage: { countTokens: 'none' },
});
