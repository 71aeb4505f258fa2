import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readArguments } from '../scripts/newOperator/arguments.js';

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

const operators = ['dropPings', 'skipPings'];
const created = (name: string): readonly string[] => [
  `src/operators/${name}.ts`,
  `spec/operators/${name}.spec.ts`,
  `examples/operators/${name}.ts`,
  `docs/operators/${name}.md`,
  `docs/operators/${name}.svg`,
];
const changed = ['src/index.ts', 'spec/publicNames.spec.ts', 'scripts/docs/runs.ts', 'README.md', 'docs/operators/README.md'];
const typescriptFiles = [...operators.flatMap(created), ...changed].filter((file) => file.endsWith('.ts'));

/** The files of the copy that the command may write, with their contents. */
function contents(): ReadonlyMap<string, string> {
  const folders = ['src', 'spec/operators', 'examples', 'docs', 'scripts'];
  const inFolders = folders.flatMap((folder) =>
    readdirSync(join(project, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name)),
  );
  const files = [...inFolders, ...changed.map((file) => join(project, file))];
  return new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
}

jest.setTimeout(500_000);

describe('the arguments of npm run new:operator', () => {
  it.each([
    ['no name', [], 'give it a name: npm run new:operator -- myOperator [--no-options]'],
    ['two names', ['oneName', 'another'], 'give it one name, not 2'],
    ['an unknown option', ['oneName', '--options'], 'unknown option "--options"'],
    ['a name in another case', ['DropPings'], '"DropPings" is not a name in camelCase, such as myOperator'],
    ['NaN', ['NaN'], '"NaN" is not a name in camelCase'],
    ['Infinity', ['Infinity'], '"Infinity" is not a name in camelCase'],
    ['a word of JavaScript', ['delete'], '"delete" is a word of JavaScript or TypeScript'],
    ['a word of JavaScript modules', ['await'], '"await" is a word of JavaScript or TypeScript'],
    ['undefined', ['undefined'], '"undefined" is a word of JavaScript or TypeScript'],
    ['a global', ['fetch'], '"fetch" is a global of JavaScript'],
    ['the name of a source', ['fromEvents'], '"fromEvents" is the name of a source (from…) or a handle (create…)'],
    ['the name of a function of RxJS', ['filter'], '"filter" is the name of a function of RxJS'],
    ['the name of an operator', ['retryStream'], '"retryStream" is taken by src/operators/retryStream.ts'],
    ['the name of an operator in other case', ['retrystream'], '"retrystream" is taken by src/operators/retryStream.ts'],
    ['the name of an example', ['quickstart'], '"quickstart" is taken by examples/quickstart.ts'],
    ['a name that the template imports', ['operate'], '"operate" is taken by src/kernel/operate.ts'],
    ['a name in the template', ['destination'], '"destination" is a name that the template uses'],
    ['a name that a room exports', ['isFirstHeader'], '"isFirstHeader" is taken by src/toon/toonForm.ts'],
  ])('cannot be %s', (_what, args, complaint) => {
    expect(() => readArguments(args)).toThrow(complaint);
  });

  it('are a name, and whether it has no options', () => {
    expect(readArguments(['oneName'])).toEqual({ name: 'oneName', hasOptions: true });
    expect(readArguments(['oneName', '--no-options'])).toEqual({ name: 'oneName', hasOptions: false });
  });
});

describe('npm run new:operator', () => {
  let printed = '';

  beforeAll(async () => {
    cpSync(root, project, { recursive: true, filter: (file) => !omitted.test(relative(root, file).replaceAll('\\', '/')) });
    symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
    printed = await newOperator('dropPings');
    await newOperator('skipPings', '--no-options');
  });

  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it('refuses a name that is taken', async () => {
    await expect(newOperator('dropPings')).rejects.toThrow('new:operator: "dropPings" is taken by ');
  });

  it('prints every file that it created or changed, and how to undo it', () => {
    for (const file of created('dropPings')) expect(existsSync(join(project, file))).toBe(true);
    const all = created('dropPings');
    expect(printed).toContain(`Created\n  ${all.join('\n  ')}\nChanged\n  ${changed.join('\n  ')}\n`);
    expect(printed).toContain(`  rm ${all.join(' ')}\n  git restore ${changed.join(' ')}\n`);
  });

  it('restores every file when it fails', async () => {
    const example = join(project, 'examples/operators/ofEvent.ts');
    const elsewhere = join(project, 'moved.ts');
    renameSync(example, elsewhere);
    const before = contents();
    await expect(newOperator('neverMade')).rejects.toThrow(/No example for ofEvent[\s\S]*every file is as it was before/);
    expect(contents()).toEqual(before);
    renameSync(elsewhere, example);
  });

  it('creates operators that pass the types, the lint, the layers and the check for unused code', async () => {
    await Promise.all([
      runInCopy('typescript/bin/tsc', '-p', 'tsconfig.json'),
      runInCopy('@biomejs/biome/bin/biome', 'check', '.'),
      runInCopy('dependency-cruiser/bin/dependency-cruise.mjs', 'src'),
    ]);
    await Promise.all([runInCopy('eslint/bin/eslint.js', ...typescriptFiles), runInCopy('knip/bin/knip.js')]);
  });

  it('creates operators that pass their own specs, and those of the lists and the pages', async () => {
    const lists = ['publicNames', 'documentation', 'docs/operatorFiles', 'docs/pages', 'docs/runs'];
    const specs = [...operators.map((name) => `operators/${name}`), ...lists];
    await runInCopy('jest/bin/jest.js', ...specs.map((spec) => `spec/${spec}.spec.ts`));
  });

  it('creates texts that a spec rejects until they are edited', async () => {
    const unedited = runInCopy('jest/bin/jest.js', 'spec/docs/templates.spec.ts');
    for (const file of [
      'README.md',
      ...operators.flatMap((name) => [`src/operators/${name}.ts`, `examples/operators/${name}.ts`]),
    ]) {
      await expect(unedited).rejects.toThrow(`"${file}: `);
    }
  });

  it.each(operators)('creates an example that prints what it lists: %s', async (name) => {
    const example = `examples/operators/${name}.ts`;
    const [, prints = ''] = /\/\* Prints:\n([\s\S]*)\*\//.exec(readFileSync(join(project, example), 'utf8')) ?? [];
    expect(await runInCopy('tsx/dist/cli.mjs', example)).toBe(prints);
  });
});
