import { posix } from 'node:path';
import { oneLine } from './docComment.js';
import type { Picture } from './pictures.js';
import type { Option, PublicApi, PublicFunction } from './publicFunctions.js';
import type { Run } from './runs.js';

/** An example that is run, and what it prints. */
export interface Example {
  readonly file: string;
  readonly about: string;
  readonly code: string;
  readonly prints: string;
}

export interface PageParts {
  readonly subject: PublicFunction;
  readonly api: PublicApi;
  readonly run: Run;
  readonly picture: Picture;
  readonly example: Example;
}

/** Where the page of a function is. */
export function pagePath({ kind, id }: PublicFunction): string {
  return `docs/${kind}/${id}.md`;
}

/** The page of a function, from its doc comment, a run and an example. */
export function functionPage({ subject, api, run, picture, example }: PageParts): string {
  const { id, name, entryPoint, file, doc } = subject;
  const linked = linker(subject, api);
  return [
    `# ${name}`,
    linked(doc.sentence),
    fenced('ts', `import { ${name} } from '${entryPoint}';`),
    `![What ${name} does in the run below](${id}.svg)`,
    fenced('ts', runCode(run)),
    fenced('text', picture.text),
    drawnFrom(run),
    ...details(doc.details, linked),
    '## Signature',
    fenced('ts', subject.signature),
    ...parameters(subject, linked),
    ...optionTable(subject.options, linked),
    ...memberTable(subject.members, linked),
    ...typeLinks(subject, api),
    ...behaviour(subject, linked),
    '## Example',
    linked(example.about),
    fenced('ts', example.code),
    'prints',
    fenced('text', example.prints),
    '## See also',
    list([...seeAlso(subject, api, linked), sourceLink('the example', example.file), sourceLink('the source', file)]),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function fenced(language: string, code: string): string {
  const fence = code.includes('```') ? '````' : '```';
  return `${fence}${language}\n${code}\n${fence}`;
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function sourceLink(label: string, file: string): string {
  return `${label}: [${file}](../../${file})`;
}

/** What a run is, as one reads it: the page shows this, and a spec checks its types. */
export function runCode({ given = {}, source, operators = [] }: Run): string {
  const constants = Object.entries(given).map(([name, code]) => `const ${name} = ${code};\n`);
  if (operators.length === 0) return `${constants.join('')}${source};`;
  const line = `${source}.pipe(${operators.join(', ')});`;
  const short = line.length <= 100 && !line.includes('\n');
  return `${constants.join('')}${short ? line : `${source}.pipe(\n  ${operators.join(',\n  ')},\n);`}`;
}

function drawnFrom({ given = {}, source }: Run): string {
  const code = [...Object.values(given), source].join('\n');
  const fakes = ['answer', 'fakeProvider', 'stream', 'streamOf'].filter((name) => code.includes(`${name}(`));
  const notes = [
    'Drawn by `npm run docs` from this run in virtual time',
    ...(fakes.length > 0 ? [`${fakes.map((name) => `\`${name}\``).join(' and ')} of [rxllm/testing](../guides/testing.md)`] : []),
    ...(code.includes('sse({') ? ['`sse` answers the request with these server-sent events, each at its millisecond'] : []),
    ...(code.includes('eventStream(')
      ? ['`eventStream` answers the request with these server-sent events, each at its millisecond']
      : []),
  ];
  return `${notes.join('; ')}.`;
}

/** What follows the first sentence. A caption parts its diagram from the picture above, which has other letters. */
function details(text: string, linked: (text: string) => string): readonly string[] {
  const all = paragraphs(text);
  const diagram = all.findIndex(isDiagram);
  return all.flatMap((paragraph, index) => [
    ...(index === diagram ? ['In short, with letters of its own:'] : []),
    markdown(paragraph, linked),
  ]);
}

function isDiagram(paragraph: string): boolean {
  return /^ {4}/.test(paragraph);
}

/** Pieces that blank lines or a change of indentation separate. */
function paragraphs(text: string): readonly string[] {
  return text.split(/\n(?:\s*\n)+/).filter((paragraph) => paragraph.trim() !== '');
}

function markdown(paragraph: string, linked: (text: string) => string): string {
  if (isDiagram(paragraph)) return fenced('text', paragraph.replace(/^ {4}/gm, ''));
  // A list keeps its lines, and other lines are one.
  const [text = '', ...items] = paragraph.split(/\n(?=(?:\d+\.|-) )/);
  return [linked(oneLine(text)), items.map((item) => linked(oneLine(item))).join('\n')]
    .filter((part) => part !== '')
    .join('\n\n');
}

function parameters({ doc }: PublicFunction, linked: (text: string) => string): readonly string[] {
  const lines = [...doc.params].map(([name, text]) => {
    const [about = '', defaultValue] = text.split('@defaultValue').map(oneLine);
    return `\`${name}\`: ${linked(about)}${defaultValue ? ` Default: ${linked(defaultValue)}.` : ''}`;
  });
  const returns = doc.returns ? [`Returns: ${linked(oneLine(doc.returns))}`] : [];
  return lines.length + returns.length > 0 ? [list([...lines, ...returns])] : [];
}

function optionTable(options: readonly Option[], linked: (text: string) => string): readonly string[] {
  if (options.length === 0) return [];
  const rows = options.map((option) => [
    `\`${option.name}\``,
    `\`${option.type}\``,
    defaultOf(option),
    linked(oneLine(`${option.doc.sentence} ${option.doc.details}`)),
  ]);
  return ['## Options', [['option', 'type', 'default', 'does'], ['---', '---', '---', '---'], ...rows].map(tableRow).join('\n')];
}

function memberTable(members: readonly Option[], linked: (text: string) => string): readonly string[] {
  if (members.length === 0) return [];
  const rows = members.map(({ name, type, doc }) => [
    `\`${name}\``,
    `\`${type}\``,
    linked(oneLine(`${doc.sentence} ${doc.details}`)),
  ]);
  return ['## Returns', [['member', 'type', 'is'], ['---', '---', '---'], ...rows].map(tableRow).join('\n')];
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** Values are code; words are not. */
function defaultOf({ required, doc }: Option): string {
  if (required) return 'required';
  const text = oneLine(doc.defaultValue ?? 'none');
  return /^(?:'[^']*'|[\d,._]+|true|false)$/.test(text) ? `\`${text}\`` : text;
}

/** The project's own types in the signature and the options. */
function typeLinks(subject: PublicFunction, api: PublicApi): readonly string[] {
  const text = [subject.signature, ...[...subject.options, ...subject.members].map(({ type }) => type)].join('\n');
  const here: readonly string[] = subject.signature.match(/\w+(?:Options|Limits)\b/g) ?? [];
  const names = [...new Set(text.match(/\b[A-Z]\w+/g))].filter(
    (name) => !here.includes(name) && typeTarget(name, subject, api) !== undefined,
  );
  if (names.length === 0) return [];
  return [`Types: ${names.map((name) => `[${name}](${typeTarget(name, subject, api)})`).join(', ')}.`];
}

/** Options are on the page of their function, other types in the source. */
function typeTarget(name: string, subject: PublicFunction, api: PublicApi): string | undefined {
  const owner = api.functions.find(
    (each) => each.id !== subject.id && each.options[0]?.declaredIn === name && each.signature.includes(name),
  );
  if (owner && /(?:Options|Limits)$/.test(name)) return `${pageLink(owner)}#options`;
  const file = api.types.get(name);
  return file && `../../${file}`;
}

function behaviour({ doc }: PublicFunction, linked: (text: string) => string): readonly string[] {
  const lines: readonly (readonly [title: string, text: string | undefined])[] = [
    ['Throws', doc.throws],
    ['Emits error', doc.emitsError],
    ['Unsubscribe', doc.unsubscribe],
    ['Reset', doc.reset],
    ['Cost', doc.cost],
  ];
  const known = lines.flatMap(([title, text]) => (text === undefined ? [] : [`**${title}**: ${linked(oneLine(text))}`]));
  return known.length > 0 ? ['## Behaviour', list(known)] : [];
}

/** Links of the web and of other pages; what the text names is linked there too. */
function seeAlso(subject: PublicFunction, api: PublicApi, linked: (text: string) => string): readonly string[] {
  const { doc } = subject;
  const texts = [doc.sentence, doc.details, ...doc.params.values(), doc.emitsError, doc.reset, ...doc.see].join('\n');
  const names = new Set([...texts.matchAll(/\{@link (\w+)\}|`(\w+)(?:\(\))?`/g)].map(([, link, code]) => link ?? code));
  const others = api.functions.filter((each) => names.has(each.name) && each.id !== subject.id && !isWord(each.name));
  const web = doc.see.filter((each) => /^https?:/.test(each)).map((each) => `<${oneLine(each)}>`);
  const texted = doc.see.filter((each) => !/^https?:|^\{@link \w+\}$/.test(each)).map((each) => linked(oneLine(each)));
  return [...others.map((each) => `[${each.name}](${pageLink(each)}): ${plain(each.doc.sentence)}`), ...texted, ...web];
}

function plain(text: string): string {
  return text.replace(/\{@link (\w+)\}/g, '`$1`');
}

function pageLink(target: PublicFunction): string {
  return posix.relative('docs/any', pagePath(target));
}

/** These names of functions are also words: `text` in code is most often a field. */
function isWord(name: string): boolean {
  return ['json', 'text', 'toon'].includes(name);
}

/** Makes links of `{@link X}`, and of the names of functions that have a page. */
function linker(subject: PublicFunction, api: PublicApi): (text: string) => string {
  function target(name: string): string | undefined {
    const owners = api.functions.filter((each) => each.name === name);
    const owner = owners.find(({ entryPoint }) => entryPoint === subject.entryPoint) ?? owners[0];
    if (owner?.id === subject.id) return undefined;
    return owner ? pageLink(owner) : typeTarget(name, subject, api);
  }

  return (text) =>
    text.replace(/\{@link (\w+)\}|`(\w+)(\(\))?`/g, (code: string, link?: string, name?: string, call = '') => {
      const found = link ?? name ?? '';
      const path = link || call || !isWord(found) ? target(found) : undefined;
      // A type's name in code stays code: it is often a value's.
      if (path === undefined || (name && !path.includes('.md'))) return link ? `\`${link}\`` : code;
      return `[\`${found}${call}\`](${path})`;
    });
}
