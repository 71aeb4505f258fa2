import { isDeltaEvent } from '../../events.js';
import { type DrawnMark, describeMark, placeTimes, type Row, timesOf } from './laneRows.js';

/** Draws rows in RxJS's marble syntax, with a legend of the letters. */
export function textDiagram(rows: readonly Row[], perMs: number): string {
  const letters = nameMarks(rows);
  const symbols = new Map(rows.flatMap(({ cells }) => cells.map((cell) => [cell, symbolsOf(cell.marks, letters)] as const)));
  const times = timesOf(rows);
  const widths = new Map<number, number>();
  for (const [{ atMs }, text] of symbols) widths.set(atMs, Math.max(widths.get(atMs) ?? 1, [...text].length));
  const places = placeTimes(times, perMs, (atMs) => widths.get(atMs) ?? 1);
  const placeOf = (atMs: number): number => places.get(atMs) ?? 0;
  const width = Math.max(...times.map((atMs) => placeOf(atMs) + (widths.get(atMs) ?? 1)));
  const indent = Math.max(2, ...rows.map(({ name }) => [...name].length)) + 2;

  const lines = rows.map(({ name, fromMs, endMs, cells }) => {
    const line: string[] = new Array(width).fill(' ');
    const end = endMs === undefined ? width : placeOf(endMs);
    line.fill('-', placeOf(fromMs), end);
    for (const cell of cells) {
      for (const [index, character] of [...(symbols.get(cell) ?? '')].entries()) line[placeOf(cell.atMs) + index] = character;
    }
    return `${name}${' '.repeat(indent - [...name].length)}${line.join('')}`.trimEnd();
  });
  const legend = [...letters].map(([meaning, letter]) => `${' '.repeat(indent)}${letter}  ${meaning}`);
  return [`${'ms'.padEnd(indent)}${axis(times, placeOf)}`, ...lines, ...(legend.length > 0 ? ['', ...legend] : []), ''].join(
    '\n',
  );
}

/** The labels of the time axis; a label without room is omitted. */
function axis(times: readonly number[], placeOf: (atMs: number) => number): string {
  let line = '';
  for (const atMs of times) {
    if (line === '' || placeOf(atMs) > line.length) line = line.padEnd(placeOf(atMs)) + formatMs(atMs);
  }
  return line;
}

export function formatMs(atMs: number): string {
  return String(Math.round(atMs * 1_000) / 1_000);
}

function symbolsOf(marks: readonly DrawnMark[], letters: ReadonlyMap<string, string>): string {
  const symbols = marks.map((mark) => {
    if (mark.kind === 'complete') return '|';
    if (mark.kind === 'unsubscribe') return '!';
    if (mark.kind === 'error') return '#';
    if (mark.kind === 'more') return '…';
    return letters.get(describeMark(mark)) ?? '?';
  });
  return symbols.length === 1 ? (symbols[0] ?? '') : `(${symbols.join('')})`;
}

const lettersOfTypes: Readonly<Record<string, string>> = { start: 's', ping: 'p', usage: 'u', reset: 'R', finish: 'f', raw: 'r' };
const alphabet = [...'abcdeghijklmnoqtvwxyzABCDEFGHIJKLMNOPQSTUVWXYZ0123456789αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩ'];

/** Gives each distinct value a letter, its own one if that is free. Errors and omitted marks are listed in the legend by their sign. */
function nameMarks(rows: readonly Row[]): ReadonlyMap<string, string> {
  const letters = new Map<string, string>();
  const taken = new Set<string>();
  const signs = new Map<string, string>();
  for (const { cells } of rows) {
    for (const mark of cells.flatMap(({ marks }) => marks)) {
      const meaning = describeMark(mark);
      if (mark.kind === 'error') signs.set(meaning, '#');
      if (mark.kind === 'more') signs.set(meaning, '…');
      if (mark.kind !== 'next' || letters.has(meaning)) continue;
      const letter = [ownLetter(mark.value), ...alphabet].find((each) => each !== undefined && !taken.has(each)) ?? '?';
      taken.add(letter);
      letters.set(meaning, letter);
    }
  }
  return new Map([...letters, ...signs]);
}

function ownLetter(value: unknown): string | undefined {
  const text = isDeltaEvent(value) && value.type === 'text-delta' ? value.text : value;
  if (typeof text === 'string' && /^[a-zA-Z]$/.test(text)) return text;
  return isDeltaEvent(value) ? lettersOfTypes[value.type] : undefined;
}
