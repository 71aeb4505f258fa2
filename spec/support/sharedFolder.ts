import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * A folder of test data that is not part of the project: beside it, or where the environment variable says.
 *
 * @returns `undefined`, with a message, where it is absent: then its specs are skipped.
 */
export function sharedFolder(variable: string, beside: string, name: string): string | undefined {
  const folder = resolve(process.env[variable] ?? beside, name);
  if (existsSync(folder)) return folder;
  // Not console.warn: Jest drops what a suite says that runs no spec.
  process.stderr.write(`No test data at ${folder} (set ${variable}): its specs are skipped.\n`);
  return undefined;
}
