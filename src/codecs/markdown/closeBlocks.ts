import type { BlockState, Leaf, LineReading } from './blockState.js';
import type { Container } from './containers.js';
import type { Fence } from './leafStarts.js';
import { delimiterColumns } from './tableRows.js';

/** More containers than this, or a longer fence, are not closed: what is appended at each delta must not grow with the text. */
const mostContainers = 32;
const longestFence = 64;

/** What has to follow a line of a fenced code block, so that the block is closed. @param line The line so far, unless it is long. */
export function closeFence(
  { containers }: BlockState,
  { fence, line }: { readonly fence: Fence; readonly line: string | undefined },
  { kept, opened, content, from }: LineReading,
): string {
  if (fence.length > longestFence || containers.length + opened.length > mostContainers) return '';
  const marker = fence.character.repeat(fence.length);
  const inside = content === 'blank' ? containers : [...containers.slice(0, kept), ...opened];
  const prefix = inside.map(containerPrefix).join('');
  if (line !== undefined && prefix.startsWith(line) && content !== 'markup') return prefix.slice(line.length) + marker;
  if (content === 'blank') return '';
  const rest = content === 'verbatim' ? line?.slice(from) : undefined;
  // The beginning of a closing fence is completed.
  const begun = rest !== undefined && rest.length < fence.length && marker.startsWith(rest);
  if (begun && (rest !== '' || from - prefix.length < 4)) return marker.slice(rest.length);
  return `\n${prefix}${marker}`;
}

function containerPrefix(container: Container): string {
  return container.type === 'blockquote' ? '> ' : ' '.repeat(container.width);
}

/** Whether a line can become the delimiter row that makes a table of the line before it. */
export function mayBeDelimiterRow({ leaf }: BlockState, line: string): boolean {
  return leaf.type === 'paragraph' && leaf.header > 0 && /^[\s|:-]*$/.test(line);
}

const delimiterBeginning = /^\|?(?:\s*:?-+:?\s*\|)*\s*:?-*:?\s*$/;

/** The rest of a delimiter row that has just begun, below the header of a table; `undefined` if it is none. */
export function closeDelimiterRow(leaf: Leaf, line: string, from: number): string | undefined {
  if (leaf.type !== 'paragraph' || leaf.header === 0) return undefined;
  const row = line.slice(from);
  if (row === '' || !delimiterBeginning.test(row)) return undefined;
  const cells = row.startsWith('|') ? row.slice(1).split('|') : row.split('|');
  const current = cells.at(-1)?.trim() ?? '';
  const missing = leaf.header - cells.length;
  if (missing < 0) return current === '' && missing === -1 ? '' : undefined;
  const closing = `${/^:?$/.test(current) || row === '-' ? '---' : ''}|${'---|'.repeat(missing)}`;
  return delimiterColumns((row + closing).trim()) === leaf.header ? closing : undefined;
}
