import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeOperatorPages } from './docs/operators.js';
import { pages } from './docs/pages.js';

/** Writes the pages that are generated from code and its runs. Specs check that they are up to date. */
const root = join(import.meta.dirname, '..');

for (const [file, page] of Object.entries(pages)) {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, page());
}
writeOperatorPages();
