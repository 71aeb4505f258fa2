import type { Container } from './containers.js';
import type { HtmlForm } from './htmlBlocks.js';
import type { Fence } from './leafStarts.js';

/** The innermost open block that holds lines. */
export type Leaf = Paragraph | FencedCode | HtmlBlock | { readonly type: 'none' | 'code' | 'table' };

export interface Paragraph {
  readonly type: 'paragraph';
  /** Its text, if it begins as a link reference definition does: such text is no heading. */
  readonly definitions: string | undefined;
  /** The number of cells that its last line has as the header of a table; 0 if it cannot be one. */
  readonly header: number;
}

export interface FencedCode {
  readonly type: 'fence';
  readonly fence: Fence;
}

export interface HtmlBlock {
  readonly type: 'html';
  readonly form: HtmlForm;
}

/** The blocks that are open at the beginning of a line. */
export interface BlockState {
  readonly containers: Container[];
  /** The indices of the block quotes among the containers. */
  readonly quotes: number[];
  leaf: Leaf;
  /** The marker of the top-level list, which an item without content may have ended without ending the list. */
  list: string | undefined;
}

/** What a line does to the open blocks. Reading changes nothing, so that a line that has just begun can be read, too. */
export interface LineReading {
  /** How many of the containers continue. */
  readonly kept: number;
  readonly opened: readonly Container[];
  /** The open leaf after the line. */
  readonly leaf: Leaf;
  /** Whether the line belongs to the leaf that was open before it. */
  readonly continues: boolean;
  /** What is in the line, from `from` on. `'text'` is that of a paragraph. */
  readonly content: 'text' | 'heading' | 'row' | 'verbatim' | 'markup' | 'blank';
  readonly from: number;
  /** Whether the line before this one is the header of a table, which is one from now on. */
  readonly startsTable: boolean;
}

export const noLeaf: Leaf = { type: 'none' };

export function createBlockState(): BlockState {
  return { containers: [], quotes: [], leaf: noLeaf, list: undefined };
}

/** Whether no block is open: what follows is independent of what was. */
export function isClosed({ containers, leaf, list }: BlockState): boolean {
  return containers.length === 0 && leaf.type === 'none' && list === undefined;
}

/** Whether the line that was read begins after the end of the top-level block before it. */
export function endsBlock(state: BlockState, { kept, opened, continues, content }: LineReading): boolean {
  if (isClosed(state) || content === 'blank' || kept > 0 || continues) return false;
  return opened[0]?.type !== 'item' || opened[0].marker !== state.list;
}

export function applyReading(state: BlockState, reading: LineReading): void {
  const { containers, quotes } = state;
  const { kept, opened, content } = reading;
  containers.length = kept;
  while ((quotes.at(-1) ?? -1) >= kept) quotes.pop();
  const last = containers[kept - 1];
  if (last?.type === 'item' && last.empty && content !== 'blank') containers[kept - 1] = { ...last, empty: false };
  for (const container of opened) {
    if (container.type === 'blockquote') quotes.push(containers.length);
    containers.push(container);
  }
  state.leaf = reading.leaf;
  const [first] = containers;
  if (first) state.list = first.type === 'item' ? first.marker : undefined;
  else if (content !== 'blank') state.list = undefined;
}
