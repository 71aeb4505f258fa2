import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from './dataFolder.js';

export interface JsonSuiteCase {
  readonly name: string;
  /** `undefined` where the bytes are not UTF-8. */
  readonly text: string | undefined;
}

/** Returns the cases of https://github.com/nst/JSONTestSuite; none, with a message, if the folder is absent. */
export function jsonSuite(): readonly JsonSuiteCase[] {
  const folder = dataFolder('reference', 'json-suite');
  if (folder === undefined) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.sort().map((name) => ({ name, text: decode(readFileSync(join(folder, name))) }));
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
