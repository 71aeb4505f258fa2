import { readFileSync } from 'node:fs';

/** A code block of a page. */
export interface CodeBlock {
  readonly language: string;
  /** The file that its first line names; undefined if it names none. */
  readonly file: string | undefined;
  /** Without the line that names the file. */
  readonly code: string;
}

/** The code blocks of a chapter of `docs/angular.md`. */
export function codeBlocks(chapter: string): readonly CodeBlock[] {
  const page = readFileSync(`${import.meta.dirname}/../../docs/angular.md`, 'utf8');
  const [, after = ''] = page.split(`\n## ${chapter}\n`);
  const [text = ''] = after.split('\n## ');
  return [...text.matchAll(/```(\w+)\n([\s\S]*?)```\n/g)].map(([, language = '', code = '']) => {
    const [first = '', ...lines] = code.split('\n');
    const file = /^(?:\/\/|<!--) (\S+\.\w+)(?: -->)?$/.exec(first)?.[1];
    return { language, file, code: file === undefined ? code : lines.join('\n') };
  });
}
