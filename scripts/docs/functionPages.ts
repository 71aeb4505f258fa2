import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Example, functionPage, pagePath } from './functionPage.js';
import { drawRun, loadVocabulary } from './pictures.js';
import { type Kind, type PublicApi, type PublicFunction, readPublicApi } from './publicFunctions.js';
import { runs } from './runs.js';

/** The folders of the pages, and what each index is called. */
const titles: Readonly<Record<Kind, readonly [title: string, about: string]>> = {
  operators: ['Operators', 'What you pipe a stream through.'],
  sources: ['Sources', 'Cold Observables of delta events: subscribing sends the request, unsubscribing aborts it.'],
  handles: ['Handles', 'What several streams share.'],
  wires: ['Wires', 'How events cross HTTP: each page lists what its wire cannot carry.'],
  functions: ['Functions', 'Parsers, prices, token counters and others.'],
};

/** The folders in which nothing but pages may be. */
export const pageFolders: readonly string[] = Object.keys(titles).map((kind) => `docs/${kind}`);

/** Every page of a public function with its picture, and the indexes, by path. */
export async function functionPages(api: PublicApi = readPublicApi()): Promise<ReadonlyMap<string, string>> {
  const examples = readExamples();
  refuseMissing(api, examples);
  await loadVocabulary();
  const pages = new Map<string, string>();
  for (const [kind, [title, about]] of Object.entries(titles)) {
    const subjects = api.functions.filter((each) => each.kind === kind);
    for (const subject of subjects) await addPage(pages, subject, api, examples);
    pages.set(`docs/${kind}/README.md`, index(title, about, subjects));
  }
  return pages;
}

async function addPage(
  pages: Map<string, string>,
  subject: PublicFunction,
  api: PublicApi,
  examples: ReadonlyMap<string, Example>,
): Promise<void> {
  const { id, name, doc, entryPoint } = subject;
  const run = runs[id];
  const example = examples.get(id);
  if (!run || !example) return;
  const picture = await drawRun(id, run, entryPoint, `${name}: ${doc.sentence.replace(/\{@link (\w+)\}/g, '$1')}`);
  const path = pagePath(subject);
  pages.set(path, functionPage({ subject, api, run, picture, example }));
  pages.set(path.replace(/\.md$/, '.svg'), picture.svg);
}

function refuseMissing(api: PublicApi, examples: ReadonlyMap<string, Example>): void {
  const ids = api.functions.map(({ id }) => id);
  const withoutRun = ids.filter((id) => runs[id] === undefined);
  const withoutExample = ids.filter((id) => !examples.has(id));
  const missing = [
    withoutRun.length > 0 && `No run for ${withoutRun.join(', ')}: add it to scripts/docs/runs.ts`,
    withoutExample.length > 0 &&
      `No example for ${withoutExample.join(', ')}: write examples/…/NAME.ts with a /* Prints: */ block`,
  ].filter((line) => line !== false);
  if (missing.length > 0) throw new Error([...missing, 'Then npm run docs'].join('\n'));
}

function index(title: string, about: string, subjects: readonly PublicFunction[]): string {
  const rows = subjects.map(({ id, name, entryPoint, doc }) => {
    const sentence = doc.sentence.replace(/\{@link (\w+)\}/g, '`$1`');
    return `| [${name}](${id}.md) | \`${entryPoint}\` | ${sentence} |`;
  });
  return [`# ${title}`, '', about, '', '| name | import from | does |', '|---|---|---|', ...rows, ''].join('\n');
}

/** The examples that list what they print, by the names of their files. */
export function readExamples(): ReadonlyMap<string, Example> {
  const files = readdirSync('examples', { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.includes('node_modules'),
  );
  return new Map(files.flatMap((file) => readExample(join('examples', file))));
}

function readExample(file: string): readonly (readonly [id: string, example: Example])[] {
  const [, about = '', code = '', prints] =
    /^\/\*\*([\s\S]*?)\*\/\n([\s\S]*?)\n\/\* Prints:\n([\s\S]*?)\*\/\s*$/.exec(readFileSync(file, 'utf8')) ?? [];
  if (prints === undefined) return [];
  const text = about.replace(/^\s*\* ?/gm, ' ').replace(/\s+/g, ' ');
  return [[basename(file, '.ts'), { file, about: text.trim(), code: code.trim(), prints: prints.trimEnd() }]];
}
