import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { decisionTree } from '../scripts/docs/decisionTree.js';
import { readPublicApi } from '../scripts/docs/publicFunctions.js';
import * as testing from '../src/testing/index.js';
import { pathsInCode, relativeLinks } from './support/markdown.js';
import { contains, filesThatRun, printsOf, type Snippet, snippetsOf } from './support/snippets.js';

const folder = 'docs/guides';
const guides = readdirSync(folder)
  .filter((file) => file.endsWith('.md'))
  .map((file) => join(folder, file));
const textOf = (guide: string): string => readFileSync(guide, 'utf8');
const running = filesThatRun();

/** The files that are run and that a guide links to, or names in code as it does with specs and the files of the first steps. */
function filesOf(guide: string): readonly string[] {
  const text = textOf(guide);
  const linked = relativeLinks(text, guide).map(({ file }) => file);
  const named = [...text.matchAll(/^`([\w.]+\.ts)`:$/gm)].map(([, file = '']) => `examples/start/${file}`);
  const specs = pathsInCode(text).filter((file) => file.endsWith('.spec.ts'));
  return [...[...linked, ...named].filter((file) => running.has(file)), ...specs];
}

const snippets = [...guides, 'docs/providers.md'].flatMap((guide) =>
  snippetsOf(textOf(guide)).map((snippet) => ({ guide, ...snippet })),
);
const inLanguage = (language: string): [string, Snippet & { readonly guide: string }][] =>
  snippets.filter((snippet) => snippet.language === language).map((snippet) => [`${snippet.guide}:${snippet.line}`, snippet]);

describe('the code of a guide', () => {
  it.each(inLanguage('ts'))('%s is a part of a file that is run, and that the guide links to', (_, { guide, text }) => {
    const origins = filesOf(guide).filter((file) => contains(readFileSync(file, 'utf8'), text));
    expect({ text, origins }).toEqual({ text, origins: expect.arrayContaining([expect.any(String)]) });
  });

  it('is TypeScript, or a configuration', () => {
    const languages = new Set(snippets.map(({ language }) => language));
    expect([...languages].sort()).toEqual(['diff', 'js', 'json', 'sh', 'text', 'ts']);
  });
});

describe('the output in a guide', () => {
  const specs = readdirSync('spec', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.spec.ts'))
    .map((file) => readFileSync(join('spec', file), 'utf8'))
    .join('\n');
  const pages = ['docs/operators/retryStream.md'].map((file) => readFileSync(file, 'utf8'));

  it.each(inLanguage('text'))('%s is what an example prints, or what a spec expects', (_, { guide, text }) => {
    expect(text).not.toBe('');
    const outputs = [...filesOf(guide).map((file) => printsOf(file) ?? ''), ...pages];
    const expected = text.split('\n').filter((line) => !specs.includes(line.trim()));
    if (!outputs.some((output) => contains(output, text))) expect(expected).toEqual([]);
  });
});

describe('the decision tree', () => {
  const page = textOf('docs/guides/choosing-operators.md');
  const { functions } = readPublicApi();
  const known = new Set([...functions.map(({ name }) => name), ...Object.keys(testing)]);
  const choices = decisionTree.flatMap(({ choices: each }) => each);
  const used = choices.flatMap(({ use }) => use);

  it('leads to every operator', () => {
    const operators = functions.filter(({ kind }) => kind === 'operators').map(({ name }) => name);
    expect(operators.filter((name) => !used.includes(name))).toEqual([]);
  });

  it('leads to nothing that does not exist, and to nothing twice', () => {
    expect(used.filter((name, index) => !known.has(name) || used.indexOf(name) !== index)).toEqual([]);
  });

  it.each(choices)('has a row in the tables of the page: $question', ({ question, use }) => {
    const row = page.split('\n').find((line) => line.startsWith(`| ${question} |`));
    for (const name of use) expect(row).toContain(`\`${name}\``);
  });
});

describe('the guides', () => {
  it('are linked from the README', () => {
    const readme = relativeLinks(readFileSync('README.md', 'utf8'), 'README.md').map(({ file }) => file);
    expect(guides.filter((guide) => !readme.includes(guide))).toEqual([]);
  });

  it('have a recipe for each file of examples/recipes', () => {
    const linked = relativeLinks(textOf('docs/guides/recipes.md'), 'docs/guides/recipes.md').map(({ file }) => file);
    const recipes = readdirSync('examples/recipes').map((file) => join('examples/recipes', file));
    expect(recipes.filter((file) => !linked.includes(file) || !running.has(file))).toEqual([]);
  });
});
