import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as rxjs from 'rxjs';
import { operatorFiles, optionsNameOf } from './newOperator/templates.js';

/** `npm run new:operator NAME`: an operator with everything that the specs demand of one, to be edited from there. */
process.chdir(join(import.meta.dirname, '..'));

const [name = ''] = process.argv.slice(2);
const complaint = objection(name);
if (complaint) {
  console.error(`new:operator: ${complaint}`);
  process.exit(1);
}

const files = operatorFiles(name);
const written = {
  [`src/operators/${name}.ts`]: files.source,
  [`spec/operators/${name}.spec.ts`]: files.spec,
  [`examples/operators/${name}.ts`]: files.example,
  'src/index.ts': withExport(readFileSync('src/index.ts', 'utf8'), files.exportLine),
  'spec/publicNames.spec.ts': withPublicNames(readFileSync('spec/publicNames.spec.ts', 'utf8')),
  'scripts/docs/runs.ts': withRun(readFileSync('scripts/docs/runs.ts', 'utf8'), files.run),
  'README.md': withReadmeRow(readFileSync('README.md', 'utf8'), files.readmeRow),
};
for (const [file, text] of Object.entries(written)) writeFileSync(file, text);
// Sorts imports and exports by the new name.
run('node_modules/@biomejs/biome/bin/biome', 'check', '--write', ...Object.keys(written).filter((file) => file.endsWith('.ts')));
run('node_modules/tsx/dist/cli.mjs', 'scripts/docs.ts');
console.log(`${Object.keys(written).join('\n')}\ndocs/operators/${name}.md`);
console.log('\nNow edit the source, its spec, its example, its run and its README row; then: npm run docs, npm run check');

function run(script: string, ...args: readonly string[]): void {
  execFileSync(process.execPath, [script, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Why a name cannot be the name of a new operator; undefined if it can. */
function objection(wanted: string): string | undefined {
  if (wanted === '') return 'give it a name: npm run new:operator myOperator';
  if (!/^[a-z][A-Za-z0-9]+$/.test(wanted)) return `"${wanted}" is not a name in camelCase, such as myOperator`;
  if (isReserved(wanted)) return `"${wanted}" is a word of JavaScript`;
  if (/^(?:from|create)[A-Z]/.test(wanted)) return `"${wanted}" is the name of a source (from…) or a handle (create…)`;
  if (wanted in rxjs) return `"${wanted}" is the name of a function of RxJS`;
  if (/^(?:index|presets)$/.test(wanted) || takenNames().has(wanted.toLowerCase())) return `"${wanted}" is taken`;
  if (takenNames().has(optionsNameOf(wanted).toLowerCase()))
    return `"${optionsNameOf(wanted)}", the name of its options, is taken`;
  return undefined;
}

function isReserved(wanted: string): boolean {
  try {
    new Function(`'use strict'; const ${wanted} = 1; return ${wanted};`);
    return false;
  } catch {
    return true;
  }
}

/** Public names, and the files that would be written over. In lower case, because some file systems ignore case. */
function takenNames(): ReadonlySet<string> {
  const golden = readFileSync('spec/publicNames.spec.ts', 'utf8');
  const names = [...golden.matchAll(/(?:values|types): (?:`([^`]*)`|'([^']*)')/g)].flatMap(([, lines, line]) =>
    (lines ?? line ?? '').split(/\s+/),
  );
  const folders = ['src/operators', 'spec/operators', 'examples'].filter((folder) => existsSync(folder));
  const paths = folders.flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }));
  return new Set(
    [...names, ...paths.map((path) => basename(path).replace(/(?:\.spec)?\.ts$/, ''))].map((each) => each.toLowerCase()),
  );
}

/** Among the exports of the operators, which are in the order of their files. */
function withExport(index: string, line: string): string {
  const exported = [...index.matchAll(/^export [^;]*? from '\.\/operators\/(\w+)\.js';$/gm)];
  const next = exported.find(([, file = '']) => file > name);
  const last = exported.at(-1);
  if (!last) throw new Error('src/index.ts exports no operator');
  return insert(index, next?.index ?? last.index + last[0].length + 1, `${line}\n`);
}

/** The first entry of the golden list is that of `rxllm`. */
function withPublicNames(spec: string): string {
  const added = { values: name, types: optionsNameOf(name) };
  return Object.entries(added).reduce(
    (text, [kind, each]) => text.replace(new RegExp(`(?<=\\n    ${kind}: \`)[^\`]*(?=\`)`), (names) => withName(names, each)),
    spec,
  );
}

function withName(names: string, added: string): string {
  const next = names.split(/\s+/).find((each) => each > added);
  return next === undefined ? `${names} ${added}` : names.replace(new RegExp(`\\b${next}\\b`), `${added} ${next}`);
}

function withRun(runs: string, line: string): string {
  const start = runs.indexOf('export const runs');
  const keys = [...runs.matchAll(/^ {2}'?([\w-]+)'?: \{/gm)].filter(({ index }) => index > start);
  const next = keys.find(([, key = '']) => key > name);
  return insert(runs, next?.index ?? runs.lastIndexOf('};'), `${line}\n`);
}

/** The last row of the table: move it to the operators that it is like. */
function withReadmeRow(readme: string, row: string): string {
  const table = /^## Operators\n[\s\S]*?(?:^\|.*\n)+/m.exec(readme);
  if (!table) throw new Error('README.md has no table of operators');
  return insert(readme, table.index + table[0].length, `${row}\n`);
}

function insert(text: string, at: number, inserted: string): string {
  return text.slice(0, at) + inserted + text.slice(at);
}
