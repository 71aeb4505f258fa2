import type { LaneMark, MarbleLane } from 'rxllm/testing';
import { labelOf } from './labels.js';

/** One subscription of a lane, as a row. */
export interface TimelineRow {
  readonly name: string;
  /** Counted from 0 within its lane. */
  readonly run: number;
  readonly fromMs: number;
  readonly marks: readonly PlacedMark[];
  /** Whether its last mark is an end. */
  ended: boolean;
}

export interface PlacedMark {
  readonly mark: LaneMark;
  /** The column of its time, and its place within. */
  readonly column: Column;
  readonly offset: number;
  readonly width: number;
}

/** All marks at one time, in all rows. */
export interface Column {
  readonly atMs: number;
  readonly x: number;
  width: number;
}

/** Where every mark is: to scale, but long silences are shorter, and marks of one time are beside each other. */
export interface Timeline {
  readonly rows: readonly TimelineRow[];
  readonly columns: readonly Column[];
  readonly width: number;
  /** Takes some of what the lanes have got since the last call; returns how many marks, and 0 when there is nothing more. */
  update(lanes: readonly MarbleLane[]): number;
  /** The place of a time. */
  placeOf(atMs: number): number;
}

const pixelsPerMs = 14;
const gap = 8;
const characterWidth = 7.4;
const smallest = 28;

/** Marks that are placed in one call, so that a burst does not block the page. */
const mostAtOnce = 400;

/** Milliseconds of silence that are drawn to scale; more is drawn with its logarithm. */
const toScale = 12;

function silenceWidth(ms: number): number {
  return pixelsPerMs * (ms <= toScale ? ms : toScale + 4 * Math.log2(1 + (ms - toScale) / 4));
}

export function createTimeline(): Timeline {
  const rows: (TimelineRow & { readonly marks: PlacedMark[] })[] = [];
  const seen: {
    readonly row: TimelineRow & { readonly marks: PlacedMark[] };
    readonly marks: readonly LaneMark[];
    offset: number;
    column: Column | undefined;
  }[] = [];
  const columns: Column[] = [{ atMs: 0, x: 0, width: 0 }];
  const known = new Map<string, (typeof seen)[number]>();

  function columnAt(atMs: number): Column {
    const last = columns.at(-1);
    if (last && last.atMs >= atMs) return last.atMs === atMs ? last : (columns[indexAt(atMs)] ?? last);
    const x = last ? Math.max(last.x + last.width + gap, last.x + silenceWidth(atMs - last.atMs)) : 0;
    const column = { atMs, x, width: 0 };
    columns.push(column);
    return column;
  }

  /** The last column at or before a time. */
  function indexAt(atMs: number): number {
    let [low, high] = [0, columns.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((columns[middle]?.atMs ?? 0) <= atMs) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  function place(track: (typeof seen)[number], mark: LaneMark): void {
    const column = columnAt(mark.atMs);
    if (column !== track.column) track.offset = 0;
    const width = widthOf(mark);
    track.row.marks.push({ mark, column, offset: track.offset, width });
    track.offset += width + 3;
    track.column = column;
    column.width = Math.max(column.width, track.offset);
    track.row.ended = mark.kind !== 'next';
  }

  /** Lanes are merged by time, because a column must be complete before the next one is placed. */
  function update(lanes: readonly MarbleLane[]): number {
    let count = 0;
    for (const lane of lanes) {
      for (const [run, { subscribedAtMs, marks }] of lane.runs.entries()) {
        const key = `${run} ${lane.name}`;
        if (known.has(key)) continue;
        const row = { name: lane.name, run, fromMs: subscribedAtMs, marks: [], ended: false };
        const track = { row, marks, offset: 0, column: undefined };
        known.set(key, track);
        seen.push(track);
        insertRow(lanes, row);
        count++;
      }
    }
    for (; count < mostAtOnce; count++) {
      const next = nextMark();
      if (!next) break;
      place(next.track, next.mark);
    }
    return count;
  }

  function nextMark(): { readonly track: (typeof seen)[number]; readonly mark: LaneMark } | undefined {
    let found: { readonly track: (typeof seen)[number]; readonly mark: LaneMark } | undefined;
    for (const track of seen) {
      const mark = track.marks[track.row.marks.length];
      if (mark && (!found || mark.atMs < found.mark.atMs)) found = { track, mark };
    }
    return found;
  }

  function insertRow(lanes: readonly MarbleLane[], row: (typeof rows)[number]): void {
    const order = (each: TimelineRow): number => lanes.findIndex(({ name }) => name === each.name) * 10_000 + each.run;
    rows.push(row);
    rows.sort((one, other) => order(one) - order(other));
  }

  return {
    rows,
    columns,
    get width() {
      const last = columns.at(-1);
      return last ? last.x + last.width : 0;
    },
    update,
    placeOf(atMs) {
      const column = columns[indexAt(atMs)];
      const next = columns[indexAt(atMs) + 1];
      if (!column) return 0;
      if (!next) return column.x + (atMs === column.atMs ? 0 : Math.max(column.width, silenceWidth(atMs - column.atMs)));
      return column.x + ((next.x - column.x) * (atMs - column.atMs)) / (next.atMs - column.atMs);
    },
  };
}

function widthOf(mark: LaneMark): number {
  if (mark.kind !== 'next') return 16;
  return Math.max(smallest, Math.ceil(columnsOf(labelOf(mark)) * characterWidth + 16));
}

/** East Asian characters and emoji take two columns. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += wide.test(character) ? 2 : 1;
  return columns;
}

const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]/u;
