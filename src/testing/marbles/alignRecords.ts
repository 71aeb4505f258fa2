import { describeDifference } from './differences.js';
import { differencesOfRecords, isAlike } from './notifications.js';

/** One line of a diff: `-` is expected, `+` was received. */
export interface DiffRow {
  readonly sign: ' ' | '-' | '+';
  readonly record: unknown;
  readonly notes: readonly string[];
}

/** Aligns two lists by their longest common subsequence, so that one missing event is one difference. */
export function alignRecords(actual: readonly unknown[], expected: readonly unknown[]): readonly DiffRow[] {
  const prefix = commonLength(actual, expected, (list, index) => list[index]);
  const rest = Math.min(actual.length, expected.length) - prefix;
  const suffix = Math.min(
    rest,
    commonLength(actual, expected, (list, index) => list[list.length - 1 - index]),
  );
  const middle = alignMiddle(actual.slice(prefix, actual.length - suffix), expected.slice(prefix, expected.length - suffix));
  const same = (records: readonly unknown[]): DiffRow[] => records.map((record) => ({ sign: ' ', record, notes: [] }));
  return [...same(actual.slice(0, prefix)), ...middle, ...same(actual.slice(actual.length - suffix))];
}

function commonLength(
  actual: readonly unknown[],
  expected: readonly unknown[],
  at: (list: readonly unknown[], index: number) => unknown,
): number {
  const longest = Math.min(actual.length, expected.length);
  let length = 0;
  while (length < longest && isSame(at(actual, length), at(expected, length))) length++;
  return length;
}

function isSame(actual: unknown, expected: unknown): boolean {
  return differencesOfRecords(actual, expected).length === 0;
}

function alignMiddle(actual: readonly unknown[], expected: readonly unknown[]): readonly DiffRow[] {
  const lengths = commonLengths(actual, expected);
  const rows: DiffRow[] = [];
  let missing: unknown[] = [];
  let added: unknown[] = [];
  const flush = (): void => {
    rows.push(...pair(missing, added));
    missing = [];
    added = [];
  };
  for (let a = 0, e = 0; a < actual.length || e < expected.length; ) {
    if (a < actual.length && e < expected.length && isSame(actual[a], expected[e])) {
      flush();
      rows.push({ sign: ' ', record: actual[a], notes: [] });
      a++;
      e++;
    } else if (e < expected.length && (lengths[a]?.[e + 1] ?? 0) >= (lengths[a + 1]?.[e] ?? 0)) missing.push(expected[e++]);
    else added.push(actual[a++]);
  }
  flush();
  return rows;
}

/** Puts the missing and the added record of the same index together, with the members in which they differ. */
function pair(missing: readonly unknown[], added: readonly unknown[]): readonly DiffRow[] {
  const rows: DiffRow[] = [];
  for (let index = 0; index < Math.max(missing.length, added.length); index++) {
    const both = index < missing.length && index < added.length;
    if (index < missing.length) rows.push({ sign: '-', record: missing[index], notes: [] });
    const alike = both && isAlike(added[index], missing[index]);
    const notes = alike ? differencesOfRecords(added[index], missing[index]).map(describeDifference) : [];
    if (index < added.length) rows.push({ sign: '+', record: added[index], notes });
  }
  return rows;
}

/** Cells of the table. Above this, records that differ are paired by index, because the table would take too much memory. */
const largestTable = 250_000;

function commonLengths(actual: readonly unknown[], expected: readonly unknown[]): readonly (readonly number[])[] {
  if (actual.length * expected.length > largestTable) return [];
  const lengths: number[][] = Array.from({ length: actual.length + 1 }, () => new Array(expected.length + 1).fill(0));
  for (let a = actual.length - 1; a >= 0; a--) {
    for (let e = expected.length - 1; e >= 0; e--) {
      const row = lengths[a] ?? [];
      const below = lengths[a + 1] ?? [];
      row[e] = isSame(actual[a], expected[e]) ? 1 + (below[e + 1] ?? 0) : Math.max(row[e + 1] ?? 0, below[e] ?? 0);
    }
  }
  return lengths;
}
