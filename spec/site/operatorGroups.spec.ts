import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { operatorGroups } from '../../site/operatorGroups.js';

const listed = Object.values(operatorGroups).flatMap((names) => names.split(' ').filter((name) => name !== ''));
const pages = readdirSync('docs/operators')
  .filter((file) => file.endsWith('.md') && file !== 'README.md')
  .map((file) => basename(file, '.md'));

describe('the groups of operators in the sidebar', () => {
  it('have every operator', () => {
    expect(pages.filter((name) => !listed.includes(name))).toEqual([]);
  });

  it('have none twice', () => {
    expect(listed.filter((name, index) => listed.indexOf(name) !== index)).toEqual([]);
  });
});
