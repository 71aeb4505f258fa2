import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';

/** What a script printed. */
export interface Run {
  readonly output: string;
  /** The packages that it has used, with their versions. */
  readonly packages: string;
  /** What is missing, if it could not run. */
  readonly skipped: string | undefined;
}

/** The exit code of a script for which something is missing on this machine. */
const skipCode = 77;
const timeoutMs = 100_000;

/** Bundles a script with the library, as the published package is, and runs it in a process of its own. Rejects if it fails. */
export async function runScript(script: string): Promise<Run> {
  const folder = dirname(script);
  const file = `${folder}/build/${basename(script, '.ts')}.js`;
  await build({
    entryPoints: [script],
    outfile: file,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    tsconfig: 'tsconfig.json',
    logLevel: 'error',
  });
  return { ...(await execute(file)), packages: versionsOf(importsOf(readFileSync(file, 'utf8')), folder) };
}

/** The packages that a bundle imports, and those that it imports in code which it bundles itself. */
function importsOf(code: string): readonly string[] {
  const paths = [...code.matchAll(/\bfrom ["']([@a-z][^"':]*)["']/g)].map(([, path = '']) => path);
  return paths.filter((path) => !isBuiltin(path) && !/^rxllm\b/.test(path));
}

function execute(file: string): Promise<Pick<Run, 'output' | 'skipped'>> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [file], { timeout: timeoutMs }, (error, stdout, stderr) => {
      if (error === null) resolve({ output: stdout, skipped: undefined });
      else if (error.code === skipCode) resolve({ output: '', skipped: stderr.trim() });
      else reject(new Error(`${error.killed === true ? `${file} took more than ${timeoutMs} ms` : error.message}\n${stderr}`));
    });
  });
}

function versionsOf(imports: readonly string[], folder: string): string {
  const names = new Set(imports.map((path) => path.split('/', path.startsWith('@') ? 2 : 1).join('/')));
  return [...names]
    .map((name) => readPackage(name, folder))
    .map(({ name, version }) => `${name} ${version}`)
    .sort()
    .join(', ');
}

/** As Node resolves it: in the nearest `node_modules` that has it. */
function readPackage(name: string, folder: string): { readonly name: string; readonly version: string } {
  const file = join(folder, 'node_modules', name, 'package.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  if (folder === '.') throw new Error(`${name} is not installed`);
  return readPackage(name, dirname(folder));
}
