import { join } from 'node:path';
import { writePages } from './docs/pages.js';

/** Writes the pages that are made of code and of its runs. Specs see that they are up to date. */
process.chdir(join(import.meta.dirname, '..'));
await writePages();
