import { createRequire } from 'node:module';
import MarkdownIt from 'markdown-it';
import { createMarkdownReader, type MarkdownText } from '../../src/codecs/markdown/markdownReader.js';

/** An example of the CommonMark specification. */
export interface CommonMarkExample {
  readonly markdown: string;
  readonly section: string;
  readonly number: number;
}

const load = createRequire(import.meta.url);

export const commonMarkExamples: readonly CommonMarkExample[] = (
  load('commonmark-spec') as { readonly tests: readonly CommonMarkExample[] }
).tests;

type Env = NonNullable<Parameters<ReturnType<typeof MarkdownIt>['render']>[1]>;

export type Preset = 'commonmark' | 'default' | 'html';

const renderers: Readonly<Record<Preset, ReturnType<typeof MarkdownIt>>> = {
  commonmark: new MarkdownIt('commonmark'),
  default: new MarkdownIt('default'),
  html: new MarkdownIt({ html: true }),
};

/** What markdown-it makes of a text as a whole, and of its blocks one by one, with the link reference definitions of the whole. */
export function renderings({ blocks, tail }: MarkdownText, preset: Preset): readonly [whole: string, parts: string] {
  const renderer = renderers[preset];
  const texts = [...blocks.map(({ text }) => text), tail];
  const found: Env = {};
  const whole = renderer.render(texts.join(''), found);
  const parts = texts.map((text) => renderer.render(text, { references: { ...found.references } }));
  return [whole, parts.join('')];
}

export function render(text: string, preset: Preset = 'default'): string {
  return renderers[preset].render(text);
}

/** Reads a text in pieces, and what is read after each of them. */
export function readPieces(pieces: Iterable<string>): { readonly last: MarkdownText; readonly all: readonly MarkdownText[] } {
  const reader = createMarkdownReader();
  const all = [...pieces].map((piece) => {
    reader.write(piece);
    return reader.read();
  });
  return { last: reader.read(), all };
}
