import type { ApplyOptions } from '../applyOptions.js';
import { freezePreset } from './freezePreset.js';

/** What the console and most loggers are. */
export interface DebugLogger {
  debug(message: string, detail?: unknown): void;
}

type DebugPreset = Pick<ApplyOptions, 'measureStream' | 'tapStream'>;

/**
 * For a look inside: every step of a stream to a logger, and how fast it was. Texts are logged, so it is not for production.
 *
 * It is both a preset like the others, whose logger is the console, and a function that makes the preset for another logger.
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
