import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

const run = promisify(execFile);
jest.setTimeout(120_000);

/** The table of docs/architecture.md: each room with what it imports, from the ground up. */
const plan: ReadonlyMap<string, readonly string[]> = new Map(
  readFileSync('docs/architecture.md', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, room, imports = ''] = /^\| `([^`]+)` \|.*\|([^|]*)\|$/.exec(line) ?? [];
      return room === undefined ? [] : [[room, [...imports.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)] as const];
    }),
);

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'));

/** The innermost room of a file; a file of the root is a room of its own. */
function roomOf(file: string): string {
  const folder = posix.dirname(file);
  return folder === '.' ? file.slice(0, -'.ts'.length) : folder;
}

function importsOf(file: string): readonly string[] {
  const imports = readFileSync(join('src', file), 'utf8').matchAll(/from '(\.[^']+)\.js'/g);
  return [...imports].map(([, path = '']) => posix.join(posix.dirname(file), `${path}.ts`));
}

describe('the floor plan of docs/architecture.md', () => {
  it('lists the rooms that exist, and no others', () => {
    expect([...plan.keys()].sort()).toEqual([...new Set(files.map(roomOf))].sort());
  });

  it.each([...plan])('lists the imports of %s', (room, listed) => {
    const imported = files.filter((file) => roomOf(file) === room).flatMap((file) => importsOf(file).map(roomOf));
    expect([...listed].sort()).toEqual([...new Set(imported)].filter((other) => other !== room).sort());
  });

  it('has no arrow that runs up', () => {
    const rooms = [...plan.keys()];
    const up = [...plan].flatMap(([room, imports]) =>
      imports.filter((other) => rooms.indexOf(other) > rooms.indexOf(room)).map((other) => `${room} -> ${other}`),
    );
    expect(up).toEqual([]);
  });

  it('has no room of more than twenty files but operators', () => {
    const crowded = [...plan.keys()].filter((room) => files.filter((file) => roomOf(file) === room).length > 20);
    expect(crowded.filter((room) => room !== 'operators')).toEqual([]);
  });
});

describe('npm run layers', () => {
  /** A copy of the source, in which a probe may break a wall. */
  const folder = mkdtempSync(join(tmpdir(), 'rxllm-layers-'));

  beforeAll(() => {
    for (const name of ['src', 'docs/architecture.md', 'tsconfig.json', 'package.json', '.dependency-cruiser.cjs']) {
      cpSync(name, join(folder, name), { recursive: true });
    }
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** The rules that are broken when a file gets one more import. */
  async function brokenRules(file: string, imported: string): Promise<readonly string[]> {
    const path = join(folder, 'src', file);
    const source = readFileSync(path, 'utf8');
    const specifier = posix.relative(dirname(file), imported).replace(/\.ts$/, '.js');
    const probe = `import * as probe from '${specifier.startsWith('.') ? specifier : `./${specifier}`}';\nexport { probe };\n`;
    writeFileSync(path, imported === '' ? source : probe + source);
    try {
      const cruise = ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', 'src', '--output-type', 'json'];
      const { stdout } = await run(process.execPath, cruise, { cwd: folder, maxBuffer: 1e8 }).catch(
        (error: { readonly stdout: string }) => error,
      );
      const { summary } = JSON.parse(stdout) as { summary: { violations: readonly { rule: { name: string } }[] } };
      return [...new Set(summary.violations.map(({ rule }) => rule.name))].sort();
    } finally {
      writeFileSync(path, source);
    }
  }

  it('finds nothing in the source as it is', async () => {
    expect(await brokenRules('events.ts', '')).toEqual([]);
  });

  it('finds a codec that reaches RxJS through the kernel', async () => {
    expect(await brokenRules('codecs/text/lines.ts', 'kernel/operate.ts')).toEqual([
      'codecs-reach-no-rxjs',
      'codecs-text-imports-what-the-floor-plan-lists',
    ]);
  });

  it('finds an entry point that imports another one', async () => {
    expect(await brokenRules('tiktoken/index.ts', 'otel/index.ts')).toEqual([
      'entry-points-reach-not-one-another',
      'tiktoken-imports-what-the-floor-plan-lists',
    ]);
  });

  it('finds a provider that imports another one', async () => {
    expect(await brokenRules('providers/anthropic/format.ts', 'providers/openai/chat/format.ts')).toEqual([
      'entry-points-reach-not-one-another',
      'providers-anthropic-imports-what-the-floor-plan-lists',
    ]);
  });
});
