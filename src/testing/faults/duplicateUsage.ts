import { concatMap, type MonoTypeOperatorFunction, of } from 'rxjs';
import type { DeltaEvent } from '../../events.js';

/**
 * Emits every `usage` event twice, as some gateways send it. Usage is cumulative, so code that adds it up counts double.
 *
 *     source     s-a-u-f|
 *     result     s-a-(uu)f|
 *
 * Only an operator on events, because each provider reports usage in its own way.
 *
 * @returns An operator that mirrors its source.
 * @emitsError None of its own.
 * @unsubscribe Unsubscribes from the source.
 * @example events$.pipe(duplicateUsage(), aggregateUsage())
 */
export function duplicateUsage<E extends DeltaEvent>(): MonoTypeOperatorFunction<E> {
  return concatMap((event) => (event.type === 'usage' ? of(event, event) : of(event)));
}
