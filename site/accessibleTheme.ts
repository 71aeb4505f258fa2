import type { Plugin } from 'vite';

type Change = readonly [before: string, after: string];

/** What axe finds in the components of VitePress's theme, and the cure: a control in a control, and names that are not what one sees. */
const changes: Readonly<Record<string, readonly Change[]>> = {
  'VPLocalSearchBox.vue': [
    [
      `role="button"
      :aria-owns="results?.length ? 'localsearch-list' : undefined"
      aria-expanded="true"
      aria-haspopup="listbox"
      aria-labelledby="localsearch-label"`,
      `role="dialog"
      aria-modal="true"
      aria-label="Search"`,
    ],
    [
      `:aria-activedescendant="selectedIndex > -1 ? ('localsearch-item-' + selectedIndex) : undefined"
            aria-autocomplete="both"
            :aria-controls="results?.length ? 'localsearch-list' : undefined"
            aria-labelledby="localsearch-label"`,
      `aria-label="Search the documentation"`,
    ],
    [
      `:role="results?.length ? 'listbox' : undefined"
          :aria-labelledby="results?.length ? 'localsearch-label' : undefined"`,
      `aria-label="Results"`,
    ],
    [
      `:aria-selected="selectedIndex === index ? 'true' : 'false'"
            role="option"`,
      '',
    ],
    [`:aria-label="[...p.titles, p.title].join(' > ')"`, ''],
    ...['navigateUp', 'navigateDown', 'select'].map((key): Change => {
      const label = `:aria-label="translate('modal.footer.${key}KeyAriaLabel')"`;
      return [`<kbd ${label}>`, `<kbd role="img" ${label}>`];
    }),
    ['<span class="title-icon">#</span>', '<span class="title-icon" aria-hidden="true">#</span>'],
  ],
  'VPNavBarSearchButton.vue': [
    ['<kbd class="DocSearch-Button-Key">K</kbd>', '<kbd class="DocSearch-Button-Key" data-key="K"></kbd>'],
  ],
  // Groups of the sidebar that have no page do nothing when they are clicked.
  'VPSidebarItem.vue': [
    [`(isLink.value ? undefined : 'button')`, 'undefined'],
    [':tabindex="item.items && 0"', ''],
  ],
};

/** Changes the components of the theme while they are built. Another version of VitePress, which has other components, is an error. */
export function accessibleTheme(): Plugin {
  return {
    name: 'accessible-theme',
    enforce: 'pre',
    transform(code, id) {
      const component = Object.keys(changes).find((name) => id.endsWith(`/theme-default/components/${name}`));
      if (component === undefined) return undefined;
      return (changes[component] ?? []).reduce((text, [before, after]) => {
        if (!text.includes(before)) throw new Error(`${component} of VitePress has changed: it has no ${before}`);
        return text.replace(before, after);
      }, code);
    },
  };
}
