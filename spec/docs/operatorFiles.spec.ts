import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readExamples } from '../../scripts/docs/functionPages.js';
import { readPublicApi } from '../../scripts/docs/publicFunctions.js';

const { functions } = readPublicApi();
const readme = readFileSync('README.md', 'utf8');
const readmeRows = new Set([...readme.matchAll(/^\| `(\w+)(?:<\w+>)?\(/gm)].map(([, name]) => name));
const readmeNames = new Set([...readme.matchAll(/`(\w+)/g)].map(([, name]) => name));
const examples = readExamples();

/** Unsubscribing from them must not unsubscribe from the source, and they claim a stream before they subscribe to it. */
const ownersOfTheirSource: ReadonlySet<string> = new Set(['persistTo']);

describe.each(functions.filter(({ kind }) => kind === 'operators'))('the operator $name', ({ name, file }) => {
  const spec = file.replace(/^src/, 'spec').replace(/\.ts$/, '.spec.ts');

  it(`has its own file and spec: ${spec}`, () => {
    expect(file).toMatch(new RegExp(`/${name}\\.ts$`));
    expect(existsSync(spec)).toBe(true);
  });

  it('keeps the operator contract', () => {
    if (ownersOfTheirSource.has(name)) return;
    expect(readFileSync(spec, 'utf8')).toMatch(/^ *operatorContract\(/m);
  });

  it('has a row in the README', () => {
    expect(readmeRows.has(name)).toBe(true);
  });

  it('has a page', () => {
    expect(existsSync(`docs/operators/${name}.md`)).toBe(true);
  });

  it('has an example', () => {
    expect(examples.get(name)?.file).toMatch(/^examples\//);
  });
});

describe('a source, a handle or a function', () => {
  it.each(functions.map(({ name }) => name))('%s stands in the README', (name) => {
    expect(readmeNames.has(name)).toBe(true);
  });
});
