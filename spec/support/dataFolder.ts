import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** Where test data that is no part of the project is found, by the kind of data. */
const variables = { recordings: 'RXLLM_RECORDINGS', reference: 'RXLLM_REFERENCE', cases: 'RXLLM_CASES' } as const;

/**
 * A folder of test data that is no part of the project, by environment variable only.
 *
 * @returns `undefined`, with a message, where the variable is not set: the specs that need the data are then not defined.
 * @throws Error where the variable is set and the folder is missing, because a wrong path must not pass as a run without data.
 */
export function dataFolder(kind: keyof typeof variables, name: string): string | undefined {
  const variable = variables[kind];
  const parent = process.env[variable];
  if (parent === undefined || parent === '') {
    // Not console.warn: Jest discards what a suite without specs prints.
    process.stderr.write(`${variable} is not set: the specs over ${kind}/${name} do not run.\n`);
    return undefined;
  }
  const folder = resolve(parent, name);
  if (!existsSync(folder)) throw new Error(`${variable} is set, but ${folder} does not exist`);
  return folder;
}
