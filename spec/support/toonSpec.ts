import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ToonDecoderOptions } from '../../src/codecs/toon/decoder.js';
import { dataFolder } from './dataFolder.js';

/** A case of the public TOON fixtures (MIT): https://github.com/toon-format/spec/tree/main/tests */
export interface ToonCase {
  readonly name: string;
  readonly input: string;
  readonly expected: unknown;
  readonly shouldError?: boolean;
  readonly options?: ToonDecoderOptions;
}

/** Returns every decode case, its name preceded by that of its file; none, with a message, if the folder is absent. */
export function toonCases(): readonly ToonCase[] {
  const folder = dataFolder('reference', 'toon-spec');
  if (folder === undefined) return [];
  return readdirSync(folder)
    .filter((file) => file.startsWith('decode-'))
    .sort()
    .flatMap((file) => {
      const { tests } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { readonly tests: readonly ToonCase[] };
      return tests.map((test) => ({ ...test, name: `${file.slice('decode-'.length, -'.json'.length)}: ${test.name}` }));
    });
}
