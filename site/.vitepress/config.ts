import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DefaultTheme, UserConfig } from 'vitepress';
import { projectMarkdown } from '../markdown.js';
import { navigation } from '../navigation.js';
import { pictureStyle } from '../pictures.js';
import { libraryAliases } from '../playground/libraryAliases.js';

const pages = join(import.meta.dirname, '../build/pages');
const own = readdirSync(join(import.meta.dirname, '../pages')).map((file) => basename(file, '.md'));

const config: UserConfig<DefaultTheme.Config> = {
  title: 'rxllm',
  description: 'Reactive stream operators for language models, on RxJS 7',
  lang: 'en',
  srcDir: 'build/pages',
  vite: { publicDir: join(import.meta.dirname, '../public'), resolve: { alias: libraryAliases() } },
  outDir: 'dist',
  cacheDir: 'build/cache',
  head: [
    ['link', { rel: 'icon', href: '/logo.svg', type: 'image/svg+xml' }],
    ['style', {}, pictureStyle()],
  ],
  markdown: {
    theme: { light: 'github-light', dark: 'github-dark' },
    anchor: { slugify: githubSlug },
    config: (markdown) => projectMarkdown(markdown, pages),
  },
  themeConfig: {
    ...navigation(pages, own),
    outline: [2, 3],
    logo: '/logo.svg',
    search: { provider: 'local', options: { miniSearch: { searchOptions: { boostDocument } } } },
    externalLinkIcon: true,
  },
};

export default config;

/** As GitHub makes the anchors of headings, so that a link holds there and here. */
function githubSlug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

/** The page of a name before the places that use it, and the reference before the API. VitePress sends this to the page as text. */
function boostDocument(id: string, _term: string): number {
  const isWhole = !id.includes('#') ? 1.5 : 1;
  return /\/(?:api|project)\//.test(id) ? isWhole : 1.5 * isWhole;
}
