import { type DrawnMark, describeMark, labelOf, placeTimes, type Row, sum, timesOf } from './laneRows.js';
import { coloursOf } from './marbleColours.js';
import { formatMs } from './textDiagram.js';

const rowHeight = 52;
const axisHeight = 34;
const characterWidth = 7.3;
const marbleHeight = 26;
const gap = 8;
const margin = 16;

/** Draws rows as a self-contained SVG document: the same rows give the same document, byte for byte. */
export function svgDiagram(rows: readonly Row[], perMs: number, title: string): string {
  const times = timesOf(rows);
  const widths = new Map<number, number>();
  for (const { cells } of rows) {
    for (const { atMs, marks } of cells) widths.set(atMs, Math.max(widths.get(atMs) ?? 0, sum(marks.map(widthOf))));
  }
  const widthAt = (atMs: number): number => Math.max(gap, (widths.get(atMs) ?? 0) + gap);
  const indent = margin + Math.max(2, ...rows.map(({ name }) => columnsOf(name))) * characterWidth + 2 * gap;
  const places = placeTimes(times, perMs, widthAt);
  const x = (atMs: number): number => indent + (places.get(atMs) ?? 0);
  const right = Math.max(...times.map((atMs) => x(atMs) + widthAt(atMs))) + 2 * gap;
  const height = axisHeight + rows.length * rowHeight + gap;

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(right + margin)}" height="${height}" viewBox="0 0 ${round(right + margin)} ${height}" role="img" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="12">`,
    `<title>${escapeXml(title)}</title>`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...drawAxis(times, x, height),
    ...rows.flatMap((row, index) => drawRow(row, axisHeight + index * rowHeight + rowHeight / 2, x, right)),
    '</svg>',
    '',
  ].join('\n');
}

function drawAxis(times: readonly number[], x: (atMs: number) => number, height: number): readonly string[] {
  let free = -Infinity;
  return times.flatMap((atMs, index) => {
    const label = `${formatMs(atMs)}${index === 0 ? ' ms' : ''}`;
    const line = `<line x1="${round(x(atMs))}" y1="${axisHeight - 8}" x2="${round(x(atMs))}" y2="${height - gap}" stroke="#eceef1"/>`;
    if (x(atMs) < free) return [line];
    free = x(atMs) + (label.length + 1) * characterWidth;
    return [line, `<text x="${round(x(atMs))}" y="${axisHeight - 14}" fill="#6b7280" font-size="11">${escapeXml(label)}</text>`];
  });
}

function drawRow({ name, fromMs, endMs, cells }: Row, y: number, x: (atMs: number) => number, right: number): readonly string[] {
  const start = x(fromMs);
  const last = cells.at(-1);
  const end = endMs === undefined ? right : !last ? start : x(last.atMs) + sum(last.marks.map(widthOf)) - gap / 2;
  const arrow =
    endMs === undefined
      ? `<path d="M${round(end - 6)} ${y - 5} L${round(end)} ${y} L${round(end - 6)} ${y + 5}" fill="none" stroke="#9ca3af" stroke-width="1.5"/>`
      : '';
  return [
    ...(name === '' ? [] : [`<text x="${margin}" y="${y + 4}" fill="#111827" font-weight="bold">${escapeXml(name)}</text>`]),
    `<line x1="${round(start)}" y1="${y}" x2="${round(end)}" y2="${y}" stroke="#9ca3af" stroke-width="1.5"/>`,
    ...(arrow === '' ? [] : [arrow]),
    ...cells.flatMap(({ atMs, marks }) => {
      let place = x(atMs);
      return marks.map((mark) => {
        const drawn = `<g><title>${escapeXml(`${formatMs(atMs)} ms: ${describeMark(mark)}`)}</title>${drawMark(mark, place, y)}</g>`;
        place += widthOf(mark);
        return drawn;
      });
    }),
  ];
}

function drawMark(mark: DrawnMark, x: number, y: number): string {
  const bar = (dash: string, colour: string): string =>
    `<line x1="${round(x + 4)}" y1="${y - 16}" x2="${round(x + 4)}" y2="${y + 16}" stroke="${colour}" stroke-width="2.5"${dash}/>`;
  switch (mark.kind) {
    case 'complete':
      return bar('', '#111827');
    case 'unsubscribe':
      return bar(' stroke-dasharray="4 3"', '#6b7280');
    case 'error':
      return `<path d="M${round(x)} ${y - 8} l16 16 m0 -16 l-16 16" stroke="#b91c1c" stroke-width="3" fill="none"/>`;
    case 'more':
    case 'next':
      return drawMarble(mark, x, y);
  }
}

function drawMarble(mark: DrawnMark, x: number, y: number): string {
  const { fill, line } = coloursOf(mark);
  const width = widthOf(mark) - 3;
  const label = visible(labelOf(mark));
  return (
    `<rect x="${round(x)}" y="${y - marbleHeight / 2}" width="${round(width)}" height="${marbleHeight}" rx="${marbleHeight / 2}" fill="${fill}" stroke="${line}" stroke-width="1.2"/>` +
    `<text x="${round(x + width / 2)}" y="${y + 4}" text-anchor="middle" fill="${line}" xml:space="preserve">${escapeXml(label)}</text>`
  );
}

function widthOf(mark: DrawnMark): number {
  if (mark.kind === 'error') return 20;
  if (mark.kind !== 'next' && mark.kind !== 'more') return 10;
  return Math.max(marbleHeight, columnsOf(visible(labelOf(mark))) * characterWidth + 16) + 3;
}

/** East Asian characters and emoji take two columns. */
function columnsOf(text: string): number {
  return sum([...text].map((character) => (wide.test(character) ? 2 : 1)));
}

const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]/u;

/** Makes line ends, tabs and outer blanks visible. */
function visible(text: string): string {
  return text.replace(/\r?\n/g, '⏎').replace(/\t/g, '→').replace(/^ | $/g, '␣');
}

/** Two decimals, so that the output does not depend on the platform. */
function round(number: number): string {
  return String(Math.round(number * 100) / 100);
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escapes markup; characters that XML 1.0 forbids even when escaped become U+FFFD. */
function escapeXml(text: string): string {
  return text
    .replace(forbidden, '\ufffd')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML forbids.
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
