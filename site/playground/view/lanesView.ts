import type { MarbleLane } from 'rxllm/testing';
import { element, svg } from './element.js';
import { describeMark, formatMs, labelOf, toneOf } from './labels.js';
import { createTimeline, type PlacedMark, type Timeline, type TimelineRow } from './timeline.js';

export interface LanesView {
  readonly node: HTMLElement;
  /** Begins with other lanes; with `follow`, the present stays in view. */
  reset(follow: boolean): void;
  /** Draws what the lanes have, and the line of the present. */
  draw(lanes: readonly MarbleLane[], nowMs: number, running: boolean): void;
  /** Selects a mark of a lane: the row, and its index. */
  select(name: string, run: number, index: number): void;
}

const rowHeight = 48;
const axisHeight = 26;
const margin = 12;
const pixelsBeyond = 300;

/** Shows lanes as marbles on one time axis. Only what is in view is in the page, so that thousands of events cost nothing. */
export function createLanesView(selected: (row: TimelineRow, index: number) => void): LanesView {
  let timeline: Timeline = createTimeline();
  let current: { readonly row: TimelineRow; readonly index: number } | undefined;
  let nowMs = 0;
  let running = false;
  let follows = false;
  const names = element('div', { class: 'pg-names', 'aria-hidden': 'true' });
  const drawing = element('div', {
    class: 'pg-drawing',
    role: 'group',
    'aria-label': 'Lanes: arrow keys go from event to event',
  });
  const scroller = element(
    'div',
    { class: 'pg-scroller', scroll: () => render(), wheel: unfollow, pointerdown: unfollow },
    drawing,
  );
  const node = element('div', { class: 'pg-lanes' }, names, scroller);
  const axis = svg('svg', { class: 'pg-axis', height: axisHeight, 'aria-hidden': 'true' });
  const present = element('div', { class: 'pg-present', 'aria-hidden': 'true' });
  const views = new Map<TimelineRow, SVGSVGElement>();
  drawing.append(axis, present);
  if (typeof ResizeObserver !== 'undefined') new ResizeObserver(() => render()).observe(scroller);

  function unfollow(): void {
    follows = false;
  }

  function onKey(row: TimelineRow, event: Event): void {
    const { key } = event as KeyboardEvent;
    const index = current?.row === row ? current.index : -1;
    const last = row.marks.length - 1;
    const places: Readonly<Record<string, number>> = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: last };
    const rows = timeline.rows;
    if (key === 'ArrowUp' || key === 'ArrowDown') {
      const other = rows[rows.indexOf(row) + (key === 'ArrowUp' ? -1 : 1)];
      if (other) go(other, nearest(other, row.marks[Math.max(0, index)]?.mark.atMs ?? 0));
    } else if (Object.hasOwn(places, key)) go(row, Math.max(0, Math.min(last, places[key] ?? 0)));
    else return;
    event.preventDefault();
  }

  function go(row: TimelineRow, index: number): void {
    choose(row, index);
    views.get(row)?.focus({ preventScroll: true });
  }

  function choose(row: TimelineRow, index: number): void {
    follows = false;
    current = { row, index };
    const placed = row.marks[index];
    if (placed) reveal(margin + placed.column.x + placed.offset, placed.width);
    render();
    if (placed) selected(row, index);
  }

  function reveal(x: number, width: number): void {
    if (x < scroller.scrollLeft + 20) scroller.scrollLeft = Math.max(0, x - 60);
    else if (x + width > scroller.scrollLeft + scroller.clientWidth - 20)
      scroller.scrollLeft = x + width + 60 - scroller.clientWidth;
  }

  function rowView(row: TimelineRow): SVGSVGElement {
    const found = views.get(row);
    if (found) return found;
    const view = svg('svg', {
      class: 'pg-row',
      height: rowHeight,
      role: 'listbox',
      'aria-orientation': 'horizontal',
      keydown: (event) => onKey(row, event),
      focus: () => {
        if (current?.row !== row && row.marks.length > 0) choose(row, 0);
      },
    });
    views.set(row, view);
    return view;
  }

  function render(): void {
    const width = Math.max(
      scroller.clientWidth,
      timeline.width + 2 * margin + 40,
      running ? margin + timeline.placeOf(nowMs) + 40 : 0,
    );
    drawing.style.width = `${width}px`;
    const [from, to] = [scroller.scrollLeft - pixelsBeyond, scroller.scrollLeft + scroller.clientWidth + pixelsBeyond];
    axis.setAttribute('width', String(width));
    axis.replaceChildren(...axisLabels(timeline, from, to));
    const { rows } = timeline;
    const tabRow = current && rows.includes(current.row) ? current.row : rows[0];
    const ids = rows.map((row) => `${row.name}${row.run}`);
    for (const [index, row] of rows.entries()) {
      const view = rowView(row);
      const active = current?.row === row ? current.index : -1;
      view.setAttribute('width', String(width));
      view.setAttribute('tabindex', row === tabRow ? '0' : '-1');
      view.setAttribute('aria-label', titleOf(row));
      if (active >= 0) view.setAttribute('aria-activedescendant', `pg-${ids[index]}-${active}`);
      else view.removeAttribute('aria-activedescendant');
      view.replaceChildren(...drawRow(row, ids[index] ?? '', active, from, to, width));
      if (view.parentNode !== drawing) drawing.append(view);
    }
    if (names.children.length !== rows.length) {
      names.replaceChildren(...rows.map((row) => element('div', { class: 'pg-name' }, row.run === 0 ? row.name : '')));
      for (const row of rows) drawing.append(rowView(row));
    }
    present.style.transform = `translateX(${margin + timeline.placeOf(nowMs)}px)`;
    present.hidden = !running;
  }

  function drawRow(row: TimelineRow, id: string, active: number, from: number, to: number, width: number): SVGElement[] {
    const y = rowHeight / 2;
    const last = row.marks.at(-1);
    const start = margin + timeline.placeOf(row.fromMs);
    const end =
      row.ended && last ? margin + last.column.x + last.offset + 8 : running ? margin + timeline.placeOf(nowMs) : width - margin;
    const line = svg('line', { x1: start, x2: Math.max(start, end), y1: y, y2: y, class: 'pg-line' });
    const [first, beyond] = range(row.marks, from - margin, to - margin);
    const marks = row.marks.slice(first, beyond).map((placed, offset) => {
      const index = first + offset;
      const mark = drawMark(placed, y);
      mark.setAttribute('id', `pg-${id}-${index}`);
      mark.setAttribute('role', 'option');
      mark.setAttribute('aria-selected', String(index === active));
      mark.setAttribute('aria-label', describeMark(placed.mark));
      mark.setAttribute('aria-setsize', String(row.marks.length));
      mark.setAttribute('aria-posinset', String(index + 1));
      mark.addEventListener('click', () => go(row, index));
      return mark;
    });
    line.setAttribute('aria-hidden', 'true');
    return [line, ...marks];
  }

  return {
    node,
    reset(follow) {
      timeline = createTimeline();
      current = undefined;
      follows = follow;
      scroller.scrollLeft = 0;
      for (const view of views.values()) view.remove();
      views.clear();
      names.replaceChildren();
    },
    draw(lanes, atMs, isRunning) {
      const changed = timeline.update(lanes);
      if (!changed && atMs === nowMs && running === isRunning) return;
      [nowMs, running] = [atMs, isRunning];
      render();
      if (follows && isRunning) scroller.scrollLeft = drawing.clientWidth;
    },
    select(name, run, index) {
      const row = timeline.rows.find((each) => each.name === name && each.run === run);
      if (!row) return;
      current = { row, index };
      const placed = row.marks[index];
      if (placed) reveal(margin + placed.column.x + placed.offset, placed.width);
      render();
    },
  };
}

