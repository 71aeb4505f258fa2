import { describeValue } from '../marbles/describeEvent.js';
import { describeDifference, differencesOf } from '../marbles/differences.js';

/** Defines one test: `it` or `test` of any runner. */
export type DefineTest = (name: string, run: () => void | Promise<void>) => unknown;

/** A contract is broken. The message says what was expected and what came. */
export class ContractError extends Error {
  constructor(message: string) {
    super(message);
    // A literal, because minifiers rename classes.
    Object.defineProperty(this, 'name', { value: 'ContractError', configurable: true, writable: true });
  }
}

/** @throws ContractError unless it holds. */
export function check(holds: boolean, problem: string): asserts holds {
  if (!holds) throw new ContractError(problem);
}

/** Compares two values as `assertDeltas` does. @throws ContractError with the first differences. */
export function checkSame(actual: unknown, expected: unknown, problem: string): void {
  const differences = differencesOf(actual, expected);
  if (differences.length === 0) return;
  throw new ContractError([problem, ...differences.slice(0, shown).map(describeDifference)].join('\n  '));
}

const shown = 5;

/** Values as a message shows them. */
export function listed(values: readonly unknown[]): string {
  return `[${values.map(describeValue).join(', ')}]`;
}
