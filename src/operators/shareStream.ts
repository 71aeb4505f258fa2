import type { MonoTypeOperatorFunction } from 'rxjs';
import type { DeltaEvent } from '../events.js';
import { operate } from '../kernel/operate.js';
import { checkOptions } from '../kernel/options.js';

export interface ShareStreamOptions {
  /** Whether to forward `ping` events. @defaultValue true */
  readonly pings?: boolean;
}

/**
 * Forwards every event, with or without `ping`.
 *
 *     source          s-p-a-R-b-f|     p: ping, R: reset
 *     pings = false
 *     result          s---a-R-b-f|
 *
 * @throws TypeError at call time for an unknown option or a wrong type.
 * @emitsError None of its own.
 * @unsubscribe Has nothing to discard.
 * @reset Forwards it.
 * @cost Holds nothing; one comparison an event.
 * @example events$.pipe(shareStream({ pings: false }))
 */
export function shareStream<E extends DeltaEvent>(options: ShareStreamOptions = {}): MonoTypeOperatorFunction<E> {
  checkOptions('shareStream', options, ['pings']);
  const { pings = true } = options;
  if (typeof pings !== 'boolean') throw new TypeError('pings must be a boolean');
  return operate((destination) => ({
    next(event) {
      if (pings || event.type !== 'ping') destination.next(event);
    },
  }));
}
