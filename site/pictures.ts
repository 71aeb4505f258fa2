/** The colours of the pictures, and those of them in the dark theme. */
export const pictureColours: Readonly<Record<string, { readonly light: string; readonly dark: string }>> = {
  ffffff: { light: '#ffffff', dark: '#1b1b1f' },
  eceef1: { light: '#eceef1', dark: '#32323a' },
  '9ca3af': { light: '#9ca3af', dark: '#6b7280' },
  '6b7280': { light: '#59606e', dark: '#a9b1be' },
  '111827': { light: '#111827', dark: '#e5e7eb' },
  eef0f3: { light: '#eef0f3', dark: '#2a2d35' },
  dbeafe: { light: '#dbeafe', dark: '#17315c' },
  '1d4ed8': { light: '#1d4ed8', dark: '#93c5fd' },
  ede9fe: { light: '#ede9fe', dark: '#352463' },
  '6d28d9': { light: '#6d28d9', dark: '#c4b5fd' },
  dcfce7: { light: '#dcfce7', dark: '#123f26' },
  '15803d': { light: '#14713a', dark: '#86efac' },
  fef3c7: { light: '#fef3c7', dark: '#4a300a' },
  b45309: { light: '#974608', dark: '#fcd34d' },
  fee2e2: { light: '#fee2e2', dark: '#571d1d' },
  b91c1c: { light: '#b91c1c', dark: '#fca5a5' },
};

/** A picture for a page, in colours of the theme. One with other colours stays as it is, on white. */
export function pictureInPage(svg: string): string {
  const colours = [...svg.matchAll(/"#([\da-f]{6})"/g)].map(([, colour]) => colour ?? '');
  const isKnown = colours.length > 0 && colours.every((colour) => colour in pictureColours);
  const themed = isKnown ? svg.replace(/"#([\da-f]{6})"/g, '"var(--picture-$1)"') : svg;
  return `<span class="picture" tabindex="0" v-pre>${themed.replace(/\n/g, '')}</span>`;
}

/** The variables of both themes. */
export function pictureStyle(): string {
  const variables = (theme: 'light' | 'dark'): string =>
    Object.entries(pictureColours)
      .map(([name, colours]) => `--picture-${name}:${colours[theme]}`)
      .join(';');
  return `:root{${variables('light')}}.dark{${variables('dark')}}`;
}
