import { posix } from 'node:path';

/** The file of the project that a page of the site shows; undefined for one that is made for the site. */
export function fileOfPage(page: string): string | undefined {
  if (page.startsWith('api/')) return undefined;
  if (page.startsWith('source/'))
    return posix
      .relative('source', page)
      .replace(/\.md$/, '')
      .replace(/-html$/, '.html');
  if (page.startsWith('project/')) return posix.relative('project', page);
  return posix.join('docs', page.replace(/\/index\.md$/, '/README.md'));
}

/** The page of the site that shows a file of the project. VitePress takes the ending of HTML for that of a page. */
export function pageOfFile(file: string): string {
  const inDocs = posix.relative('docs', file);
  if (!inDocs.startsWith('..')) return inDocs.replace(/(^|\/)README\.md$/, '$1index.md');
  return file.endsWith('.md') ? `project/${file}` : `source/${file.replace(/\.html$/, '-html')}.md`;
}

/** The file of the project that a relative link leads to; undefined for other links. */
export function linkedFile(href: string, file: string): string | undefined {
  if (/^(?:[a-z]+:|\/|#)/.test(href)) return undefined;
  const [path = ''] = href.split('#');
  return posix.join(posix.dirname(file), decodeURI(path)).replace(/\/$/, '');
}
