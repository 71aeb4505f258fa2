import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { drawDecisionTree } from './decisionTree.js';
import { faultsPage } from './faults.js';
import { functionPages, pageFolders } from './functionPages.js';
import { cataloguePath, playgroundCatalogue } from './playground.js';
import { type PublicApi, readPublicApi } from './publicFunctions.js';

/** The pages that are generated from code and its runs, by path. */
export async function generatedPages(api?: PublicApi): Promise<ReadonlyMap<string, string>> {
  const known = api ?? readPublicApi();
  return new Map([
    ...(await functionPages(known)),
    ['docs/faults.md', faultsPage()],
    ['docs/guides/choosing-operators.svg', drawDecisionTree()],
    [cataloguePath, playgroundCatalogue(known)],
  ]);
}

/** The files in the folders that belong to the pages. */
export function writtenPages(): readonly string[] {
  return pageFolders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)));
}

/** Writes the pages, and deletes those of functions that are no more. */
export async function writePages(): Promise<void> {
  const pages = await generatedPages();
  for (const path of writtenPages()) if (!pages.has(path)) rmSync(path);
  for (const [path, content] of pages) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}
