import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DefaultTheme, UserConfig } from 'vitepress';
import { accessibleTheme } from '../accessibleTheme.js';
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
  ignoreDeadLinks: 'localhostLinks',
  srcDir: 'build/pages',
  vite: {
    publicDir: join(import.meta.dirname, '../public'),
    resolve: { alias: libraryAliases() },
    plugins: [accessibleTheme()],
  },
  outDir: 'dist',
  cacheDir: 'build/cache',
  head: [
    ['link', { rel: 'icon', href: '/logo.svg', type: 'image/svg+xml' }],
    ['style', {}, pictureStyle()],
  ],
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
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

/**
 * A page of the name that is searched comes first, and the reference before the API. VitePress sends this function to the page as text.
 */
function boostDocument(id: string, term: string, stored?: Record<string, unknown>): number {
  const names = String(stored?.['title']).toLowerCase().split(/\W/);
  const isPage = !id.includes('#') || (Array.isArray(stored?.['titles']) && stored['titles'].length === 0);
  const isNamed = isPage && names[0] === term && !id.includes('project/');
  return (isNamed ? 50 : 1) * (id.includes('api/') ? 1 : 1.5);
}
