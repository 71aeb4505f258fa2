/** A line of a table. A figure that was not measured is ''. */
export type Line = readonly string[];

/** Prints a table with texts aligned to the left and numbers to the right. */
export function printTable(head: Line, lines: readonly Line[], textColumns: number): void {
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)));
  const rule = widths.map((width) => '-'.repeat(width));
  for (const line of [head, rule, ...lines]) {
    const cells = line.map((text, column) =>
      column < textColumns ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0),
    );
    console.log(cells.join('  '));
  }
}

/** A limit that all of our own tools must meet. */
export interface Bar {
  readonly name: string;
  readonly limit: number;
  readonly values: readonly { readonly name: string; readonly value: number }[];
}

/** Prints a bar with its worst value, or with all values that miss it. */
export function printBar({ name, limit, values }: Bar): void {
  const sorted = [...values].sort((a, b) => b.value - a.value);
  const missed = sorted.filter(({ value }) => value > limit);
  const verdict = sorted.length === 0 ? 'not measured' : missed.length > 0 ? 'MISSED' : 'met, at worst';
  const listed = (missed.length > 0 ? missed : sorted.slice(0, 1)).map((each) => `${fraction(each.value)} (${each.name})`);
  console.log(`${name}, at most ${fraction(limit)}: ${verdict} ${listed.join(', ')}`);
}

export function decimals(value: number | undefined): string {
  if (value === undefined) return '';
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

/** Formats a ratio; a small one as a fraction: 1/50. */
export function fraction(value: number | undefined): string {
  return value === undefined || value > 0.5 ? decimals(value) : `1/${Math.floor(1 / value + 1e-9)}`;
}

/** The exponent with which a time grows by the size. */
export function exponent(timeRatio: number | undefined, sizeRatio: number): number | undefined {
  return timeRatio === undefined ? undefined : Math.log(timeRatio) / Math.log(sizeRatio);
}
