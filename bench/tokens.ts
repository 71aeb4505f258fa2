import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { Tiktoken } from 'js-tiktoken/lite';
import ranks from 'js-tiktoken/ranks/o200k_base';
import { get_encoding } from 'tiktoken';
import { tiktokenCounter } from '../src/tiktoken/tiktokenCounter.js';
import { type Cell, type Measured, measure } from './measure.js';
import { toPieces } from './stream.js';
import { decimals, exponent, type Line, printBar, printTable } from './table.js';

interface Text {
  readonly name: string;
  readonly size: string;
  readonly whole: string;
  readonly deltas: readonly string[];
}

interface Tool {
  readonly name: string;
  /** Counts after each delta, instead of once. */
  readonly running?: true;
  /** A tool of this package, to which the bars apply. */
  readonly own?: true;
  /** The only text to count, once, for a tool that would take minutes for all texts. */
  readonly only?: Text;
  count(text: Text): number;
}

/** Measures counters on ordinary texts, after every delta, and on one piece of 50,000 characters. */
export async function benchTokens(quick: boolean): Promise<void> {
  const counter = tiktokenCounter('o200k_base');
  const [ownLoading] = await timed(() => counter.load());
  const [theirLoading, tiktoken] = await timed(() => new Tiktoken(ranks));
  console.log(`Loading o200k_base: ${decimals(ownLoading)} ms in slices; js-tiktoken ${decimals(theirLoading)} ms at once`);
  const wasm = get_encoding('o200k_base');

  const once: Tool = { name: 'tiktokenCounter, once', own: true, count: ({ whole }) => counter.count(whole) };
  const running: Tool = {
    name: 'tiktokenCounter, each delta',
    running: true,
    own: true,
    count({ deltas }) {
      const stream = counter.stream();
      return deltas.reduce((_, delta) => stream.push(delta), 0);
    },
  };
  const peers: readonly Counting[] = [
    ['js-tiktoken', (whole) => tiktoken.encode(whole, [], []).length],
    ['tiktoken (wasm)', (whole) => wasm.encode(whole, [], []).length],
    ['gpt-tokenizer', (whole) => countTokens(whole)],
  ];
  const tools = [running, once, ...peers.map(countOnce), ...(quick ? [] : peers.map(countAgain))];
  await benchTexts(tools, quick ? 5 : 15);
  await benchPieces([once, running], (whole) => wasm.encode(whole, [], []).length, quick);
}

type Counting = readonly [name: string, count: (whole: string) => number];

function countOnce([name, count]: Counting): Tool {
  return { name: `${name}, once`, count: ({ whole }) => count(whole) };
}

/** Counts without an incremental counter: the whole text again after each delta. */
function countAgain([name, count]: Counting): Tool {
  return {
    name: `${name}, each delta`,
    running: true,
    ...(texts[0] && { only: texts[0] }),
    count({ deltas }) {
      let whole = '';
      return deltas.reduce((_, delta) => {
        whole += delta;
        return count(whole);
      }, 0);
    },
  };
}

async function benchTexts(tools: readonly Tool[], rounds: number): Promise<void> {
  const runs = tools.flatMap((tool) => texts.filter((text) => text === (tool.only ?? text)).map((text) => ({ tool, text })));
  // The first tool sets the expected count of the others: our own tools, and peers that share no code with it.
  const expected = new Map(texts.map((text) => [text, tools[0]?.count(text)]));
  const measured = await measure(
    runs.map(({ tool, text }) => toCell(tool, text, expected.get(text))),
    rounds,
  );
  const rows = Object.keys(ordinary).flatMap((name) => tools.flatMap((tool) => toRow(name, tool, measured) ?? []));
  console.log(
    `CPU milliseconds, Node ${process.version}: medians of ${rounds} rounds; a delta has 4 characters; all counts are equal`,
  );
  const lines = rows.map((row): Line => [row.name, row.tool.name, ...[...row.times, row.growth, row.perDelta].map(decimals)]);
  printTable(['text', 'tool', ...sizes.map(([size]) => size), 'growth', 'µs a delta'], lines, 2);
  console.log();
  const own = rows.filter(({ tool }) => tool.own && tool.running);
  const valuesOf = (figure: 'perDelta' | 'growth') => own.map((row) => ({ name: row.name, value: row[figure] ?? Number.NaN }));
  printBar({ name: 'µs a delta', limit: 3, values: valuesOf('perDelta') });
  printBar({ name: 'growth', limit: 1.1, values: valuesOf('growth') });
  console.log();
}

