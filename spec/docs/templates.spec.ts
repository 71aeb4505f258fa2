import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { templateTexts } from '../../scripts/newOperator/templates.js';

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));

it('no doc comment, README row or example is that of the template of `npm run new:operator`', () => {
  const unedited = ['README.md', ...filesIn('src'), ...filesIn('examples')].flatMap((file) => {
    const content = readFileSync(file, 'utf8');
    return templateTexts.filter((text) => content.includes(text)).map((text) => `${file}: …${text}`);
  });
  expect(unedited).toEqual([]);
});
