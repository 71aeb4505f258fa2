import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DefaultTheme } from 'vitepress';
import { operatorGroups } from './operatorGroups.js';

type Item = DefaultTheme.SidebarItem;

/** The order of the guides. One that is not listed follows, by its name. */
const guides: readonly string[] = [
  'getting-started',
  'choosing-operators',
  'errors-and-faults',
  'structured-output',
  'tools',
  'usage-and-cost',
  'testing',
  'angular',
  'nestjs-and-other-hosts',
  'resumable-streams',
  'recipes',
  'performance',
  'architecture',
  'migration',
];

/** The navigation, from the pages that are there, and those of them that are the site's own. */
export function navigation(pages: string, own: readonly string[]): Pick<DefaultTheme.Config, 'nav' | 'sidebar'> {
  const reference = [
    ...grouped('Operators', 'operators', pages),
    group('Sources', 'sources', pages),
    group('Handles', 'handles', pages),
    group('Wires', 'wires', pages),
    group('Functions', 'functions', pages),
  ];
  const guideItems = [
    { text: 'Guides', items: inOrder(itemsOf('guides', pages)) },
    { text: 'Background', items: itemsOf('.', pages).filter(({ link }) => !own.includes(basename(link))) },
  ].filter(({ items }) => items.length > 0);
  const ownItems = itemsOf('.', pages).filter(({ link }) => own.includes(basename(link)));
  const first = guideItems[0]?.items[0]?.link ?? '/';
  return {
    nav: [
      { text: 'Guides', link: first, activeMatch: '^/(guides/|[a-z-]+\\.html)' },
      { text: 'Reference', link: '/operators/', activeMatch: '^/(operators|sources|handles|wires|functions)/' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
      ...ownItems.map(({ text, link }) => ({ text, link })),
    ],
    sidebar: {
      ...apiSidebars(pages),
      '/operators/': reference,
      '/sources/': reference,
      '/handles/': reference,
      '/wires/': reference,
      '/functions/': reference,
      '/': guideItems,
    },
  };
}

function itemsOf(folder: string, pages: string): (Item & { readonly text: string; readonly link: string })[] {
  const path = join(pages, folder);
  if (!existsSync(path)) return [];
  const files = readdirSync(path).filter((file) => file.endsWith('.md') && file !== 'index.md');
  return files.map((file) => ({
    text: titleOf(join(path, file)),
    link: `/${join(folder, file).replace(/\.md$/, '')}`,
  }));
}

function titleOf(file: string): string {
  const [, title] = /^# (.+)$/m.exec(readFileSync(file, 'utf8')) ?? [];
  return title?.replaceAll('`', '') ?? basename(file, '.md');
}

function inOrder<T extends { readonly link: string }>(items: readonly T[]): T[] {
  const place = ({ link }: T): number => {
    const index = guides.indexOf(basename(link));
    return index === -1 ? guides.length : index;
  };
  return [...items].sort((one, other) => place(one) - place(other));
}

function group(text: string, folder: string, pages: string): Item {
  return { text, link: `/${folder}/`, collapsed: true, items: itemsOf(folder, pages) };
}

function grouped(text: string, folder: string, pages: string): Item[] {
  const items = itemsOf(folder, pages);
  const names = Object.values(operatorGroups).flatMap((listed) => listed.split(' '));
  const groups = Object.entries(operatorGroups).map(([title, listed]) => {
    const mine = items.filter(({ link }) =>
      title === 'More' ? !names.includes(basename(link)) : listed.split(' ').includes(basename(link)),
    );
    return { text: title, items: mine };
  });
  return [{ text, link: `/${folder}/`, items: groups.filter(({ items: mine }) => mine.length > 0) }];
}

/** A sidebar for each entry point, because one of all names would be in every page. */
function apiSidebars(pages: string): Readonly<Record<string, Item[]>> {
  const api = join(pages, 'api');
  if (!existsSync(api)) return {};
  const indexes = readdirSync(api, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('/index.md'));
  const modules = indexes.map((file) => dirname(file)).sort();
  const links = modules.map((module) => ({ text: module, link: `/api/${module}/` }));
  const sidebars = modules.map((module) => [
    `/api/${module}/`,
    links.flatMap((link) => (link.text === module ? [{ ...link, items: apiMembers(module, pages) }] : [link])),
  ]);
  return { '/api/': links, ...Object.fromEntries(sidebars) };
}

function apiMembers(module: string, pages: string): Item[] {
  return ['functions', 'classes', 'interfaces', 'type-aliases', 'variables'].flatMap((kind) => {
    const items = itemsOf(join('api', module, kind), pages);
    return items.length === 0 ? [] : [{ text: kind.charAt(0).toUpperCase() + kind.slice(1).replace('-', ' '), items }];
  });
}
