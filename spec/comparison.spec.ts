import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { differences, isSameInKind } from '../scripts/compare/figures.js';
import { type Quote, readQuotes, writeQuotes } from '../scripts/compare/page.js';
import { listScripts } from '../scripts/compare/scripts.js';

const page = readFileSync('docs/comparison.md', 'utf8');
const quotes = readQuotes(page);

describe('the comparison', () => {
  it('quotes every script once', () => {
    expect(quotes.map(({ script }) => script).toSorted()).toEqual(listScripts().toSorted());
  });

  it('quotes nothing but scripts', () => {
    expect(page.match(/^```text$/gm)).toHaveLength(quotes.length);
  });

  it.each(quotes)('quotes what $script printed, with the date and the versions', ({ date, node, packages, output }) => {
    expect(date > '2026-01-01').toBe(true);
    expect(node).toMatch(/^\d+\.\d+\.\d+$/);
    expect(packages).toMatch(/^\S+ \d+\.\d+\.\d+(, \S+ \d+\.\d+\.\d+)*$/);
    expect(output.split('\n').length).toBeGreaterThan(2);
  });

  it('has a script for each section of claims', () => {
    const [, ...sections] = page.split('\n## ');
    expect(sections.filter((section) => readQuotes(section).length === 0)).toEqual([]);
  });

  it.each(listScripts())('%s describes in its first lines what it does and prints', (script) => {
    expect(readFileSync(script, 'utf8')).toMatch(/^\/\*\*\n[^/]*Prints /);
  });
});

describe('a quote', () => {
  const quote: Quote = {
    script: 'bench/compare/events.ts',
    date: '2026-11-28',
    node: '20.20.2',
    packages: 'a 1.0.0, @b/c 2.3.4',
    output: 'one\ntwo\n',
  };
  const text = `A claim.\n\n${writeQuotes('`bench/compare/events.ts` · 2000-01-01 · Node 0 · x 0.0.0\n\n```text\n```', [quote])}\n`;

  it('is read as it was written', () => {
    expect(readQuotes(text)).toEqual([quote]);
  });

  it('is replaced by another run of its script, and no other text is', () => {
    const later = { ...quote, date: '2027-01-02', output: 'three\n' };
    const changed = writeQuotes(text, [later]);
    expect(readQuotes(changed)).toEqual([later]);
    expect(changed.startsWith('A claim.\n\n')).toBe(true);
    expect(writeQuotes(changed, [quote])).toBe(text);
  });

  it('stays when its script was not run', () => {
    expect(writeQuotes(text, [])).toBe(text);
  });
});

describe('two outputs', () => {
  it.each([
    ['a word', 'openai  success', 'openai  error', false],
    ['the widths of columns', 'a     success', 'a         success', true],
    ['the rule of a table', '-----  ----', '-------  ----', true],
    ['a count', '2 requests', '3 requests', false],
    ['a count of a name', 'AI SDK 6  waits', 'AI SDK 7  waits', false],
    ['a version', 'ai 7.0.173', 'ai 7.0.174', false],
    ['a ratio a little', '4.30 ×', '3.1 ×', true],
    ['a ratio by much', '4.30 ×', '1.2 ×', false],
    ['a ratio of a slow machine', '379 ×', '800 ×', true],
    ['a time by the machine', '1.18 µs', '4.0 µs', true],
    ['a time by much', '1.18 µs', '40 µs', false],
    ['a size a little', '16.2 kB', '17.4 kB', true],
    ['a size by a fifth', '16.2 kB', '19.6 kB', false],
    ['a growth a little', 'n^1.0', 'n^1.3', true],
    ['a growth that is another', 'n^1.0', 'n^1.8', false],
    ['what the buffers hold', 'stops after 3.8 MB', 'stops after 6.1 MB', true],
    ['whether it stops', 'stops after 3.8 MB', 'all of it', false],
    ['the unit of a figure', '3.8 ms', '3.8 µs', false],
  ])('compare by kind: %s', (_, quoted, printed, same) => {
    expect(isSameInKind(quoted, printed)).toBe(same);
    expect(isSameInKind(printed, quoted)).toBe(same);
  });

  it('are shown where they differ, and where one has more lines', () => {
    expect(differences('a 1 ×\nb yes\n', 'a 1.5 ×\nb no\nc\n')).toEqual(['- b yes', '+ b no', '+ c']);
    expect(differences('a\nb\n', 'a\n')).toEqual(['- b']);
    expect(differences('a\n', 'a\n')).toEqual([]);
  });
});
