import { join } from 'node:path';
import type { DefaultTheme, UserConfig } from 'vitepress';
import { projectMarkdown } from '../markdown.js';
import { navigation } from '../navigation.js';

const pages = join(import.meta.dirname, '../build/pages');

const config: UserConfig<DefaultTheme.Config> = {
  title: 'rxllm',
  description: 'Reactive stream operators for language models, on RxJS 7',
  lang: 'en',
  srcDir: 'build/pages',
  outDir: 'dist',
  cacheDir: 'build/cache',
  lastUpdated: false,
  markdown: {
    theme: { light: 'github-light', dark: 'github-dark' },
    anchor: { slugify: githubSlug },
    config: projectMarkdown,
  },
  themeConfig: {
    ...navigation(pages),
    outline: [2, 3],
    search: { provider: 'local' },
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
