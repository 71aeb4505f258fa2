import { type Cell, type Measured, measure } from './measure.js';
import { type Bar, decimals, exponent, fraction, type Line, printBar, printTable } from './table.js';

/** An input of one size. */
export interface Sample {
  readonly size: string;
  /** The number of characters of the stream. */
  readonly length: number;
  /** The value that every tool must read, as JSON. */
  readonly json: string;
}

export interface Shape<S extends Sample> {
  readonly name: string;
  /** From the smallest to the largest. */
  readonly samples: readonly S[];
}

/** The last value that a tool read, and the number of values so far. */
export interface Reading {
  value: unknown;
  values: number;
}

export interface Tool<S extends Sample> {
  readonly name: string;
  /** A tool of this package, to which the bars apply. */
  readonly own?: true;
  /** The only size to read, once, for a tool that would take minutes for all sizes. */
  readonly only?: string;
  run(sample: S): Reading | Promise<Reading>;
}

/** A column of ratios to a peer, and the bar that our own tools must meet. */
export interface Comparison {
  readonly title: string;
  readonly peer: string;
  /** @defaultValue the size with the worst ratio */
  readonly size?: string;
  readonly limit?: number;
}

export interface Report<S extends Sample> {
  readonly shapes: readonly Shape<S>[];
  readonly tools: readonly Tool<S>[];
  readonly comparisons: readonly Comparison[];
  readonly rounds: number;
}

/** The largest allowed exponent of the time of our own tools by the size. */
const growthLimit = 1.1;

/** The figures of one tool on one shape. */
interface Row {
  readonly shape: string;
  readonly tool: string;
  readonly own: boolean;
  readonly times: readonly (number | undefined)[];
  readonly growth: number | undefined;
  readonly ratios: readonly (number | undefined)[];
  readonly values: number | undefined;
}

/** Measures each shape in turn, and prints one table of all of them and the bars. */
export async function printReport<S extends Sample>({ shapes, tools, comparisons, rounds }: Report<S>): Promise<void> {
  const rows: Row[] = [];
  for (const shape of shapes) rows.push(...(await measureShape(shape, tools, comparisons, rounds)));
  const sizes = shapes[0]?.samples.map(({ size }) => size) ?? [];
  const ratioTitles = comparisons.map(({ title }) => title);
  console.log(
    `CPU milliseconds, Node ${process.version}: medians of ${rounds} rounds; each ratio is of the size where it is worst`,
  );
  printTable(['shape', 'tool', ...sizes, 'growth', ...ratioTitles, 'values'], rows.map(toLine), 2);
  console.log();
  for (const bar of barsOf(rows, comparisons)) printBar(bar);
}

async function measureShape<S extends Sample>(
  { name, samples }: Shape<S>,
  tools: readonly Tool<S>[],
  comparisons: readonly Comparison[],
  rounds: number,
): Promise<readonly Row[]> {
  const values = new Map<string, number>();
  const readBy = ({ only }: Tool<S>) => samples.filter(({ size }) => only === undefined || size === only);
  const cells = tools.flatMap((tool) => readBy(tool).map((sample) => toCell(tool, sample, values)));
  const measured = await measure(cells, rounds);
  return tools
    .filter((tool) => readBy(tool).length > 0)
    .map((tool) => ({
      shape: name,
      tool: tool.name,
      own: tool.own ?? false,
      times: samples.map(({ size }) => measured.time(tool.name, size)),
      growth: growthOf(tool.name, readBy(tool), measured),
      ratios: comparisons.map((comparison) => ratioOf(tool.name, comparison, samples, measured)),
      values: values.get(tool.name),
    }));
}

function toCell<S extends Sample>(tool: Tool<S>, sample: S, values: Map<string, number>): Cell<Reading> {
  return {
    tool: tool.name,
    size: sample.size,
    slow: tool.only !== undefined,
    run: () => tool.run(sample),
    check(reading) {
      if (JSON.stringify(reading.value) !== sample.json) throw new Error(`${tool.name} read ${sample.size} wrong`);
      values.set(tool.name, Math.max(reading.values, values.get(tool.name) ?? 0));
    },
  };
}

function growthOf(tool: string, samples: readonly Sample[], measured: Measured): number | undefined {
  const smallest = samples[0];
  const largest = samples.at(-1);
  if (!smallest || !largest || smallest === largest) return undefined;
  return exponent(measured.ratio([tool, largest.size], [tool, smallest.size]), largest.length / smallest.length);
}

function ratioOf(tool: string, { peer, size }: Comparison, samples: readonly Sample[], measured: Measured): number | undefined {
  const sizes = size === undefined ? samples.map((sample) => sample.size) : [size];
  const ratios = sizes.flatMap((each) => measured.ratio([tool, each], [peer, each]) ?? []);
  return tool === peer || ratios.length === 0 ? undefined : Math.max(...ratios);
}

function toLine({ shape, tool, times, growth, ratios, values }: Row): Line {
  return [shape, tool, ...times.map(decimals), decimals(growth), ...ratios.map(fraction), values?.toString() ?? ''];
}

function barsOf(rows: readonly Row[], comparisons: readonly Comparison[]): readonly Bar[] {
  const bar = (name: string, limit: number, figureOf: (row: Row) => number | undefined): Bar => {
    const values = rows.flatMap((row) => {
      const value = row.own ? figureOf(row) : undefined;
      return value === undefined ? [] : [{ name: `${row.shape}, ${row.tool}`, value }];
    });
    return { name, limit, values };
  };
  const growth = bar('growth', growthLimit, (row) => row.growth);
  const ratios = comparisons.flatMap(({ title, limit }, index) =>
    limit === undefined ? [] : bar(title, limit, (row) => row.ratios[index]),
  );
  return [growth, ...ratios];
}
