import { filter, type OperatorFunction } from 'rxjs';
import { type DeltaEvent, eventTypes } from '../events.js';
import { checkCalled, checkName } from '../kernel/options.js';

/**
 * Emits only the events of the given types, and narrows the TypeScript type to them.
 *
 *     source     s-a-p-b-f|
 *     types = ['text-delta']
 *     result     --a---b--|
 *
 * @param types The values of `type` to keep, at least one.
 * @throws TypeError at call time if no type is given, or an unknown one.
 * @emitsError None of its own.
 * @unsubscribe Has nothing to discard.
 * @reset Forwards it if `types` has it.
 * @cost Holds nothing; one lookup for each event.
 * @example events$.pipe(ofEvent('tool-call-end'), map(({ name, argumentsText }) => run(name, argumentsText)))
 */
export function ofEvent<Type extends DeltaEvent['type']>(
  ...types: readonly [Type, ...Type[]]
): OperatorFunction<DeltaEvent, Extract<DeltaEvent, { readonly type: Type }>> {
  checkCalled('ofEvent', types[0]);
  if (types.length === 0) throw new TypeError('ofEvent: give at least one event type');
  for (const type of types) checkName('ofEvent: unknown event type', type, eventTypes);
  const kept: ReadonlySet<string> = new Set(types);
  return filter((event): event is Extract<DeltaEvent, { readonly type: Type }> => kept.has(event.type));
}
