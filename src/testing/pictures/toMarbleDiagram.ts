import { checkOneOf, checkOptions, checkPositive } from '../../kernel/options.js';
import { rowsOf, timesOf, withoutMiddle } from './laneRows.js';
import type { MarbleLane } from './marbleLane.js';
import { svgDiagram } from './svgDiagram.js';
import { textDiagram } from './textDiagram.js';

export interface MarbleDiagramOptions {
  /** Text for a terminal or a comment, or an SVG picture. @defaultValue 'text' */
  readonly format?: 'text' | 'svg';
  /** Time of one column of text, or of 14 pixels of a picture, in milliseconds, > 0. @defaultValue chosen for up to 80 columns */
  readonly columnMs?: number;
  /** Title of the SVG, which screen readers read. @defaultValue the names of the lanes */
  readonly title?: string;
}

/**
 * Draws recorded streams, one lane below the other on one time axis.
 *
 *     ms      0    5
 *     source  s-a-b-f|
 *     result  -------(x|)
 *
 * Text uses RxJS's marble syntax, with `!` for an unsubscription, and a legend of its letters. A lane with several subscriptions has one row for
 * each. The middle of a long run is omitted. Time is to scale; where several notifications share one time, everything later moves to the right in
 * all lanes. The same run gives the same output, byte for byte.
 *
 * @param lanes Lanes of {@link marbleLane}.
 * @returns Text, or a self-contained SVG document.
 * @throws TypeError or RangeError at call time for bad arguments.
 * @example writeFileSync('retry.svg', toMarbleDiagram([source, result], { format: 'svg' }))
 */
export function toMarbleDiagram(lanes: MarbleLane | readonly MarbleLane[], options: MarbleDiagramOptions = {}): string {
  checkOptions('toMarbleDiagram', options, ['format', 'columnMs', 'title']);
  const { format = 'text', columnMs } = options;
  checkOneOf('format', format, ['text', 'svg']);
  checkPositive('columnMs', columnMs);
  const list = isLane(lanes) ? [lanes] : lanes;
  if (!Array.isArray(list) || !list.every(isLane)) throw new TypeError('toMarbleDiagram: lanes must be made by marbleLane');
  const rows = withoutMiddle(rowsOf(list));
  const columns = 1 / (columnMs ?? scaleOf(timesOf(rows).at(-1) ?? 0));
  if (format === 'text') return textDiagram(rows, columns);
  return svgDiagram(rows, columns * pixelsPerColumn, options.title ?? list.map(({ name }) => name).join(', '));
}

const pixelsPerColumn = 14;
const mostColumns = 80;

/** Milliseconds per column: 1, 2, 5, 10, 20, 50, … */
function scaleOf(lastMs: number): number {
  for (let decade = 1; ; decade *= 10) {
    for (const step of [1, 2, 5]) if (lastMs <= mostColumns * decade * step) return decade * step;
  }
}

function isLane(value: unknown): value is MarbleLane {
  return typeof value === 'object' && value !== null && 'runs' in value && Array.isArray(value.runs) && 'name' in value;
}
