/**
 * Installs the packages of a folder that has a lock of its own (`conformance`, `browser`, an application in `examples`), where one is missing or
 * another version is there: they are never dependencies of the library.
 *
 *     tsx scripts/installPackages.ts conformance
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';

const [, , name] = process.argv;
if (name === undefined) throw new TypeError('Name the folder of the packages');
const library = `${import.meta.dirname}/..`;
const folder = `${library}/${name}`;

interface Package {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const readPackage = (path: string): Package => JSON.parse(readFileSync(`${folder}/${path}`, 'utf8')) as Package;

function installedVersion(dependency: string): string | undefined {
  const path = `node_modules/${dependency}/package.json`;
  return existsSync(`${folder}/${path}`) ? readPackage(path).version : undefined;
}

const { dependencies = {}, devDependencies = {} } = readPackage('package.json');
const isLibrary = (pinned: string): boolean => pinned.startsWith('file:');

// An alias is pinned as `npm:NAME@VERSION`.
const missing = Object.entries({ ...dependencies, ...devDependencies }).filter(([dependency, pinned]) => {
  const version = installedVersion(dependency);
  return isLibrary(pinned) ? version === undefined : version !== pinned.split('@').at(-1);
});
if (missing.length > 0) {
  console.log(`Installing into ${name}/node_modules: ${missing.map(([dependency]) => dependency).join(', ')}`);
  const options = ['--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['ci', ...options], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

// An application has a copy of the library, so that both use the application's RxJS; it is kept as new as the last build.
for (const [dependency] of Object.entries(dependencies).filter(([, pinned]) => isLibrary(pinned))) {
  const copy = `${folder}/node_modules/${dependency}`;
  rmSync(`${copy}/dist`, { recursive: true, force: true });
  for (const part of ['dist', 'package.json']) cpSync(`${library}/${part}`, `${copy}/${part}`, { recursive: true });
}
