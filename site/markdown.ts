import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { pictureInPage } from './pictures.js';
import { fileOfPage, linkedFile, pageOfFile } from './places.js';

type Core = Parameters<MarkdownRenderer['core']['ruler']['push']>[1];
type State = Parameters<Core>[0];

interface PageEnv {
  readonly path: string;
  readonly relativePath: string;
}

/** Makes the pages of the project pages of the site: their links lead to pages, and their pictures follow the theme. */
export function projectMarkdown(markdown: MarkdownRenderer, pages: string): void {
  markdown.core.ruler.push('project-links', (state) => linkPages(state, pages));
  markdown.core.ruler.push('indented-code', ({ tokens }) => {
    for (const token of tokens) if (token.type === 'code_block') Object.assign(token, { type: 'fence', info: 'text' });
  });

  const image = markdown.renderer.rules.image;
  markdown.renderer.rules.image = (tokens, index, options, env: PageEnv, self) => {
    const src = tokens[index]?.attrGet('src') ?? '';
    if (/^[a-z]+:/.test(src) || !src.endsWith('.svg')) return image?.(tokens, index, options, env, self) ?? '';
    const file = src.startsWith('/') ? join(pages, src) : join(posix.dirname(env.path), src);
    return pictureInPage(readFileSync(file, 'utf8'));
  };
}

function linkPages({ tokens, env }: State, pages: string): void {
  // The title of a container is rendered without a page.
  const { relativePath } = env as Partial<PageEnv>;
  const file = relativePath === undefined ? undefined : fileOfPage(relativePath);
  if (file === undefined) return;
  const [, entryPoint = 'rxllm'] = /^import .* from '(rxllm[\w/-]*)'/m.exec(tokens.find(isCode)?.content ?? '') ?? [];
  for (const { children } of tokens) {
    for (const [index, token] of (children ?? []).entries()) {
      if (token.type !== 'link_open') continue;
      const href = token.attrGet('href') ?? '';
      const linked = linkedFile(href, file);
      if (linked === undefined) continue;
      const [, anchor] = href.split('#');
      const label = children?.[index + 1]?.content ?? '';
      const page = (linked.startsWith('src/') && apiPage(label, entryPoint, pages)) || `/${pageOfFile(linked)}`;
      token.attrSet('href', anchor === undefined ? page : `${page}#${anchor}`);
    }
  }
}

const isCode = ({ type }: State['tokens'][number]): boolean => type === 'fence';

/** The page of a public name, first of the entry point that the page is about. */
function apiPage(name: string, entryPoint: string, pages: string): string | undefined {
  if (!/^\w+$/.test(name)) return undefined;
  return [entryPoint, 'rxllm']
    .flatMap((module) =>
      ['interfaces', 'type-aliases', 'classes', 'functions'].map((kind) => `/api/${module}/${kind}/${name}.md`),
    )
    .find((page) => existsSync(join(pages, page)));
}
