import { readFileSync } from 'node:fs';
import { type OperatorFiles, type OperatorForm, optionsNameOf } from './templates.js';

/** The lists that name every operator, with the new one, by path. */
export function listsWith(form: OperatorForm, files: OperatorFiles): Readonly<Record<string, string>> {
  const read = (file: string): string => readFileSync(file, 'utf8');
  return {
    'src/index.ts': withExport(read('src/index.ts'), form, files.exportLine),
    'spec/publicNames.spec.ts': withPublicNames(read('spec/publicNames.spec.ts'), form),
    'scripts/docs/runs.ts': withRun(read('scripts/docs/runs.ts'), form, files.run),
    'README.md': withReadmeRow(read('README.md'), files.readmeRow),
  };
}

/** Among the exports of the operators, which are in the order of their files. */
function withExport(index: string, { name }: OperatorForm, line: string): string {
  const exported = [...index.matchAll(/^export [^;]*? from '\.\/operators\/(\w+)\.js';$/gm)];
  const next = exported.find(([, file = '']) => file > name);
  const last = exported.at(-1);
  if (!last) throw new Error('src/index.ts exports no operator');
  return insert(index, next?.index ?? last.index + last[0].length + 1, `${line}\n`);
}

/** The first entry of the golden list is that of `rxllm`. */
function withPublicNames(spec: string, { name, hasOptions }: OperatorForm): string {
  const added = { values: name, ...(hasOptions ? { types: optionsNameOf(name) } : {}) };
  return Object.entries(added).reduce(
    (text, [kind, each]) => text.replace(new RegExp(`(?<=\\n    ${kind}: \`)[^\`]*(?=\`)`), (names) => withName(names, each)),
    spec,
  );
}

function withName(names: string, added: string): string {
  const next = names.split(/\s+/).find((each) => each > added);
  return next === undefined ? `${names} ${added}` : names.replace(new RegExp(`\\b${next}\\b`), `${added} ${next}`);
}

function withRun(runs: string, { name }: OperatorForm, line: string): string {
  const start = runs.indexOf('export const runs');
  const keys = [...runs.matchAll(/^ {2}'?([\w-]+)'?: \{/gm)].filter(({ index }) => index > start);
  const next = keys.find(([, key = '']) => key > name);
  return insert(runs, next?.index ?? runs.lastIndexOf('};'), `${line}\n`);
}

/** The last row of the table. */
function withReadmeRow(readme: string, row: string): string {
  const table = /^## Operators\n[\s\S]*?(?:^\|.*\n)+/m.exec(readme);
  if (!table) throw new Error('README.md has no table of operators');
  return insert(readme, table.index + table[0].length, `${row}\n`);
}

function insert(text: string, at: number, inserted: string): string {
  return text.slice(0, at) + inserted + text.slice(at);
}
