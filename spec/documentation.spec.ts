import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const pages = [
  'README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((file) => join('docs', file)),
].filter((file) => file.endsWith('.md'));

/** The files of the project that a page points at. */
function links(page: string): readonly string[] {
  const targets = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target]) => target ?? '');
  return targets.filter((target) => !/^[a-z]+:/.test(target)).map((target) => join(dirname(page), target));
}

describe('the documentation', () => {
  it.each(pages)('%s points at files that are there', (page) => {
    expect(links(page).filter((file) => !existsSync(file))).toEqual([]);
  });

  it('has an example for each row of the guide of a client with callbacks', () => {
    const guide = readFileSync('docs/migration.md', 'utf8')
      .split('## ')
      .find((section) => section.startsWith('From a client'));
    const rows = guide?.split('\n').filter((line) => /^\| (?!before|-)/.test(line)) ?? [];
    expect(rows).toHaveLength(15);
    expect(rows.filter((row) => !/\(\.\.\/examples\/[^)]+\.ts\) \|$/.test(row))).toEqual([]);
  });
});
