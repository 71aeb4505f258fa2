import type { ApplyOptions } from './applyOptions.js';

/**
 * Options for structured output: generous time limits, three retries, and usage.
 *
 * @example events$.pipe(applyOptions(jsonModeOptions), parseJsonOnComplete({ schema }))
 */
export const jsonModeOptions: Pick<ApplyOptions, 'timeoutBetweenChunks' | 'retryStream' | 'aggregateUsage'> = freezePreset({
  timeoutBetweenChunks: { firstMs: 60_000, betweenMs: 30_000 },
  retryStream: { maxRetries: 3 },
  aggregateUsage: true,
});

/**
 * Options for many streams at once: generous time limits, three retries, and usage as the provider reports it, without counting tokens.
 *
 * @example events$.pipe(applyOptions({ ...highThroughputOptions, limitConcurrency: limiter }), bufferToText())
 */
export const highThroughputOptions: Pick<ApplyOptions, 'timeoutBetweenChunks' | 'retryStream' | 'aggregateUsage'> = freezePreset({
  timeoutBetweenChunks: { firstMs: 60_000, betweenMs: 60_000 },
  retryStream: { maxRetries: 3 },
  aggregateUsage: { countTokens: 'none' },
});

/**
 * Options for an answer that a user waits for: short time limits, no retries, and timing.
 *
 * @example events$.pipe(applyOptions(lowLatencyOptions), textDeltas())
 */
export const lowLatencyOptions: Pick<ApplyOptions, 'timeoutBetweenChunks' | 'retryStream' | 'measureStream'> = freezePreset({
  timeoutBetweenChunks: { firstMs: 5_000, betweenMs: 15_000 },
  retryStream: { maxRetries: 0 },
  measureStream: true,
});

/**
 * Options for an answer that matters more than its delay: five retries within ten minutes, usage, and timing.
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

/** Receives the log of {@link debugOptions}: the console, or a logger with the same method. */
export interface DebugLogger {
  debug(message: string, detail?: unknown): void;
}

type DebugPreset = Pick<ApplyOptions, 'measureStream' | 'tapStream'>;

/**
 * Options that log every event of a stream, and its timing. They log texts too, so they are not for production.
 *
 * `debugOptions` itself is a preset that logs to the console; called as a function, it creates one that logs to another logger.
 *
 * @param logger Anything with a method `debug`. @defaultValue the console
 * @throws TypeError at call time if the logger has no method `debug`.
 * @example events$.pipe(applyOptions(debugOptions), bufferToText())
 * events$.pipe(applyOptions({ ...jsonModeOptions, ...debugOptions(logger) }), parseJsonOnComplete())
 */
export const debugOptions: DebugPreset & ((logger?: DebugLogger) => DebugPreset) = freezePreset(
  Object.assign((logger: DebugLogger = console) => logTo(logger), logTo(console)),
);

function logTo(logger: DebugLogger): DebugPreset {
  if (typeof logger?.debug !== 'function') throw new TypeError('debugOptions: logger must have a method debug');
  return freezePreset({
    measureStream: true,
    tapStream: {
      start: ({ model, provider }) => logger.debug('start', { model, provider }),
      delta: (event) => logger.debug(event.type, event),
      usage: ({ usage }) => logger.debug('usage', usage),
      reset: ({ attempt, cause, delayMs, error }) => logger.debug('reset', { attempt, cause, delayMs, error }),
      complete: ({ finishReason, timing, usage }) => logger.debug('complete', { finishReason, timing, usage }),
      error: (error) => logger.debug('error', error),
      unsubscribe: () => logger.debug('unsubscribe'),
    },
  });
}

/** All code of an application shares the presets, so none may change them. */
function freezePreset<Preset extends object>(preset: Preset): Preset {
  for (const options of Object.values(preset)) Object.freeze(options);
  return Object.freeze(preset);
}
