import type { ApplyOptions } from '../applyOptions.js';
import { freezePreset } from './freezePreset.js';

/** What the console and most loggers are. */
export interface DebugLogger {
  debug(message: string, detail?: unknown): void;
}

/**
 * For a look inside: every step of a stream to a logger, and how fast it was. Texts are logged, so it is not for production.
 *
 * @param logger Anything with a method `debug`, such as the console.
 * @throws TypeError at call time if the logger has no method `debug`.
 * @example events$.pipe(applyOptions(debugOptions(console)), bufferToText())
 */
export function debugOptions(logger: DebugLogger): Pick<ApplyOptions, 'measureStream' | 'tapStream'> {
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
