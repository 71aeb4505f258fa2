import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Runs modules in one process of Node, from the source of the library; returns the lines that each prints. */
export function printedBy(modules: ReadonlyMap<string, string>): Readonly<Record<string, readonly string[]>> {
  // Within the project, so that the names of packages are found.
  const folder = mkdtempSync(resolve('spec/site/.printed-'));
  try {
    const files = [...modules].map(([id, code]) => {
      const file = resolve(folder, `${id}.mts`);
      writeFileSync(file, code);
      return [id, pathToFileURL(file).href] as const;
    });
    const main = resolve(folder, 'main.mts');
    writeFileSync(main, collect(files));
    const { CI: _ci, NODE_OPTIONS: _options, ...env } = process.env;
    return JSON.parse(execFileSync(process.execPath, ['--import', 'tsx', main], { encoding: 'utf8', env })) as Record<
      string,
      string[]
    >;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function collect(files: readonly (readonly [id: string, url: string])[]): string {
  return `const { log } = console;
const printed = {};
for (const [id, url] of ${JSON.stringify(files)}) {
  printed[id] = [];
  console.log = (line) => printed[id].push(line);
  await import(url);
}
log(JSON.stringify(printed));
`;
}
