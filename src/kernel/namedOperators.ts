import type { MonoTypeOperatorFunction } from 'rxjs';

/** An operator that is created from an object with the options of several operators, each under the name of its operator. */
export interface NamedOperator<T, Options> {
  readonly name: keyof Options & string;
  /** @returns The operator, or `undefined` if the options omit it. */
  create(options: Options): MonoTypeOperatorFunction<T> | undefined;
}

type Given<Value> = Exclude<Value, boolean | undefined>;

/**
 * Returns a function that describes one {@link NamedOperator}: its name, how its options create it, and how it is created by default.
 *
 * An operator is omitted if its value is `false` or `undefined`, and created by default if it is `true`; without a default, `true` is a
 * TypeError.
 */
export function namedOperators<T, Options extends object>(owner: string) {
  return <Name extends keyof Options & string>(
    name: Name,
    create: (given: Given<Options[Name]>) => MonoTypeOperatorFunction<T> | undefined,
    createDefault?: () => MonoTypeOperatorFunction<T>,
  ): NamedOperator<T, Options> => ({
    name,
    create(options) {
      const given = options[name];
      if (given === undefined || given === false) return undefined;
      if (given !== true) return create(given as Given<Options[Name]>);
      if (createDefault) return createDefault();
      throw new TypeError(`${owner}: ${name} needs its options, not true`);
    },
  });
}
