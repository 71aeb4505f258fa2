import { execFileSync } from 'node:child_process';
import { chromiumPath } from './chromium.js';
import { demoCommand } from './demoCommand.js';

/** Builds the chat of the examples once for all specs. */
export default function buildChat(): void {
  if (chromiumPath === undefined) return;
  const [command, ...args] = demoCommand('--build');
  execFileSync(command, args, { stdio: 'inherit' });
}
