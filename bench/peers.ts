import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** The folder of bench/package.json: the benchmarks run from bench/build. */
const folder = `${import.meta.dirname}/..`;

interface Package {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Installs the dependencies of bench/package.json that are missing. */
export function installPeers(): void {
  const { dependencies = {} } = readPackage('package.json');
  const missing = Object.entries(dependencies).filter(([name, version]) => installedVersion(name) !== version);
  if (missing.length === 0) return;
  console.log(`Installing the peers into bench/node_modules: ${missing.map(([name]) => name).join(', ')}`);
  const options = ['--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['ci', ...options], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

function installedVersion(name: string): string | undefined {
  const path = `node_modules/${name}/package.json`;
  return existsSync(`${folder}/${path}`) ? readPackage(path).version : undefined;
}

function readPackage(path: string): Package {
  return JSON.parse(readFileSync(`${folder}/${path}`, 'utf8')) as Package;
}
