import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EntryPoints } from './api.js';

interface CompilerConfig {
  readonly compilerOptions: { readonly paths: Readonly<Record<string, readonly string[]>> };
}

/** The entry points of the library, as its own compiler options list them. */
export function readEntryPoints(root: string): EntryPoints {
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as CompilerConfig;
  return new Map(Object.entries(compilerOptions.paths).flatMap(([name, [file]]) => (file === undefined ? [] : [[name, file]])));
}
