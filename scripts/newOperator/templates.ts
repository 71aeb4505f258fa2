/** What a new operator begins as: a mirror with one option, complete with its papers. */
export interface OperatorFiles {
  readonly source: string;
  readonly spec: string;
  readonly example: string;
  /** Its line in `scripts/docs/runs.ts`. */
  readonly run: string;
  readonly exportLine: string;
  readonly readmeRow: string;
}

export function operatorFiles(name: string): OperatorFiles {
  const optionsName = optionsNameOf(name);
  return {
    source: source(name, optionsName),
    spec: spec(name),
    example: example(name),
    run: `  ${name}: { source: \`stream('s-p-a-f|')\`, operators: ['${name}({ pings: false })'] },`,
    exportLine: `export { type ${optionsName}, ${name} } from './operators/${name}.js';`,
    readmeRow: `| \`${name}({ pings })\` | mirror | forwards every event, with or without \`ping\` |`,
  };
}

export function optionsNameOf(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}Options`;
}

function source(name: string, optionsName: string): string {
  return `import type { MonoTypeOperatorFunction } from 'rxjs';
import type { DeltaEvent } from '../events.js';
import { operate } from '../kernel/operate.js';
import { checkOptions } from '../kernel/options.js';

export interface ${optionsName} {
  /** Whether to forward \`ping\` events. @defaultValue true */
  readonly pings?: boolean;
}

/**
 * Forwards every event, with or without \`ping\`.
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

function spec(name: string): string {
  return `import { describe, expect, it } from '@jest/globals';
import { ${name} } from '../../src/operators/${name}.js';
import { marbles } from '../../src/testing/index.js';
import { operatorContract } from '../support/operatorContract.js';

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

function example(name: string): string {
  return `/** Every event of an answer but its pings. */
import { lastValueFrom, map, toArray } from 'rxjs';
import { ${name} } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('How much is two and two?');

const types$ = events$.pipe(
  ${name}({ pings: false }),
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
