import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { linkReference, writeApi } from './api.js';
import { readEntryPoints } from './entryPoints.js';
import { fileOfPage, linkedFile, pageOfFile } from './places.js';
import { linkPresets } from './playground/presetLinks.js';

const site = import.meta.dirname;
const root = join(site, '..');
const out = join(site, 'build/pages');

/** Writes everything that VitePress reads: the pages of `docs/` and of the site, the API, and the files that pages link to. */
export async function writePages(): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  cpSync(join(root, 'docs'), out, { recursive: true });
  for (const folder of readdirSync(out, { recursive: true, encoding: 'utf8' })) renameIndex(folder);
  linkPresets(join(out, 'operators'));
  cpSync(join(site, 'pages'), out, { recursive: true });
  writeLinked();
  await writeApi(root, readEntryPoints(root), join(out, 'api'));
  linkReference(out, ['operators', 'sources', 'handles', 'wires', 'functions']);
  writeHome();
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}

function renameIndex(file: string): void {
  if (!/(?:^|\/)README\.md$/.test(file)) return;
  copy(join(out, file), join(out, dirname(file), 'index.md'));
  rmSync(join(out, file));
}

/** The home, with the first code of the README, which a spec runs, and its picture. */
function writeHome(): void {
  const home = join(out, 'index.md');
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [code = ''] = /```ts\n[\s\S]*?```/.exec(readme) ?? [];
  const [picture = ''] = /!\[[^\]]*\]\(docs\/images\/[^)]*\)/.exec(readme) ?? [];
  const text = readFileSync(home, 'utf8')
    .replace('<!-- code of the README -->', () => code)
    .replace('<!-- picture of the README -->', () => picture.replace('(docs/', '(./'));
  writeFileSync(home, text);
}

/** A page for each other file of the project that a page links to. */
function writeLinked(): void {
  const pages = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md'));
  const pending = pages.flatMap((page) => linkedFiles(page));
  for (const file of pending) {
    const page = join(out, pageOfFile(file));
    if (existsSync(page) || !existsSync(join(root, file))) continue;
    mkdirSync(dirname(page), { recursive: true });
    writeFileSync(page, pageOf(file));
    pending.push(...linkedFiles(pageOfFile(file)));
  }
}

/** A Markdown file as it is, another as code, and a folder as links to its files. */
function pageOf(file: string): string {
  const path = join(root, file);
  if (file.endsWith('.md')) return readFileSync(path, 'utf8');
  return statSync(path).isDirectory() ? folderPage(file, namesIn(path)) : sourcePage(file);
}

function linkedFiles(page: string): readonly string[] {
  const file = fileOfPage(page);
  if (file === undefined) return [];
  const hrefs = [...readFileSync(join(out, page), 'utf8').matchAll(/\]\(([^)\s]+)/g)].map(([, href]) => href ?? '');
  return hrefs.map((href) => linkedFile(href, file)).filter((linked) => linked !== undefined);
}

/** What of a folder is worth reading: no package that is installed, nothing that is built or hidden. */
function namesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(
    ({ name }) => !name.startsWith('.') && !unread.includes(name),
  );
  const shown = entries.filter((entry) => entry.isDirectory() || /\.(?:css|html|js|json|md|mjs|ts)$/.test(entry.name));
  return shown.map(({ name }) => name);
}

const unread: readonly string[] = ['build', 'dist', 'node_modules', 'package-lock.json', 'public'];

const onlyLinked = '---\nsearch: false\nsidebar: false\noutline: false\nprev: false\nnext: false\n---\n';

function sourcePage(file: string): string {
  const text = readFileSync(join(root, file), 'utf8').trimEnd();
  const language = /\.(\w+)$/.exec(file)?.[1] ?? 'text';
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([mark]) => mark.length));
  const fence = '`'.repeat(longest + 1);
  return `${onlyLinked}\n# ${file}\n\n${fence}${language}\n${text}\n${fence}\n`;
}

function folderPage(folder: string, names: readonly string[]): string {
  const rows = names.map((name) => `- [${name}](${basename(folder)}/${name})`);
  return `${onlyLinked}\n# ${folder}\n\n${rows.join('\n')}\n`;
}
