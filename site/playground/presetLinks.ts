import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Catalogue } from './scene/catalogue.js';
import { presetHash } from './scene/sceneHash.js';

/** Puts a link to the playground below the run of each page of an operator. */
export function linkPresets(folder: string): void {
  const text = readFileSync(join(import.meta.dirname, 'generated/catalogue.json'), 'utf8');
  const ids = new Set((JSON.parse(text) as Catalogue).operators.map(({ id }) => id));
  for (const file of readdirSync(folder)) {
    const id = basename(file, '.md');
    if (!file.endsWith('.md') || !ids.has(id)) continue;
    const path = join(folder, file);
    const link = `[Open in the playground](/playground${presetHash(id)})`;
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(/^Drawn by `npm run docs`.*$/m, (line) => `${link}\n\n${line}`),
    );
  }
}
