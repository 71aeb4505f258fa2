import { concatMap, type MonoTypeOperatorFunction, of } from 'rxjs';
import type { DeltaEvent } from '../../events.js';

/**
 * Says every usage twice, as some gateways do: usage is cumulative, so what is added up is counted double.
 *
 *     source     s-a-u-f|
 *     result     s-a-(uu)f|
 *
 * Only an operator on events: how usage is told on a wire is each provider's own.
 *
 * @returns An operator that mirrors its source.
 * Emits error: none of its own. On unsubscribe: unsubscribes the source.
 * @example events$.pipe(duplicateUsage(), aggregateUsage())
 */
export function duplicateUsage<E extends DeltaEvent>(): MonoTypeOperatorFunction<E> {
  return concatMap((event) => (event.type === 'usage' ? of(event, event) : of(event)));
}
