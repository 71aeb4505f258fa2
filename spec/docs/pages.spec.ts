import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { generatedPages, writtenPages } from '../../scripts/docs/pages.js';
import { type Option, readPublicApi } from '../../scripts/docs/publicFunctions.js';

const api = readPublicApi();
const pages = await generatedPages(api);
const functions = api.functions.map((each) => [each.id, each] as const);
const operators = functions.filter(([, { kind }]) => kind === 'operators');
const streams = functions.filter(([, { kind }]) => kind === 'operators' || kind === 'sources');
const contentOf = (kind: string, id: string): string => pages.get(`docs/${kind}/${id}.md`) ?? '';

/** The row of an option, by its cells. */
function rowOf(page: string, { name }: Option): readonly string[] {
  const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';
  return row.split(/(?<!\\)\|/).map((cell) => cell.trim());
}

describe('the generated pages', () => {
  it.each([...pages])('%s is what `npm run docs` writes', (file, content) => {
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  it('are the only files in their folders', () => {
    expect(writtenPages().filter((file) => !pages.has(file))).toEqual([]);
  });

  it('are the same from every run, to the byte', async () => {
    expect([...(await generatedPages(api))]).toEqual([...pages]);
  });
});

describe('the page of a function', () => {
  it.each(functions)('%s has a signature, a picture, an example that is run and links', (id, { kind, entryPoint, name }) => {
    const page = contentOf(kind, id);
    expect(page).toContain(`import { ${name} } from '${entryPoint}';`);
    expect(page).toContain(`](${id}.svg)`);
    expect(pages.get(`docs/${kind}/${id}.svg`)).toMatch(/^<svg/);
    for (const heading of ['Signature', 'Example', 'See also']) expect(page).toContain(`\n## ${heading}\n`);
  });

  it.each(functions)('%s has a row for every option, with its type, its default and what it does', (id, { kind, options }) => {
    for (const option of options) {
      const [, , type, byDefault, does] = rowOf(contentOf(kind, id), option);
      expect(type).toMatch(/^`.+`$/);
      expect(byDefault).toMatch(/\S/);
      expect(does).toMatch(/^\S/);
      if (option.required) expect(byDefault).toBe('required');
      // Of a field without `@defaultValue`, this prints the name.
      else expect(option).toMatchObject({ doc: { defaultValue: expect.any(String) } });
    }
  });

  it.each(functions)('%s draws streams that do something', (id, { kind }) => {
    expect(contentOf(kind, id)).toMatch(/^(?:source|body) .*[|#!]\)?$[\s\S]*^result .*[|#!]\)?$/m);
  });
});

describe('the page of an operator', () => {
  it.each(operators)('%s has a caption between the picture and the diagram of its doc comment', (id, { kind }) => {
    expect(contentOf(kind, id)).toContain('In short, with letters of its own:\n\n```text\n');
  });
});

describe('the doc comment of an operator', () => {
  it.each(operators)('of %s has a marble', (_id, { doc }) => {
    expect(doc.details).toMatch(/^ {4}source .*[|#]/m);
    expect(doc.details).toMatch(/^ {4}result .*[|#]/m);
  });
});

describe('the doc comment of an operator or a source', () => {
  it.each(streams)('of %s names its errors, what unsubscribe and a reset do, and its cost', (_id, { doc }) => {
    expect(doc).toMatchObject({
      emitsError: expect.stringMatching(/\S/),
      unsubscribe: expect.stringMatching(/\S/),
      reset: expect.stringMatching(/\S/),
      cost: expect.stringMatching(/\S/),
    });
  });
});
