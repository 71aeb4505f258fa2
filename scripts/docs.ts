import { join } from 'node:path';
import { writePages } from './docs/pages.js';

/** Writes the pages that are generated from code and its runs. Specs check that they are up to date. */
process.chdir(join(import.meta.dirname, '..'));
await writePages();
