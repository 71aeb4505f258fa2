import { describe, expect, it } from '@jest/globals';
import { fileOfPage, linkedFile, pageOfFile } from '../../site/places.js';

describe('the page of a file', () => {
  it.each([
    ['docs/operators/hedge.md', 'operators/hedge.md'],
    ['docs/operators/README.md', 'operators/index.md'],
    ['docs/faults.md', 'faults.md'],
    ['CHANGELOG.md', 'project/CHANGELOG.md'],
    ['src/codecs/jsonTemplate/README.md', 'project/src/codecs/jsonTemplate/README.md'],
    ['src/events.ts', 'source/src/events.ts.md'],
    ['examples/testing', 'source/examples/testing.md'],
    ['examples/page/index.html', 'source/examples/page/index-html.md'],
  ])('%s is %s, and back', (file, page) => {
    expect(pageOfFile(file)).toBe(page);
    expect(fileOfPage(page)).toBe(file);
  });

  it('is none for pages that the site makes', () => {
    expect(fileOfPage('api/rxllm/functions/hedge.md')).toBeUndefined();
  });
});

describe('a link of a page', () => {
  it.each([
    ['retryStream.md#options', 'docs/operators/retryStream.md'],
    ['../../src/events.ts', 'src/events.ts'],
    ['../../examples/testing/', 'examples/testing'],
    ['https://rxjs.dev', undefined],
    ['#options', undefined],
    ['/api/', undefined],
  ])('%s leads to %s', (href, file) => {
    expect(linkedFile(href, 'docs/operators/hedge.md')).toBe(file);
  });
});
