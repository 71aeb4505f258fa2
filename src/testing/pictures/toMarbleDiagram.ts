import { checkOneOf, checkOptions, checkPositive } from '../../kernel/options.js';
import { rowsOf, timesOf, withoutMiddle } from './laneRows.js';
import type { MarbleLane } from './marbleLane.js';
import { svgDiagram } from './svgDiagram.js';
import { textDiagram } from './textDiagram.js';

export interface MarbleDiagramOptions {
  /** Letters for a terminal or a comment, or a picture. @defaultValue 'text' */
  readonly format?: 'text' | 'svg';
  /** How many milliseconds one column of text, or 14 pixels of a picture, stand for. @defaultValue what makes a column of up to 80 */
  readonly columnMs?: number;
  /** What the picture is called, for those who cannot see it. @defaultValue the names of its lanes */
  readonly title?: string;
}

/**
 * Draws what streams did: each lane under the one before, on one time axis.
 *
 *     ms      0    5
 *     source  s-a-b-f|
 *     result  -------(x|)
 *
 * Text is in RxJS's own marbles, with `!` where it was unsubscribed, and says below what each letter is. A lane that was subscribed several
 * times has a row for each. The middle of a long run is left out. Time is to scale, but where several things happen at once what follows is moved to the right, in all lanes alike.
 * The same run gives the same picture, to the byte.
 *
 * @param lanes What to draw, made by {@link marbleLane}.
 * @returns Text, or an SVG that stands alone.
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

/** 1, 2, 5, 10, 20, 50, … milliseconds a column. */
function scaleOf(lastMs: number): number {
  for (let decade = 1; ; decade *= 10) {
    for (const step of [1, 2, 5]) if (lastMs <= mostColumns * decade * step) return decade * step;
  }
}

function isLane(value: unknown): value is MarbleLane {
  return typeof value === 'object' && value !== null && 'runs' in value && Array.isArray(value.runs) && 'name' in value;
}
