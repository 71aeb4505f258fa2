import { isDeltaEvent } from '../../events.js';
import { describeError, describeValue, shorten, toText } from '../marbles/describeEvent.js';
import type { LaneMark, MarbleLane } from './marbleLane.js';

/** One run of a lane as a row of a picture. */
export interface Row {
  /** Empty for all but the first run of a lane. */
  readonly name: string;
  readonly fromMs: number;
  /** `undefined` for a run that stayed open. */
  readonly endMs: number | undefined;
  readonly cells: readonly Cell[];
}

/** All marks of a row at one time. */
export interface Cell {
  readonly atMs: number;
  readonly marks: readonly DrawnMark[];
}

/** A mark of a picture: a recorded one, or the number of marks omitted in its place. */
export type DrawnMark = LaneMark | { readonly kind: 'more'; readonly atMs: number; readonly count: number };

/** One row for each run. Time 0 is the first subscription. */
export function rowsOf(lanes: readonly MarbleLane[]): readonly Row[] {
  const starts = lanes.flatMap(({ runs }) => runs.map(({ subscribedAtMs }) => subscribedAtMs));
  const zero = starts.length === 0 ? 0 : Math.min(...starts);
  return lanes.flatMap(({ name, runs }) => {
    if (runs.length === 0) return [{ name, fromMs: 0, endMs: 0, cells: [] }];
    return runs.map(({ subscribedAtMs, marks }, index) => {
      const last = marks.at(-1);
      const ended = last !== undefined && last.kind !== 'next';
      return {
        name: index === 0 ? name : '',
        fromMs: subscribedAtMs - zero,
        endMs: ended ? last.atMs - zero : undefined,
        cells: cellsOf(marks, zero),
      };
    });
  });
}

/** Limits of a picture; the start and the end of a stream are shown. */
const mostTimes = 24;
const mostAtOnce = 40;

/** Omits the middle of long rows, at the same times in all rows. */
export function withoutMiddle(rows: readonly Row[]): readonly Row[] {
  const times = timesOf(rows);
  const [first, last] = [times[mostTimes / 2], times.at(-mostTimes / 2)];
  const isOmitted = ({ atMs }: Cell): boolean =>
    times.length > mostTimes && first !== undefined && last !== undefined && atMs >= first && atMs < last;
  return rows.map((row) => {
    const count = sum(row.cells.filter(isOmitted).map(({ marks }) => marks.length));
    const gap: Cell[] = count === 0 ? [] : [{ atMs: first ?? 0, marks: [{ kind: 'more', atMs: first ?? 0, count }] }];
    const head = row.cells.filter((cell) => !isOmitted(cell) && cell.atMs < (first ?? Infinity));
    const tail = row.cells.filter((cell) => !isOmitted(cell) && cell.atMs >= (first ?? Infinity));
    return { ...row, cells: [...head, ...gap, ...tail].map(withoutMiddleMarks) };
  });
}

function withoutMiddleMarks({ atMs, marks }: Cell): Cell {
  if (marks.length <= mostAtOnce) return { atMs, marks };
  const [head, tail] = [marks.slice(0, mostAtOnce / 2 - 1), marks.slice(-mostAtOnce / 2)];
  return { atMs, marks: [...head, { kind: 'more', atMs, count: marks.length - head.length - tail.length }, ...tail] };
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

/** All times of all rows, ascending. */
export function timesOf(rows: readonly Row[]): readonly number[] {
  const times = new Set<number>([0]);
  for (const { fromMs, cells } of rows) {
    times.add(fromMs);
    for (const { atMs } of cells) times.add(atMs);
  }
  return [...times].sort((a, b) => a - b);
}

/**
 * Places times on the axis: to scale, but further to the right where the marks before need more room.
 *
 * @param widthAt Room that the marks at a time need.
 */
export function placeTimes(
  times: readonly number[],
  perMs: number,
  widthAt: (atMs: number) => number,
): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  let place = 0;
  let free = 0;
  let previousMs = times[0] ?? 0;
  for (const atMs of times) {
    place = Math.max(free, place + Math.round((atMs - previousMs) * perMs));
    places.set(atMs, place);
    free = place + widthAt(atMs);
    previousMs = atMs;
  }
  return places;
}

/** A label that fits into a marble. */
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

/** The full description of a mark. */
export function describeMark(mark: DrawnMark): string {
  if (mark.kind === 'more') return `${mark.count} more`;
  if (mark.kind === 'next') return describeValue(mark.value);
  return mark.kind === 'error' ? `error ${describeError(mark.error)}` : mark.kind;
}
