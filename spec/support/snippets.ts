import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A fenced block of a page. */
export interface Snippet {
  readonly language: string;
  readonly text: string;
  /** The line of its fence, counted from 1. */
  readonly line: number;
}

export function snippetsOf(page: string): readonly Snippet[] {
  return [...page.matchAll(/^(`{3,})(\w*)[^\n]*\n([\s\S]*?)^\1$/gm)].map(({ 2: language = '', 3: text = '', index }) => ({
    language,
    text: text.trimEnd(),
    line: page.slice(0, index).split('\n').length,
  }));
}

const printed = /\n\/\* Prints:\n([\s\S]*?)\*\/\s*$/;

/** What an example lists that it prints, which a spec compares with a run. */
export function printsOf(file: string): string | undefined {
  return printed.exec(readFileSync(file, 'utf8'))?.[1];
}

/**
 * The files that are run by the specs: examples that list what they print, what they import, recipes, the sample tests and the tests of the first
 * steps.
 */
export function filesThatRun(): ReadonlySet<string> {
  const examples = readdirSync('examples', { recursive: true, encoding: 'utf8' })
    .map((file) => join('examples', file))
    .filter((file) => file.endsWith('.ts') && !file.includes('node_modules'));
  const files = new Set(examples.filter((file) => isRun(file)));
  for (const file of files) {
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/ from '(\.[^']*)\.js'/g)) {
      const imported = join(dirname(file), `${path}.ts`);
      if (existsSync(imported)) files.add(imported);
    }
  }
  return files;
}

function isRun(file: string): boolean {
  const recipes = readFileSync('spec/recipes.spec.ts', 'utf8');
  if (file.startsWith('examples/recipes/')) return recipes.includes(`../${file.replace(/\.ts$/, '.js')}`);
  return /^examples\/(?:testing|start|nest-server|angular-chat)\//.test(file) || printsOf(file) !== undefined;
}

/** Whether the lines stand in the text one after the other, whatever their indentation. */
export function contains(text: string, lines: string): boolean {
  return unindented(text).includes(unindented(lines));
}

function unindented(text: string): string {
  return `\n${text
    .split('\n')
    .map((line) => line.trim())
    .join('\n')}\n`;
}
