import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { pathsInCode, relativeLinks } from './support/markdown.js';

const pages = [
  'CONTRIBUTING.md',
  'README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((file) => join('docs', file)),
].filter((file) => file.endsWith('.md'));

const filesIn = (cell: string): readonly string[] => relativeLinks(cell, 'docs/guides/migration.md').map(({ file }) => file);

describe('the documentation', () => {
  it.each(pages)('%s links to existing files', (page) => {
    const files = relativeLinks(readFileSync(page, 'utf8'), page).map(({ file }) => file);
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  });

  it.each(pages)('%s names existing files in code', (page) => {
    expect(pathsInCode(readFileSync(page, 'utf8')).filter((file) => !existsSync(file))).toEqual([]);
  });

  describe.each([
    ['From a client with callbacks', 15],
    ['From a TOON guide', 9],
  ])('the guide "%s"', (title, length) => {
    const section = readFileSync('docs/guides/migration.md', 'utf8')
      .split('## ')
      .find((text) => text.startsWith(title));
    const rows = (section ?? '').split('\n').filter((line) => /^\| (?!before)/.test(line));

    it('has all its rows', () => {
      expect(rows).toHaveLength(length);
    });

    it.each(rows)('has an example that is run, and a spec, for: %s', (row) => {
      const [example = '', spec = ''] = row.split(' | ').slice(2);
      const examples = filesIn(example);
      const specs = pathsInCode(spec);
      expect(examples.length).toBeGreaterThan(0);
      expect(specs.length).toBeGreaterThan(0);
      for (const file of specs) expect(file).toMatch(/^spec\/.*\.spec\.ts$/);
      // The quickstart has a spec of its own, because what it prints depends on its arguments.
      for (const file of examples.filter((each) => each !== 'examples/quickstart.ts')) {
        expect(readFileSync(file, 'utf8')).toContain('/* Prints:\n');
      }
    });
  });
});
