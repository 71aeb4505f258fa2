import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { fileOfPage, linkedFile, pageOfFile } from './places.js';

interface PageEnv {
  readonly path: string;
  readonly relativePath: string;
}

/** Makes the pages of the project pages of the site: its links, and its pictures in the page, where they follow the theme. */
export function projectMarkdown(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('project-links', ({ tokens, env }) => {
    const { relativePath } = env as PageEnv;
    const file = fileOfPage(relativePath);
    if (file === undefined) return;
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      if (token.type !== 'link_open') continue;
      const href = token.attrGet('href') ?? '';
      const linked = linkedFile(href, file);
      const [, anchor] = href.split('#');
      if (linked !== undefined) token.attrSet('href', `/${pageOfFile(linked)}${anchor === undefined ? '' : `#${anchor}`}`);
    }
  });

  const image = markdown.renderer.rules.image;
  markdown.renderer.rules.image = (tokens, index, options, env: PageEnv, self) => {
    const src = tokens[index]?.attrGet('src') ?? '';
    if (/^[a-z]+:|^\//.test(src) || !src.endsWith('.svg')) return image?.(tokens, index, options, env, self) ?? '';
    const svg = readFileSync(join(posix.dirname(env.path), src), 'utf8');
    return `<span class="picture" tabindex="0" v-pre>${svg.replace(/\n/g, '')}</span>`;
  };
}
