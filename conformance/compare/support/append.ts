import type { Piece } from './pieces.js';

/** Shows the text so far after each delta, as a loop that appends. */
export async function append(items: AsyncIterable<string | Piece>, show: (text: string) => void): Promise<void> {
  let text = '';
  for await (const item of items) {
    text += (typeof item === 'string' ? item : item.text) ?? '';
    show(text);
  }
}
