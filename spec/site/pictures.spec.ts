import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { pictureColours, pictureInPage } from '../../site/pictures.js';

const folders = ['operators', 'sources', 'handles', 'wires', 'functions'].map((kind) => join('docs', kind));
const pictures = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.svg'))
    .map((file) => join(folder, file)),
);

/** The relative luminance of a colour, by WCAG 2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** The text of each marble, and its ground. */
const pairs: readonly (readonly [text: string, ground: string])[] = [
  ['111827', 'ffffff'],
  ['6b7280', 'ffffff'],
  ['6b7280', 'eef0f3'],
  ['1d4ed8', 'dbeafe'],
  ['6d28d9', 'ede9fe'],
  ['15803d', 'dcfce7'],
  ['b45309', 'fef3c7'],
  ['b91c1c', 'fee2e2'],
];

describe('the pictures in the site', () => {
  it.each(pictures)('%s has colours of both themes only', (file) => {
    expect(pictureInPage(readFileSync(file, 'utf8'))).not.toMatch(/="#/);
  });

  describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
    it.each(pairs)('%s can be read on %s', (text, ground) => {
      const of = (name: string): string => pictureColours[name]?.[theme] ?? '';
      expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(4.5);
    });
  });

  it('keep colours of their own if they have other ones', () => {
    expect(pictureInPage('<svg><path fill="#123456"/></svg>')).toContain('fill="#123456"');
  });
});
