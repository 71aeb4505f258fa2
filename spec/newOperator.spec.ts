import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

const run = promisify(execFile);
const project = mkdtempSync(join(tmpdir(), 'rxllm-operator-'));
const root = resolve('.');

/** What a copy of the project does without. */
const omitted = /^(?:(?:bench\/)?(?:node_modules|build)|dist|coverage|\.git)(?:\/|$)/;

/** Runs a program of the project in the copy; rejects with what it printed. */
async function runInCopy(program: string, ...args: readonly string[]): Promise<string> {
  const flags = program.includes('jest') ? ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'] : [];
  const { NODE_OPTIONS: _, ...env } = process.env;
  try {
    const { stdout } = await run(process.execPath, [...flags, `node_modules/${program}`, ...args], { cwd: project, env });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${program} ${args.join(' ')}\n${stdout}\n${stderr}`);
  }
}

const newOperator = (...names: readonly string[]): Promise<string> =>
  runInCopy('tsx/dist/cli.mjs', 'scripts/newOperator.ts', ...names);

const created = ['src/operators/dropPings.ts', 'spec/operators/dropPings.spec.ts', 'examples/operators/dropPings.ts'];
const changed = ['src/index.ts', 'spec/publicNames.spec.ts', 'scripts/docs/runs.ts'];

jest.setTimeout(200_000);

describe('npm run new:operator', () => {
  beforeAll(async () => {
    cpSync(root, project, { recursive: true, filter: (file) => !omitted.test(relative(root, file).replaceAll('\\', '/')) });
    symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
    await newOperator('dropPings');
  });

  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it.each([
    ['no name', '', 'give it a name: npm run new:operator myOperator'],
    ['a name in another case', 'DropPings', '"DropPings" is not a name in camelCase, such as myOperator'],
    ['a word of JavaScript', 'delete', '"delete" is a word of JavaScript'],
    ['the name of a source', 'fromEvents', '"fromEvents" is the name of a source (from…) or a handle (create…)'],
    ['the name of a function of RxJS', 'filter', '"filter" is the name of a function of RxJS'],
    ['the name of an operator', 'retryStream', '"retryStream" is taken'],
    ['the name of an operator in other case', 'retrystream', '"retrystream" is taken'],
    ['the name of the new operator', 'dropPings', '"dropPings" is taken'],
  ])('refuses %s', async (_what, name, complaint) => {
    await expect(newOperator(name)).rejects.toThrow(`new:operator: ${complaint}`);
  });

  it('creates an operator that passes the types, the lint, the layers and the check for unused code', async () => {
    await Promise.all([
      runInCopy('typescript/bin/tsc', '-p', 'tsconfig.json'),
      runInCopy('@biomejs/biome/bin/biome', 'check', '.'),
      runInCopy('dependency-cruiser/bin/dependency-cruise.mjs', 'src'),
    ]);
    await Promise.all([runInCopy('eslint/bin/eslint.js', ...created, ...changed), runInCopy('knip/bin/knip.js')]);
  });

  it('creates an operator that passes its own spec, and those of the lists and the pages', async () => {
    const specs = ['operators/dropPings', 'publicNames', 'documentation', 'docs/operatorFiles', 'docs/pages'];
    await runInCopy('jest/bin/jest.js', ...specs.map((spec) => `spec/${spec}.spec.ts`));
  });

  it('creates an example that prints what it lists', async () => {
    const [, prints = ''] = /\/\* Prints:\n([\s\S]*)\*\//.exec(readFileSync(join(project, created[2] ?? ''), 'utf8')) ?? [];
    expect(await runInCopy('tsx/dist/cli.mjs', created[2] ?? '')).toBe(prints);
  });
});
