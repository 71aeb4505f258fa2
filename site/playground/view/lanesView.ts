import type { MarbleLane } from 'rxllm/testing';
import { element, svg } from './element.js';
import { describeMark, formatMs, labelOf, toneOf } from './labels.js';
import { createTimeline, type PlacedMark, type Timeline, type TimelineRow } from './timeline.js';

export interface LanesView {
  readonly node: HTMLElement;
  /** Begins with other lanes; with `follow`, the present stays in view. */
  reset(follow: boolean): void;
  /** Draws some of what the lanes have, and the line of the present; returns whether it drew anything. */
  draw(lanes: readonly MarbleLane[], nowMs: number, running: boolean): boolean;
  /** Selects a mark of a lane: the row, and its index. */
  select(name: string, run: number, index: number): void;
}

/** A row in the page, and which of its marks are in it. */
interface RowView {
  readonly node: SVGSVGElement;
  readonly line: SVGLineElement;
  readonly marks: SVGGElement;
  first: number;
  beyond: number;
  /** The window and the active mark for which they were drawn. */
  drawn: string;
}

/** The part of the drawing that is in the page, in pixels. It moves in steps, so that most scrolling draws nothing. */
interface Window {
  readonly from: number;
  readonly to: number;
}

const rowHeight = 48;
const axisHeight = 26;
const margin = 12;
const stepOfWindow = 600;

/** Shows lanes as marbles on one time axis. Only what is in view is in the page, so that thousands of events cost nothing. */
export function createLanesView(selected: (row: TimelineRow, index: number) => void): LanesView {
  let timeline: Timeline = createTimeline();
  let current: { readonly row: TimelineRow; readonly index: number } | undefined;
  let nowMs = 0;
  let running = false;
  let follows = false;
  let drawnAxis = '';
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
  const views = new Map<TimelineRow, RowView>();
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
    views.get(row)?.node.focus({ preventScroll: true });
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

  function rowView(row: TimelineRow): RowView {
    const found = views.get(row);
    if (found) return found;
    const line = svg('line', { class: 'pg-line', y1: rowHeight / 2, y2: rowHeight / 2, 'aria-hidden': 'true' });
    const marks = svg('g', { role: 'presentation' });
    const attributes = {
      class: 'pg-row',
      height: rowHeight,
      role: 'listbox',
      'aria-orientation': 'horizontal',
      keydown: (event: Event) => onKey(row, event),
      focus: () => {
        if (current?.row !== row && row.marks.length > 0) choose(row, 0);
      },
    };
    const view = { node: svg('svg', attributes, line, marks), line, marks, first: 0, beyond: 0, drawn: '' };
    views.set(row, view);
    return view;
  }

  function windowNow(): Window {
    const first = Math.floor((scroller.scrollLeft - stepOfWindow / 2) / stepOfWindow);
    const beyond = Math.ceil((scroller.scrollLeft + scroller.clientWidth + stepOfWindow / 2) / stepOfWindow);
    return { from: Math.max(0, first * stepOfWindow), to: beyond * stepOfWindow };
  }

  function render(): void {
    const reached = Math.max(timeline.width, running ? timeline.placeOf(nowMs) : 0) + 2 * margin + 40;
    drawing.style.width = `${Math.max(scroller.clientWidth, reached)}px`;
    const shown = windowNow();
    const { rows } = timeline;
    drawAxis(shown);
    if (names.children.length !== rows.length) {
      names.replaceChildren(...rows.map((row) => element('div', { class: 'pg-name' }, row.run === 0 ? row.name : '')));
      drawing.append(...rows.map((row) => rowView(row).node));
    }
    const tabRow = current && rows.includes(current.row) ? current.row : rows[0];
    for (const row of rows) drawRow(row, rowView(row), shown, row === tabRow);
    present.style.transform = `translateX(${margin + timeline.placeOf(nowMs)}px)`;
    present.hidden = !running;
  }

  function drawAxis(shown: Window): void {
    const { columns } = timeline;
    const within = columns.length > 0 && (columns.at(-1)?.x ?? 0) < shown.to;
    const next = `${shown.from} ${shown.to} ${within ? columns.length : 'full'}`;
    if (next === drawnAxis) return;
    drawnAxis = next;
    place(axis, shown, axisHeight);
    axis.replaceChildren(...axisLabels(timeline, shown.from, shown.to));
  }

  function drawRow(row: TimelineRow, view: RowView, shown: Window, isTabStop: boolean): void {
    const active = current?.row === row ? current.index : -1;
    const id = `pg-${row.name}${row.run}`;
    const last = row.marks.at(-1);
    const start = margin + timeline.placeOf(row.fromMs);
    const open = running ? margin + timeline.placeOf(nowMs) : shown.to;
    const end = row.ended && last ? margin + last.column.x + last.offset + 8 : open;
    view.line.setAttribute('x1', String(start));
    view.line.setAttribute('x2', String(Math.max(start, end)));
    view.node.setAttribute('tabindex', isTabStop ? '0' : '-1');
    if (!running || !view.node.hasAttribute('aria-label')) view.node.setAttribute('aria-label', titleOf(row));
    if (active >= 0) view.node.setAttribute('aria-activedescendant', `${id}-${active}`);
    else view.node.removeAttribute('aria-activedescendant');
    const [first, beyond] = range(row.marks, shown.from - margin, shown.to - margin);
    const next = `${shown.from} ${shown.to} ${active} ${running}`;
    const grown = next === view.drawn && first === view.first;
    const from = grown ? view.beyond : first;
    const added = row.marks.slice(from, beyond).map((placed, offset) => drawOption(row, placed, from + offset, id, active));
    if (grown) view.marks.append(...added);
    else {
      place(view.node, shown, rowHeight);
      view.marks.replaceChildren(...added);
    }
    Object.assign(view, { first, beyond, drawn: next });
  }

  function drawOption(row: TimelineRow, placed: PlacedMark, index: number, id: string, active: number): SVGGElement {
    const mark = drawMark(placed, rowHeight / 2);
    mark.setAttribute('id', `${id}-${index}`);
    mark.setAttribute('role', 'option');
    mark.setAttribute('aria-selected', String(index === active));
    mark.setAttribute('aria-label', describeMark(placed.mark));
    mark.setAttribute('aria-setsize', String(running ? -1 : row.marks.length));
    mark.setAttribute('aria-posinset', String(index + 1));
    mark.addEventListener('click', () => go(row, index));
    return mark;
  }

  return {
    node,
    reset(follow) {
      timeline = createTimeline();
      current = undefined;
      follows = follow;
      scroller.scrollLeft = 0;
      for (const { node: drawn } of views.values()) drawn.remove();
      drawnAxis = '';
      views.clear();
      names.replaceChildren();
    },
    draw(lanes, atMs, isRunning) {
      const changed = timeline.update(lanes) > 0;
      if (!changed && atMs === nowMs && running === isRunning) return false;
      [nowMs, running] = [atMs, isRunning];
      render();
      if (follows && isRunning) scroller.scrollLeft = drawing.clientWidth;
      return changed;
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

/** Puts a drawing where its window is, in the coordinates of the whole. */
function place(drawing: SVGSVGElement, { from, to }: Window, height: number): void {
  drawing.style.transform = `translateX(${from}px)`;
  drawing.setAttribute('width', String(to - from));
  drawing.setAttribute('viewBox', `${from} 0 ${to - from} ${height}`);
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
