import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { dataFolder } from '../support/dataFolder.js';
import { expectReading, type TextCase } from '../support/readers.js';

const folder = dataFolder('cases', '.');
const cases = folder === undefined ? [] : readTexts(folder);

function readTexts(path: string): readonly TextCase[] {
  const { texts } = JSON.parse(readFileSync(join(path, 'values.json'), 'utf8')) as { readonly texts: readonly TextCase[] };
  return texts;
}

describe('values found in answers of the field', () => {
  it('has cases wherever the folder of cases is given', () => {
    expect(cases.length > 0).toBe(folder !== undefined);
  });

  for (const { name, input, reads } of cases) {
    for (const [reader, options, expected] of reads) {
      it(`${name}: ${reader} with ${JSON.stringify(options)}`, () => expectReading(reader, options, input, expected));
    }
  }
});
