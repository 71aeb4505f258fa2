/** What a new operator begins as: a mirror with one option or none, complete with its papers. */
export interface OperatorFiles {
  readonly source: string;
  readonly spec: string;
  readonly example: string;
  /** Its line in `scripts/docs/runs.ts`. */
  readonly run: string;
  readonly exportLine: string;
  readonly readmeRow: string;
}

export interface OperatorForm {
  readonly name: string;
  readonly hasOptions: boolean;
}

const sentences = {
  withOption: 'orwards every event, with or without `ping`',
  withoutOptions: 'orwards every event but `ping`',
  option: 'Whether to forward `ping` events',
  example: 'Every event of an answer but its pings',
};

/** What must be edited: a spec looks for these texts in doc comments, examples and the README. */
export const templateTexts: readonly string[] = Object.values(sentences);

export function operatorFiles({ name, hasOptions }: OperatorForm): OperatorFiles {
  const optionsName = optionsNameOf(name);
  const call = hasOptions ? `${name}({ pings: false })` : `${name}()`;
  return {
    source: hasOptions ? sourceWithOption(name, optionsName) : sourceWithoutOptions(name),
    spec: hasOptions ? specWithOption(name) : specWithoutOptions(name),
    example: example(name, call),
    run: `  ${name}: { source: \`stream('s-p-a-f|')\`, operators: ['${call}'] },`,
    exportLine: `export { ${hasOptions ? `type ${optionsName}, ` : ''}${name} } from './operators/${name}.js';`,
    readmeRow: hasOptions
      ? `| \`${name}({ pings })\` | mirror | f${sentences.withOption} |`
      : `| \`${name}()\` | mirror | f${sentences.withoutOptions} |`,
  };
}

export function optionsNameOf(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}Options`;
}

function sourceWithOption(name: string, optionsName: string): string {
  return `import type { MonoTypeOperatorFunction } from 'rxjs';
import type { DeltaEvent } from '../events.js';
import { operate } from '../kernel/operate.js';
import { checkOptions } from '../kernel/options.js';

export interface ${optionsName} {
  /** ${sentences.option}. @defaultValue true */
  readonly pings?: boolean;
}

/**
 * F${sentences.withOption}.
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
 * @example events$.pipe(${name}({ pings: false }))
 */
export function ${name}<E extends DeltaEvent>(options: ${optionsName} = {}): MonoTypeOperatorFunction<E> {
  checkOptions('${name}', options, ['pings']);
  const { pings = true } = options;
  if (typeof pings !== 'boolean') throw new TypeError('pings must be a boolean');
  return operate((destination) => ({
    next(event) {
      if (pings || event.type !== 'ping') destination.next(event);
    },
  }));
}
`;
}

function sourceWithoutOptions(name: string): string {
  return `import type { MonoTypeOperatorFunction } from 'rxjs';
import type { DeltaEvent } from '../events.js';
import { operate } from '../kernel/operate.js';

/**
 * F${sentences.withoutOptions}.
 *
 *     source   s-p-a-R-b-f|     p: ping, R: reset
 *     result   s---a-R-b-f|
 *
 * @emitsError None of its own.
 * @unsubscribe Has nothing to discard.
 * @reset Forwards it.
 * @cost Holds nothing; one comparison an event.
 * @example events$.pipe(${name}())
 */
export function ${name}<E extends DeltaEvent>(): MonoTypeOperatorFunction<E> {
  return operate((destination) => ({
    next(event) {
      if (event.type !== 'ping') destination.next(event);
    },
  }));
}
`;
}

function specWithOption(name: string): string {
  return `import { describe, expect, it } from '@jest/globals';
${specImports(name)}
describe('${name}', () => {
  operatorContract(() => ${name}(), { kind: 'mirror' });

  it(
    'forwards every event',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('s-p-a-R-b-f|');
      const result = '       s-p-a-R-b-f|';
      expectStream(source.pipe(${name}())).toBe(result);
      expectSubscriptions(source.subscriptions).toBe('^----------!');
    }),
  );

  it(
    'discards pings with \`pings: false\`',
    marbles(({ stream, expectStream }) => {
      const source = stream('s-p-a-R-b-f|');
      const result = '       s---a-R-b-f|';
      expectStream(source.pipe(${name}({ pings: false }))).toBe(result);
    }),
  );

  it('rejects an unknown option, and pings that is not a boolean', () => {
    // @ts-expect-error: no such option
    expect(() => ${name}({ ping: false })).toThrow(
      new TypeError('${name}: unknown option "ping", did you mean "pings"?'),
    );
    // @ts-expect-error: not a boolean
    expect(() => ${name}({ pings: 1 })).toThrow(new TypeError('pings must be a boolean'));
  });
});
`;
}

function specWithoutOptions(name: string): string {
  return `import { describe, it } from '@jest/globals';
${specImports(name)}
describe('${name}', () => {
  operatorContract(() => ${name}(), { kind: 'mirror' });

  it(
    'discards pings, and forwards every other event',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('s-p-a-R-b-f|');
      const result = '       s---a-R-b-f|';
      expectStream(source.pipe(${name}())).toBe(result);
      expectSubscriptions(source.subscriptions).toBe('^----------!');
    }),
  );
});
`;
}

function specImports(name: string): string {
  return `import { ${name} } from '../../src/operators/${name}.js';
import { marbles } from '../../src/testing/index.js';
import { operatorContract } from '../support/operatorContract.js';
`;
}

function example(name: string, call: string): string {
  return `/** ${sentences.example}. */
import { lastValueFrom, map, toArray } from 'rxjs';
import { ${name} } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('How much is two and two?');

const types$ = events$.pipe(
  ${call},
  map(({ type }) => type),
  toArray(),
);
console.log(await lastValueFrom(types$));
await stop();

/* Prints:
[ 'start', 'text-delta', 'block-end', 'usage', 'finish' ]
*/
`;
}
