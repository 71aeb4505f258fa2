import type { Attributes, Histogram, Meter } from '@opentelemetry/api';
import type { Timing, Usage } from '../events.js';
import {
  type MetricConvention,
  attributeNames as names,
  type Semconv,
  timeMetrics,
  tokenCounters,
  tokenType,
  tokenUsage,
} from './conventions.js';
import type { Operation } from './operation.js';

/** Records the metrics of a client. */
export interface Meters {
  /** Records the time between two deltas. */
  gap(milliseconds: number, operation: Operation): void;
  /**
   * Records the figures of a stream that has ended.
   * @param errorType The type of its error; undefined if it did not fail.
   */
  settle(timing: Timing, operation: Operation, errorType: string | undefined): void;
}

type RecordTokens = (usage: Usage, labels: Attributes) => void;

export function createMeters(meter: Meter, semconv: Semconv): Meters {
  const times = timeMetrics[semconv];
  const durations = createHistogram(meter, times.duration);
  const firstChunks = createHistogram(meter, times.timeToFirstChunk);
  const outputChunks = createHistogram(meter, times.timePerOutputChunk);
  const recordTokens = semconv === 'v0.1' ? countTokens(meter) : distributeTokens(meter);

  return {
    gap: (milliseconds, { labels }) => outputChunks.record(milliseconds / 1_000, labels),
    settle({ totalMs, firstDeltaMs }, { labels, usage }, errorType) {
      durations.record(totalMs / 1_000, errorType === undefined ? labels : { ...labels, [names.errorType]: errorType });
      if (firstDeltaMs !== undefined) firstChunks.record(firstDeltaMs / 1_000, labels);
      if (usage) recordTokens(usage, labels);
    },
  };
}

function createHistogram(meter: Meter, { name, unit, description, buckets = [] }: MetricConvention): Histogram {
  return meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: [...buckets] } });
}

/** v0.1: a counter for each figure. */
function countTokens(meter: Meter): RecordTokens {
  const counters = tokenCounters.map(([figure, { name, unit, description }]) => {
    return { figure, counter: meter.createCounter(name, { unit, description }) };
  });
  return (usage, labels) => {
    for (const { figure, counter } of counters) {
      const used = usage[figure];
      if (used !== undefined) counter.add(used, labels);
    }
  };
}

/** v1.41: one histogram for input and output. */
function distributeTokens(meter: Meter): RecordTokens {
  const histogram = createHistogram(meter, tokenUsage);
  return (usage, labels) => {
    for (const type of ['input', 'output'] as const) {
      const used = usage[`${type}Tokens`];
      if (used !== undefined) histogram.record(used, { ...labels, [tokenType]: type });
    }
  };
}