function toRow(name: string, tool: Tool, measured: Measured) {
  const own = texts.filter((text) => text.name === name);
  const times = own.map((text) => measured.time(tool.name, keyOf(text)));
  const [small, large] = own;
  if (!small || !large || times[0] === undefined) return undefined;
  const growth = exponent(
    measured.ratio([tool.name, keyOf(large)], [tool.name, keyOf(small)]),
    large.whole.length / small.whole.length,
  );
  const [time, deltas] = times[1] === undefined ? [times[0], small.deltas] : [times[1], large.deltas];
  return { name, tool, times, growth, perDelta: tool.running && (time * 1_000) / deltas.length };
}

async function benchPieces(tools: readonly Tool[], exact: (whole: string) => number, quick: boolean): Promise<void> {
  // The time of the peer grows with the square of the length, so it counts a shorter text.
  const compared = quick ? 2_000 : 10_000;
  const samples = Object.entries(pieces).map(([name, unit]) => ({
    text: toText(name, '50k', unit, pieceLength),
    part: toText(name, 'part', unit, compared),
  }));
  const measured = await measure(
    samples.flatMap(({ text }) => tools.map((tool) => toCell(tool, text, tool.count(text)))),
    quick ? 5 : 15,
  );
  const rows = samples.map(({ text, part }) => {
    const tokens = exact(part.whole);
    const off = Math.max(...tools.map((tool) => Math.abs(tool.count(part) - tokens)));
    if (off > tokens / 10) throw new Error(`${text.name}: more than 10 % off`);
    return { name: text.name, times: tools.map((tool) => measured.time(tool.name, keyOf(text)) ?? Number.NaN), tokens, off };
  });
  console.log(
    `One piece of ${pieceLength} characters, CPU milliseconds; and how far off from tiktoken (wasm) for ${compared} of them`,
  );
  const lines = rows.map(({ name, times, tokens, off }): Line => [name, ...times.map(decimals), String(tokens), String(off)]);
  printTable(['piece', ...tools.map(({ name }) => name), 'tokens', 'off'], lines, 1);
  console.log();
  const values = rows.flatMap(({ name, times }) =>
    times.map((value, index) => ({ name: `${name}, ${tools[index]?.name}`, value })),
  );
  printBar({ name: 'ms a piece', limit: 100, values });
}

function toCell(tool: Tool, text: Text, expected: number | undefined): Cell<number> {
  return {
    tool: tool.name,
    size: keyOf(text),
    slow: tool.only !== undefined,
    run: () => tool.count(text),
    check(tokens) {
      if (tokens !== expected) throw new Error(`${tool.name} counts ${tokens} tokens in ${keyOf(text)}, not ${expected}`);
    },
  };
}

function keyOf({ name, size }: Text): string {
  return `${name}, ${size}`;
}

function toText(name: string, size: string, unit: string, length: number): Text {
  const whole = unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
  return { name, size, whole, deltas: toPieces(whole) };
}

async function timed<T>(run: () => T | Promise<T>): Promise<readonly [number, T]> {
  const before = process.cpuUsage();
  const value = await run();
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / 1_000, value];
}

/** Numbered, so that no sentence is repeated. */
function numbered(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('');
}

const ordinary = {
  prose: numbered(
    1_500,
    (index) => `Chapter ${index}: the quick brown fox doesn't jump over ${index * 7} lazy dogs; "they've slept," it said.\n\n`,
  ),
  code: numbered(
    1_500,
    (index) => `  const total${index} = items.filter((item) => item.price > ${index}).length; // TODO: #${index}\n`,
  ),
  Chinese: numbered(3_000, (index) => `第${index}章，今天天气很好，我们去公园散步吧！人工智能正在改变世界。`),
  JSON: numbered(
    3_000,
    (index) => `{"id":${index},"name":"Product number ${index}","price":${index * 1.25},"stock":${index % 2 === 0}},\n`,
  ),
};

const sizes = [
  ['20 KB', 20_000],
  ['200 KB', 200_000],
] as const;
const texts = Object.entries(ordinary).flatMap(([name, unit]) => sizes.map(([size, length]) => toText(name, size, unit, length)));

const pieceLength = 50_000;
const pieces = {
  'one letter': 'a',
  'one capital': 'A',
  'one ideogram': '中',
  'Chinese without breaks': numbered(pieceLength, (index) => String.fromCharCode(0x4e00 + ((index * 7_919) % 8_000))),
  alphabet: 'abcdefghijklmnopqrstuvwxyz',
  blanks: ' ',
  newlines: '\n',
  signs: '=',
  emoji: '😀',
  accents: 'e\u0301',
  base64: Buffer.from(Array.from({ length: 37_500 }, (_, index) => (index * 7_919 + index ** 2) & 0xff)).toString('base64'),
};
