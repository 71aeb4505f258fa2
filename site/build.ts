import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writePages } from './pages.js';

/** Builds the site into `site/dist`; `npm run site -- dev` shows it while it is written. */
const [, , command = 'build', ...options] = process.argv;
// The playground runs the built library.
if (!existsSync(join(import.meta.dirname, '../dist/index.js'))) {
  spawnSync('npm', ['run', 'build'], {
    cwd: join(import.meta.dirname, '..'),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}
if (command !== 'preview') await writePages();
const vitepress = join(import.meta.dirname, 'node_modules/vitepress/bin/vitepress.js');
const { status } = spawnSync(process.execPath, [vitepress, command, import.meta.dirname, ...options], { stdio: 'inherit' });
process.exitCode = status ?? 1;
