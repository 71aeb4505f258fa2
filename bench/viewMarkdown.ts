import { marked } from 'marked';
import { type MarkdownText, markdownBlocks } from '../src/operators/markdownBlocks.js';
import { type Cell, type Measured, measure } from './measure.js';
import { push, toEvents, toPieces } from './stream.js';
import { decimals, exponent, fraction, type Line, printBar, printTable } from './table.js';

interface Sample {
  readonly name: string;
  readonly size: string;
  readonly whole: string;
  readonly events: ReturnType<typeof toEvents>;
}

const own = 'markdownBlocks';
const rendering = 'markdownBlocks, each finished block rendered';
const peer = 'marked, the whole at each delta';
const sizes = [
  ['20k', 20_000],
  ['200k', 200_000],
] as const;

const answer = `## Where it comes from

The **delta events** of a *provider* arrive one by one, and \`markdownBlocks\` reads each line once.

- It keeps what is open, so that [a link](https://example.org/path "title") is closed when it is shown.
- It emits **finished** blocks, which never change:
  1. paragraphs and headings,
  2. lists, tables and code.

\`\`\`ts
const blocks = events$.pipe(markdownBlocks()); // each finished block is rendered once
\`\`\`

| size | cost |
| ---- | ---: |
| \`20k\` | *one* |
| \`200k\` | **ten** |

> A quote ends where a blank line is.

`;

/** The texts, by what is repeated; all but the first are one block. */
const shapes: Readonly<Record<string, (length: number) => string>> = {
  'an answer': (length) => repeated(answer, length),
  'a fence': (length) => `\`\`\`js\n${repeated('const value = compute(a, b); // *note*\n', length - 6)}`,
  'a list': (length) => repeated('- an item with **bold** and `code` in it\n', length),
  'a table': (length) => `| a | b |\n|---|---|\n${repeated('| some **cell** | other `cell` |\n', length - 20)}`,
  'a paragraph': (length) => repeated('some words with *emphasis*, `code` and [a link](http://x.y)\n', length),
  'a line': (length) => repeated('some words with *emphasis*, `code` and [a link](http://x.y) ', length),
  'open emphasis': (length) => repeated('some *words and `', length),
};

/** Measures `markdownBlocks` at each delta of a text, against parsing the whole with marked at each delta. */
export async function benchViewMarkdown(quick: boolean): Promise<void> {
  const samples = Object.keys(shapes).flatMap((name) => sizes.map(([size, length]) => toSample(name, size, length)));
  const rounds = quick ? 5 : 15;
  const measured = await measure(samples.flatMap(toCells), rounds);
  console.log(
    `Markdown at each delta, CPU milliseconds, Node ${process.version}: medians of ${rounds} rounds; a delta has 4 characters`,
  );
  const names = Object.keys(shapes);
  const lines = names.flatMap((name) => [own, rendering, peer].flatMap((tool) => toLine(name, tool, measured)));
  printTable(['text', 'tool', ...sizes.map(([size]) => size), 'growth', 'µs a delta'], lines, 2);
  console.log();
  const ratios = names.map((name) => ({ name, value: measured.ratio([own, `${name}, 20k`], [peer, `${name}, 20k`]) }));
  console.log(`to marked, at 20k: ${ratios.map(({ name, value }) => `${name} ${fraction(value)}`).join(', ')}`);
  const bar = { name: 'an answer', value: ratios[0]?.value ?? Number.NaN };
  printBar({ name: 'to marked at each delta, 20k', limit: 1 / 50, values: [bar] });
  printBar({
    name: 'growth',
    limit: 1.1,
    values: names.map((name) => ({ name, value: growthOf(name, own, measured) ?? Number.NaN })),
  });
  console.log();
}

function toLine(name: string, tool: string, measured: Measured): Line[] {
  const times = sizes.map(([size]) => measured.time(tool, `${name}, ${size}`));
  if (times[0] === undefined) return [];
  const perDelta = (times[1] === undefined ? times[0] / 20_000 : times[1] / 200_000) * 4_000;
  return [[name, tool, ...[...times, growthOf(name, tool, measured), perDelta].map(decimals)]];
}

function growthOf(name: string, tool: string, measured: Measured): number | undefined {
  return exponent(measured.ratio([tool, `${name}, 200k`], [tool, `${name}, 20k`]), 10);
}

function toCells(sample: Sample): readonly Cell<MarkdownText | undefined>[] {
  const { name, size, whole, events } = sample;
  const cell = { size: `${name}, ${size}`, slow: false, check: (text: MarkdownText | undefined) => checkText(text, whole) };
  const read = (onText: (text: MarkdownText) => void): MarkdownText | undefined => {
    let last: MarkdownText | undefined;
    push(events, markdownBlocks(), (text) => {
      last = text;
      onText(text);
    });
    return last;
  };
  const cells: Cell<MarkdownText | undefined>[] = [
    { ...cell, tool: own, run: () => read(() => undefined) },
    { ...cell, tool: rendering, run: () => readAndRender(read) },
  ];
  if (size === '20k') cells.push({ ...cell, tool: peer, slow: true, run: () => parseAgain(events), check: () => undefined });
  return cells;
}

function readAndRender(read: (onText: (text: MarkdownText) => void) => MarkdownText | undefined): MarkdownText | undefined {
  let rendered = 0;
  return read(({ blocks }) => {
    for (; rendered < blocks.length; rendered++) render(blocks[rendered]?.text ?? '');
  });
}

function render(text: string): string {
  return marked.parse(text, { async: false });
}

function parseAgain(events: Sample['events']): undefined {
  let whole = '';
  for (const event of events) {
    if (event.type !== 'text-delta') continue;
    whole += event.text;
    render(whole);
  }
}

function checkText(text: MarkdownText | undefined, whole: string): void {
  const joined = text ? text.blocks.map((block) => block.text).join('') + text.tail : '';
  if (joined !== whole) throw new Error('The blocks are not the text');
}

function toSample(name: string, size: string, length: number): Sample {
  const whole = (shapes[name] ?? String)(length);
  return { name, size, whole, events: toEvents(toPieces(whole)) };
}

function repeated(unit: string, length: number): string {
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}
