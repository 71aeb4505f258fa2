import { alignRecords, type DiffRow } from './alignRecords.js';
import { describeDifference, differencesOf } from './differences.js';
import { describeRecord, frameOf } from './notifications.js';

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

function describeLists(actual: readonly unknown[], expected: readonly unknown[]): string | undefined {
  const rows = alignRecords(actual, expected);
  const wrong = rows.filter(({ sign }) => sign !== ' ').length;
  if (wrong === 0) return undefined;
  const all = withContext(rows);
  const shown = all.slice(0, longest);
  const left = all.slice(longest).filter((row) => row && row.sign !== ' ').length;
  return [
    'The stream did not do what is expected.',
    '',
    '- expected',
    '+ what came',
    '',
    ...shown.flatMap((row) => (row === undefined ? ['  …'] : [describeRow(row), ...row.notes.map((note) => `      ${note}`)])),
    ...(left > 0 ? [`  … and ${left} more differences`] : []),
  ].join('\n');
}

function describeRow({ sign, record }: DiffRow): string {
  const frame = frameOf(record);
  return `${sign} ${frame === undefined ? '' : `frame ${String(frame).padEnd(5)} `}${describeRecord(record)}`;
}

/** The unchanged rows far from any change are left out of a long stream; `undefined` stands for them. */
function withContext(rows: readonly DiffRow[]): readonly (DiffRow | undefined)[] {
  const near = rows.map((_, index) =>
    rows.slice(Math.max(0, index - around), index + around + 1).some(({ sign }) => sign !== ' '),
  );
  const shown: (DiffRow | undefined)[] = [];
  for (const [index, row] of rows.entries()) {
    if (near[index]) shown.push(row);
    else if (shown.length === 0 || shown.at(-1) !== undefined) shown.push(undefined);
  }
  return shown;
}

const around = 5;

/** What nobody reads to its end tells no more. */
const longest = 100;
