import { shorten } from './describeEvent.js';
import { differencesOf } from './differences.js';
import { describeRecord, differencesOfRecords, frameOf } from './notifications.js';

/** A stream did not do what the test expects; the message shows where. It has no `actual` and `expected`, of which runners would make a second diff. */
export class MarbleMismatchError extends Error {
  constructor(message: string) {
    super(message);
    // A literal, because a minifier renames classes.
    Object.defineProperty(this, 'name', { value: 'MarbleMismatchError', configurable: true, writable: true });
  }
}

/**
 * The comparison for `new TestScheduler(assertDeltas)`: knows delta events and our errors, and its message is a diff that a person can read.
 * It needs no test runner, so it works in every one; matchers such as `expect.any` count in Jest and Vitest.
 *
 *     - frame 4  text-delta "b"        expected
 *     + frame 4  text-delta "c"        what came
 *                 text: expected "b", got "c"
 *
 * An absent member is an undefined one. Errors are the same by class, kind and partial, and by whatever else the expected one tells (but its
 * words, if it is one of ours); an expected plain object is a pattern: `{ kind: 'timeout', partial: { text: 'Hel' } }`.
 *
 * @throws MarbleMismatchError if they differ.
 * @example new TestScheduler(assertDeltas).run(({ cold, expectObservable }) => { … })
 */
export function assertDeltas(actual: unknown, expected: unknown): void {
  const message =
    Array.isArray(actual) && Array.isArray(expected) ? describeLists(actual, expected) : describeValues(actual, expected);
  if (message !== undefined) throw new MarbleMismatchError(message);
}

function describeValues(actual: unknown, expected: unknown): string | undefined {
  const differences = differencesOf(actual, expected);
  if (differences.length === 0) return undefined;
  return ['The values differ.', '', ...differences.map(describeDifference)].join('\n');
}

interface Row {
  readonly sign: ' ' | '-' | '+';
  readonly record: unknown;
  readonly notes: readonly string[];
}

function describeLists(actual: readonly unknown[], expected: readonly unknown[]): string | undefined {
  const rows = align(actual, expected);
  const wrong = rows.filter(({ sign }) => sign !== ' ').length;
  if (wrong === 0) return undefined;
  const shown = withContext(rows);
  return [
    'The stream did not do what is expected.',
    '',
    '- expected',
    '+ what came',
    '',
    ...shown.flatMap((row) => (row === undefined ? ['  …'] : [describeRow(row), ...row.notes.map((note) => `      ${note}`)])),
  ].join('\n');
}

function describeRow({ sign, record }: Row): string {
  const frame = frameOf(record);
  return `${sign} ${frame === undefined ? '' : `frame ${String(frame).padEnd(5)} `}${describeRecord(record)}`;
}

function describeDifference({ path, expected, actual }: { path: string; expected: string; actual: string }): string {
  return `${path === '' ? '' : `${path}: `}expected ${shorten(expected, 300)}, got ${shorten(actual, 300)}`;
}

/** The unchanged rows far from any change are left out of a long stream; `undefined` stands for them. */
function withContext(rows: readonly Row[]): readonly (Row | undefined)[] {
  const near = rows.map((_, index) =>
    rows.slice(Math.max(0, index - around), index + around + 1).some(({ sign }) => sign !== ' '),
  );
  const shown: (Row | undefined)[] = [];
  for (const [index, row] of rows.entries()) {
    if (near[index]) shown.push(row);
    else if (shown.length === 0 || shown.at(-1) !== undefined) shown.push(undefined);
  }
  return shown;
}

const around = 5;

/** Pairs what is the same, by the longest common subsequence, so that one missing event is one difference. */
function align(actual: readonly unknown[], expected: readonly unknown[]): readonly Row[] {
  const begin = commonLength(actual, expected, (list, index) => list[index]);
  const rest = Math.min(actual.length, expected.length) - begin;
  const end = Math.min(
    rest,
    commonLength(actual, expected, (list, index) => list[list.length - 1 - index]),
  );
  const middle = alignMiddle(actual.slice(begin, actual.length - end), expected.slice(begin, expected.length - end));
  const same = (records: readonly unknown[]): Row[] => records.map((record) => ({ sign: ' ', record, notes: [] }));
  return [...same(actual.slice(0, begin)), ...middle, ...same(actual.slice(actual.length - end))];
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

function alignMiddle(actual: readonly unknown[], expected: readonly unknown[]): readonly Row[] {
  const lengths = commonLengths(actual, expected);
  const rows: Row[] = [];
  let missing: unknown[] = [];
  let added: unknown[] = [];
  const close = (): void => {
    rows.push(...pair(missing, added));
    missing = [];
    added = [];
  };
  for (let a = 0, e = 0; a < actual.length || e < expected.length; ) {
    if (a < actual.length && e < expected.length && isSame(actual[a], expected[e])) {
      close();
      rows.push({ sign: ' ', record: actual[a], notes: [] });
      a++;
      e++;
    } else if (e < expected.length && (lengths[a]?.[e + 1] ?? 0) >= (lengths[a + 1]?.[e] ?? 0)) missing.push(expected[e++]);
    else added.push(actual[a++]);
  }
  close();
  return rows;
}

/** What stands in one place of both lists is shown together, with what tells them apart. */
function pair(missing: readonly unknown[], added: readonly unknown[]): readonly Row[] {
  const rows: Row[] = [];
  for (let index = 0; index < Math.max(missing.length, added.length); index++) {
    const both = index < missing.length && index < added.length;
    if (index < missing.length) rows.push({ sign: '-', record: missing[index], notes: [] });
    const notes = both ? differencesOfRecords(added[index], missing[index]).map(describeDifference) : [];
    if (index < added.length) rows.push({ sign: '+', record: added[index], notes });
  }
  return rows;
}

/** Above it, what differs is paired by its place: the table would grow too large. */
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
