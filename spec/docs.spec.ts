import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { pages } from '../scripts/docs/pages.js';

describe('the pages that are made of code', () => {
  it.each(Object.entries(pages))('%s is what `npm run docs` writes', (file, page) => {
    expect(readFileSync(file, 'utf8')).toBe(page());
  });
});
