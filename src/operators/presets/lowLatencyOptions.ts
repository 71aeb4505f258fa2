import type { ApplyOptions } from '../applyOptions.js';
import { freezePreset } from './freezePreset.js';

/**
 * For somebody who waits: short limits, no repeats, and how fast it was.
 *
 * @example events$.pipe(applyOptions(lowLatencyOptions), textDeltas())
 */
export const lowLatencyOptions: Pick<ApplyOptions, 'timeoutBetweenChunks' | 'retryStream' | 'measureStream'> = freezePreset({
  timeoutBetweenChunks: { firstMs: 5_000, betweenMs: 15_000 },
  retryStream: { maxRetries: 0 },
  measureStream: true,
});
