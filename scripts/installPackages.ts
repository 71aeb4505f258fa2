/**
 * Installs the packages of a folder that has a lock of its own (`conformance`, `browser`), where one is missing or another version is there:
 * they are never dependencies of the library.
 *
 *     tsx scripts/installPackages.ts conformance
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const [, , name] = process.argv;
if (name === undefined) throw new TypeError('Name the folder of the packages');
const folder = `${import.meta.dirname}/../${name}`;

interface Package {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const readPackage = (path: string): Package => JSON.parse(readFileSync(`${folder}/${path}`, 'utf8')) as Package;

function installedVersion(dependency: string): string | undefined {
  const path = `node_modules/${dependency}/package.json`;
  return existsSync(`${folder}/${path}`) ? readPackage(path).version : undefined;
}

const { dependencies = {} } = readPackage('package.json');
// An alias is pinned as `npm:NAME@VERSION`.
const missing = Object.entries(dependencies).filter(
  ([dependency, pinned]) => installedVersion(dependency) !== pinned.split('@').at(-1),
);
if (missing.length > 0) {
  console.log(`Installing into ${name}/node_modules: ${missing.map(([dependency]) => dependency).join(', ')}`);
  const options = ['--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['ci', ...options], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}
