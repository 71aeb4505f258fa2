import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { anchorsOf, type MarkdownLink, relativeLinks } from './support/markdown.js';

const folder = mkdtempSync(join(tmpdir(), 'rxllm-packed-'));
const options = ['--ignore-scripts', '--json', '--pack-destination', folder];
const [{ filename }] = JSON.parse(execFileSync('npm', ['pack', ...options], { encoding: 'utf8' })) as [{ filename: string }];
execFileSync('tar', ['-xzf', filename], { cwd: folder });
const root = join(folder, 'package');
const pages = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md'));

/** A registry shows the pictures of the repository, so that the package needs none. */
const isPicture = ({ file }: MarkdownLink): boolean => file.startsWith('docs/images/');

function isBroken({ file, anchor }: MarkdownLink): boolean {
  const path = join(root, file);
  if (!existsSync(path)) return true;
  if (anchor === undefined) return false;
  return statSync(path).isDirectory() || !anchorsOf(readFileSync(path, 'utf8')).includes(anchor);
}

describe('the unpacked tarball', () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has the guides, a page for each kind of function, and the sources that source maps name', () => {
    const files = ['README.md', 'CHANGELOG.md', 'docs/guides/migration.md', 'docs/operators/README.md', 'docs/sources/README.md'];
    expect(pages).toEqual(expect.arrayContaining(files));
    expect(existsSync(join(root, 'src/index.ts'))).toBe(true);
  });

  it.each(pages)('has every file that %s links to', (page) => {
    const links = relativeLinks(readFileSync(join(root, page), 'utf8'), page);
    expect(links.filter((link) => !isPicture(link) && isBroken(link))).toEqual([]);
  });
});
