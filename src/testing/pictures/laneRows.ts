import { isDeltaEvent } from '../../events.js';
import { describeError, describeValue, shorten, toText } from '../marbles/describeEvent.js';
import type { LaneMark, MarbleLane } from './marbleLane.js';

/** One run of a lane as a row of a picture. */
export interface Row {
  /** Only of the first run of a lane. */
  readonly name: string;
  readonly fromMs: number;
  /** `undefined` for one that was never over. */
  readonly endMs: number | undefined;
  readonly cells: readonly Cell[];
}

/** All that a row did at one time. */
export interface Cell {
  readonly atMs: number;
  readonly marks: readonly DrawnMark[];
}

/** What stands in a picture: something that happened, or how much is left out. */
export type DrawnMark = LaneMark | { readonly kind: 'more'; readonly atMs: number; readonly count: number };

/** Times count from the first subscription on. */
export function rowsOf(lanes: readonly MarbleLane[]): readonly Row[] {
  const begins = lanes.flatMap(({ runs }) => runs.map(({ subscribedAtMs }) => subscribedAtMs));
  const zero = begins.length === 0 ? 0 : Math.min(...begins);
  return lanes.flatMap(({ name, runs }) => {
    if (runs.length === 0) return [{ name, fromMs: 0, endMs: 0, cells: [] }];
    return runs.map(({ subscribedAtMs, marks }, index) => {
      const last = marks.at(-1);
      const over = last !== undefined && last.kind !== 'next';
      return {
        name: index === 0 ? name : '',
        fromMs: subscribedAtMs - zero,
        endMs: over ? last.atMs - zero : undefined,
        cells: cellsOf(marks, zero),
      };
    });
  });
}

/** More than that nobody looks at: the beginning and the end tell what a stream did. */
const mostTimes = 24;
const mostAtOnce = 40;

/** Leaves out the middle of what is long, in all rows alike. */
export function withoutMiddle(rows: readonly Row[]): readonly Row[] {
  const times = timesOf(rows);
  const [first, last] = [times[mostTimes / 2], times.at(-mostTimes / 2)];
  const isLeftOut = ({ atMs }: Cell): boolean =>
    times.length > mostTimes && first !== undefined && last !== undefined && atMs >= first && atMs < last;
  return rows.map((row) => {
    const count = sum(row.cells.filter(isLeftOut).map(({ marks }) => marks.length));
    const gap: Cell[] = count === 0 ? [] : [{ atMs: first ?? 0, marks: [{ kind: 'more', atMs: first ?? 0, count }] }];
    const begin = row.cells.filter((cell) => !isLeftOut(cell) && cell.atMs < (first ?? Infinity));
    const end = row.cells.filter((cell) => !isLeftOut(cell) && cell.atMs >= (first ?? Infinity));
    return { ...row, cells: [...begin, ...gap, ...end].map(withoutMiddleMarks) };
  });
}

function withoutMiddleMarks({ atMs, marks }: Cell): Cell {
  if (marks.length <= mostAtOnce) return { atMs, marks };
  const [begin, end] = [marks.slice(0, mostAtOnce / 2 - 1), marks.slice(-mostAtOnce / 2)];
  return { atMs, marks: [...begin, { kind: 'more', atMs, count: marks.length - begin.length - end.length }, ...end] };
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function cellsOf(marks: readonly LaneMark[], zero: number): readonly Cell[] {
  const cells = new Map<number, LaneMark[]>();
  for (const mark of marks) {
    const cell = cells.get(mark.atMs - zero);
    if (cell) cell.push(mark);
    else cells.set(mark.atMs - zero, [mark]);
  }
  return [...cells].map(([atMs, together]) => ({ atMs, marks: together }));
}

/** Every time at which something happens, in order. */
export function timesOf(rows: readonly Row[]): readonly number[] {
  const times = new Set<number>([0]);
  for (const { fromMs, cells } of rows) {
    times.add(fromMs);
    for (const { atMs } of cells) times.add(atMs);
  }
  return [...times].sort((a, b) => a - b);
}

/**
 * Where each time stands: to scale where there is room, and further right where what stands before it needs more.
 *
 * @param widthAt How much room everything at a time needs.
 */
export function placeTimes(
  times: readonly number[],
  perMs: number,
  widthAt: (atMs: number) => number,
): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  let place = 0;
  let free = 0;
  let before = times[0] ?? 0;
  for (const atMs of times) {
    place = Math.max(free, place + Math.round((atMs - before) * perMs));
    places.set(atMs, place);
    free = place + widthAt(atMs);
    before = atMs;
  }
  return places;
}

/** What a value is, in a word that fits into a marble. */
export function labelOf(mark: DrawnMark): string {
  if (mark.kind === 'more') return `… ${mark.count} more`;
  if (mark.kind !== 'next') return mark.kind;
  const { value } = mark;
  if (!isDeltaEvent(value)) return typeof value === 'string' ? shorten(value, 24) : shorten(toText(value), 28);
  switch (value.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      return shorten(value.text, 14);
    case 'tool-call-start':
      return `${shorten(value.name, 14)}(`;
    case 'tool-call-delta':
      return shorten(value.argumentsText, 14);
    case 'tool-call-end':
      return ')';
    case 'finish':
      return value.reason === 'stop' ? 'finish' : `finish: ${value.reason}`;
    default:
      return value.type;
  }
}

/** The same in full. */
export function describeMark(mark: DrawnMark): string {
  if (mark.kind === 'more') return `${mark.count} more`;
  if (mark.kind === 'next') return describeValue(mark.value);
  return mark.kind === 'error' ? `error ${describeError(mark.error)}` : mark.kind;
}
