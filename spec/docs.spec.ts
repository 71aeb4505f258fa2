import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { pages } from '../scripts/docs/pages.js';

describe('the pages that are generated from code', () => {
  it.each(Object.entries(pages))('%s equals the output of `npm run docs`', (file, page) => {
    expect(readFileSync(file, 'utf8')).toBe(page());
  });
});
