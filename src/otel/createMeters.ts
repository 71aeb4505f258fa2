import type { Histogram, Meter } from '@opentelemetry/api';
import type { Timing } from '../events.js';
import {
  type HistogramConvention,
  attributeNames as names,
  operationDuration,
  timePerOutputChunk,
  timeToFirstChunk,
  tokenUsage,
} from './conventions.js';
import type { Operation } from './operation.js';

/** Records the four client histograms. */
export interface Meters {
  /** Records the time between two deltas. */
  gap(milliseconds: number, operation: Operation): void;
  /**
   * Records the figures of a stream that has ended.
   * @param errorType The type of its error; undefined if it did not fail.
   */
  settle(timing: Timing, operation: Operation, errorType: string | undefined): void;
}

export function createMeters(meter: Meter): Meters {
  const create = ({ name, buckets, ...options }: HistogramConvention): Histogram =>
    meter.createHistogram(name, { ...options, advice: { explicitBucketBoundaries: [...buckets] } });
  const durations = create(operationDuration);
  const firstChunks = create(timeToFirstChunk);
  const outputChunks = create(timePerOutputChunk);
  const tokens = create(tokenUsage);

  return {
    gap: (milliseconds, { labels }) => outputChunks.record(milliseconds / 1_000, labels),
    settle({ totalMs, firstDeltaMs }, { labels, usage }, errorType) {
      durations.record(totalMs / 1_000, errorType === undefined ? labels : { ...labels, [names.errorType]: errorType });
      if (firstDeltaMs !== undefined) firstChunks.record(firstDeltaMs / 1_000, labels);
      for (const type of ['input', 'output'] as const) {
        const used = usage?.[`${type}Tokens`];
        if (used !== undefined) tokens.record(used, { ...labels, [names.tokenType]: type });
      }
    },
  };
}