function titleOf({ name, run, marks }: TimelineRow): string {
  const count = marks.length === 1 ? '1 notification' : `${marks.length} notifications`;
  return `${name}${run === 0 ? '' : `, subscription ${run + 1}`}: ${count}`;
}

/** The marks between two places: the index of the first, and the one behind the last. */
function range(marks: readonly PlacedMark[], from: number, to: number): readonly [first: number, beyond: number] {
  const bound = (limit: number): number => {
    let [low, high] = [0, marks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const placed = marks[middle];
      if (placed && placed.column.x + placed.offset < limit) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return [Math.max(0, bound(from) - 1), bound(to)];
}

function nearest({ marks }: TimelineRow, atMs: number): number {
  const index = marks.findIndex(({ mark }) => mark.atMs >= atMs);
  return index < 0 ? Math.max(0, marks.length - 1) : index;
}

function axisLabels({ columns }: Timeline, from: number, to: number): SVGElement[] {
  let free = Number.NEGATIVE_INFINITY;
  const labels: SVGElement[] = [];
  const first = Math.max(0, columns.findIndex(({ x }) => x >= from) - 1);
  for (let index = first; index < columns.length; index++) {
    const { atMs, x } = columns[index] ?? { atMs: 0, x: 0 };
    if (x > to) break;
    if (x < free) continue;
    const label = index === 0 ? `${formatMs(atMs)} ms` : formatMs(atMs);
    free = x + label.length * 7 + 12;
    labels.push(svg('text', { x: margin + x, y: 17 }, label));
    labels.push(svg('line', { x1: margin + x, x2: margin + x, y1: 21, y2: 26 }));
  }
  return labels;
}

function drawMark({ mark, column, offset, width }: PlacedMark, y: number): SVGGElement {
  const x = margin + column.x + offset;
  const group = svg('g', { class: `pg-mark pg-tone-${toneOf(mark)}` });
  const hit = svg('rect', { x: x - 3, y: y - 18, width: width + 6, height: 36, rx: 8, class: 'pg-hit' });
  if (mark.kind === 'error') {
    group.append(hit, svg('path', { d: `M${x} ${y - 8} l16 16 m0 -16 l-16 16`, class: 'pg-cross' }));
  } else if (mark.kind === 'next') {
    const rect = svg('rect', { x, y: y - 14, width, height: 28, rx: 14, class: 'pg-marble' });
    group.append(hit, rect, svg('text', { x: x + width / 2, y: y + 4.5, 'text-anchor': 'middle' }, labelOf(mark)));
  } else {
    const bar = svg('line', { x1: x + 6, x2: x + 6, y1: y - 16, y2: y + 16, class: `pg-bar pg-${mark.kind}` });
    group.append(hit, bar);
  }
  return group;
}
