import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { pages } from '../scripts/docs/pages.js';

describe('the generated pages', () => {
  it.each(Object.entries(pages))('%s is what `npm run docs` writes', (file, page) => {
    expect(readFileSync(file, 'utf8')).toBe(page());
  });
});
