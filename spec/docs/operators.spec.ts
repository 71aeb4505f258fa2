import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { operatorPages, operatorPagesFolder } from '../../scripts/docs/operators.js';

describe('the generated pages of the operators', () => {
  const pages = operatorPages();

  it('are exactly one for every operator', () => {
    expect(readdirSync(operatorPagesFolder).sort()).toEqual([...pages.keys()].sort());
  });

  it.each([...pages])('are up to date: %s (else: npm run docs)', (file, content) => {
    expect(readFileSync(join(operatorPagesFolder, file), 'utf8')).toBe(content);
  });

  it('are the same for every run, to the byte', () => {
    expect([...operatorPages()]).toEqual([...pages]);
  });

  it('show streams that emit and end', () => {
    for (const [file, content] of pages) {
      if (file.endsWith('.md') && file !== 'README.md') expect(content).toMatch(/^source .*[|#!]\)?$[\s\S]*^result .*[|#!]\)?$/m);
    }
  });
});
