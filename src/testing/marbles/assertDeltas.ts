import { alignRecords, type DiffRow } from './alignRecords.js';
import { describeDifference, differencesOf } from './differences.js';
import { describeRecord, frameOf } from './notifications.js';

/**
 * A stream did not behave as the test expects; the message is a diff. The error has no `actual` and `expected`, because test runners would print a
 * second diff of them.
 */
export class MarbleMismatchError extends Error {
  constructor(message: string) {
    super(message);
    // A literal, because minifiers rename classes.
    Object.defineProperty(this, 'name', { value: 'MarbleMismatchError', configurable: true, writable: true });
  }
}

/**
 * Compares the records of a TestScheduler with the expected ones, for `new TestScheduler(assertDeltas)`. It knows delta events and the errors of
 * rxllm, and the message of its error is a readable diff. It needs no test runner; matchers of Jest and Vitest such as `expect.any` work.
 *
 *     - frame 4  text-delta "b"        expected
 *     + frame 4  text-delta "c"        received
 *                 text: expected "b", got "c"
 *
 * A missing member equals `undefined`. Errors are compared by class, kind, partial and any other member that the expected error has; the message
 * counts only for errors that are not of rxllm. An expected plain object is a pattern for an error: only the members of the pattern are compared, as
 * in `{ kind: 'timeout', partial: { text: 'Hel' } }`.
 *
 * @param actual Records of the scheduler, or any value.
 * @param expected The same.
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
  const hidden = all.slice(longest).filter((row) => row && row.sign !== ' ').length;
  return [
    'The stream did not behave as expected.',
    '',
    '- expected',
    '+ received',
    '',
    ...shown.flatMap((row) => (row === undefined ? ['  …'] : [describeRow(row), ...row.notes.map((note) => `      ${note}`)])),
    ...(hidden > 0 ? [`  … and ${hidden} more differences`] : []),
  ].join('\n');
}

function describeRow({ sign, record }: DiffRow): string {
  const frame = frameOf(record);
  return `${sign} ${frame === undefined ? '' : `frame ${String(frame).padEnd(5)} `}${describeRecord(record)}`;
}

/** Omits unchanged rows far from any difference; `undefined` stands for a group of them. */
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

/** Unchanged rows shown before and after a difference. */
const around = 5;

/** Rows shown. */
const longest = 100;
