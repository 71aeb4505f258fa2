import type { LaneMark, MarbleLane } from 'rxllm/testing';
import { markJson } from '../run/markJson.js';
import { choices, element } from './element.js';
import { describeMark, formatMs } from './labels.js';

export interface EventList {
  readonly node: HTMLElement;
  reset(lanes: readonly MarbleLane[]): void;
  /** Takes what the lanes have got; `whole` when nothing more can come. */
  update(whole: boolean): void;
  /** Shows a mark of a lane. */
  select(name: string, run: number, index: number): void;
}

interface Entry {
  readonly run: number;
  readonly index: number;
  readonly mark: LaneMark;
}

const rowHeight = 26;
const rowsBeyond = 8;

/** Lists the notifications of a lane as JSON. Only the rows in view are in the page. */
export function createEventList(selected: (name: string, run: number, index: number) => void): EventList {
  let lanes: readonly MarbleLane[] = [];
  let lane: MarbleLane | undefined;
  let entries: Entry[] = [];
  let active = -1;
  // What the rows in the page show.
  let drawn = '';
  let isWhole = false;
  const picker = choices({ id: 'pg-lane', change: () => show(picker.value) }, []);
  const rows = element('div', {
    class: 'pg-rows',
    role: 'listbox',
    tabindex: 0,
    'aria-label': 'Events as JSON',
    keydown: (event) => onKey(event as KeyboardEvent),
    focus: () => {
      if (active < 0 && entries.length > 0) choose(0);
    },
  });
  const space = element('div', { class: 'pg-space', role: 'presentation' });
  const whole = element('pre', { class: 'pg-json', tabindex: 0, 'aria-label': 'The selected event as JSON' });
  const copy = element(
    'button',
    { type: 'button', class: 'pg-copy-events', click: () => void copyAll() },
    'Copy all as JSON lines',
  );
  const count = element('span', { class: 'pg-count' });
  rows.append(space);
  rows.addEventListener('scroll', render);
  const node = element(
    'div',
    { class: 'pg-events' },
    element('div', { class: 'pg-bar-row' }, element('label', { for: 'pg-lane' }, 'Lane'), picker, count, copy),
    rows,
    whole,
  );

  async function copyAll(): Promise<void> {
    await navigator.clipboard.writeText(entries.map(({ mark }) => markJson(mark)).join('\n'));
    copy.textContent = 'Copied';
    setTimeout(() => {
      copy.textContent = 'Copy all as JSON lines';
    }, 1_500);
  }

  function show(name: string): void {
    lane = lanes.find((each) => each.name === name) ?? lanes.at(-1);
    entries = [];
    active = -1;
    drawn = '';
    rows.scrollTop = 0;
    whole.textContent = 'Select an event to see the whole of it.';
    picker.value = lane?.name ?? '';
    update();
  }

  function update(): void {
    let added = false;
    for (const [run, { marks }] of (lane?.runs ?? []).entries()) {
      const known = entries.reduce((sum, entry) => sum + Number(entry.run === run), 0);
      for (let index = known; index < marks.length; index++) {
        const mark = marks[index];
        if (mark) entries.push({ run, index, mark });
        added = true;
      }
    }
    if (added && (lane?.runs.length ?? 0) > 1)
      entries.sort((one, other) => one.mark.atMs - other.mark.atMs || one.run - other.run || one.index - other.index);
    count.textContent = entries.length === 1 ? '1 notification' : `${entries.length} notifications`;
    render();
  }

  function render(): void {
    const first = Math.max(0, Math.floor(rows.scrollTop / rowHeight) - rowsBeyond);
    const beyond = Math.min(entries.length, Math.ceil((rows.scrollTop + (rows.clientHeight || 260)) / rowHeight) + rowsBeyond);
    space.style.height = `${Math.max(1, entries.length) * rowHeight}px`;
    const next = [first, beyond, active, lane?.runs.length, isWhole].join();
    if (next === drawn) return;
    drawn = next;
    space.replaceChildren(...entries.slice(first, beyond).map((entry, offset) => drawRow(entry, first + offset)));
    if (active >= 0) rows.setAttribute('aria-activedescendant', `pg-event-${active}`);
    else rows.removeAttribute('aria-activedescendant');
  }

  function drawRow({ mark, run }: Entry, at: number): HTMLElement {
    const several = (lane?.runs.length ?? 0) > 1;
    const row = element(
      'div',
      {
        id: `pg-event-${at}`,
        class: 'pg-event',
        role: 'option',
        'aria-selected': String(at === active),
        'aria-setsize': isWhole ? entries.length : -1,
        'aria-posinset': at + 1,
        click: () => choose(at),
      },
      element('span', { class: 'pg-at' }, `${formatMs(mark.atMs)} ms${several ? ` ·${run + 1}` : ''}`),
      element('code', {}, shortJson(mark)),
    );
    row.style.transform = `translateY(${at * rowHeight}px)`;
    return row;
  }

  function choose(at: number): void {
    activate(at);
    const entry = entries[at];
    if (entry && lane) selected(lane.name, entry.run, entry.index);
  }

  function activate(at: number): void {
    active = at;
    const entry = entries[at];
    if (!entry) return;
    if (at * rowHeight < rows.scrollTop) rows.scrollTop = at * rowHeight;
    else if ((at + 1) * rowHeight > rows.scrollTop + rows.clientHeight) rows.scrollTop = (at + 1) * rowHeight - rows.clientHeight;
    whole.textContent = JSON.stringify(JSON.parse(markJson(entry.mark)), undefined, 2);
    render();
  }

  function onKey(event: KeyboardEvent): void {
    const last = entries.length - 1;
    const places: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + 10,
      PageUp: active - 10,
      Home: 0,
      End: last,
    };
    if (last < 0 || !Object.hasOwn(places, event.key)) return;
    event.preventDefault();
    choose(Math.max(0, Math.min(last, places[event.key] ?? 0)));
  }

  return {
    node,
    reset(next) {
      isWhole = false;
      lanes = next;
      picker.replaceChildren(...lanes.map(({ name }) => element('option', { value: name }, name)));
      show('result');
    },
    update(whole) {
      isWhole = whole;
      update();
    },
    select(name, run, index) {
      if (lane?.name !== name) show(name);
      const at = entries.findIndex((entry) => entry.run === run && entry.index === index);
      if (at >= 0) activate(at);
    },
  };
}

const longest = 160;

/** What differs from row to row: the value or the error, or the end. */
function shortJson(mark: LaneMark): string {
  if (mark.kind !== 'next' && mark.kind !== 'error') return mark.kind;
  const json =
    mark.kind === 'error'
      ? `error ${describeMark(mark).replace(/^.*?, error /, '')}`
      : (JSON.stringify(mark.value) ?? 'undefined');
  return json.length > longest ? `${json.slice(0, longest)}…` : json;
}
