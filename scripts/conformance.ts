/**
 * Installs the packages of the peers into `conformance/`, where one is missing or another version is there: they are never dependencies of the
 * library. `npm run conformance` then runs the specs over them.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const folder = `${import.meta.dirname}/../conformance`;

interface Package {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const readPackage = (path: string): Package => JSON.parse(readFileSync(`${folder}/${path}`, 'utf8')) as Package;

function installedVersion(name: string): string | undefined {
  const path = `node_modules/${name}/package.json`;
  return existsSync(`${folder}/${path}`) ? readPackage(path).version : undefined;
}

const { dependencies = {} } = readPackage('package.json');
// An alias is pinned as `npm:NAME@VERSION`.
const missing = Object.entries(dependencies).filter(([name, pinned]) => installedVersion(name) !== pinned.split('@').at(-1));
if (missing.length > 0) {
  console.log(`Installing the peers into conformance/node_modules: ${missing.map(([name]) => name).join(', ')}`);
  const options = ['--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['ci', ...options], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}
