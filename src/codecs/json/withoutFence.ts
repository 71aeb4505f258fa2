import { isSpace } from './isSpace.js';

const opener = /^\ufeff?[ \t\n\r]*(?:(`{3,}|~{3,})[^\n[{]*)?/;

/** Removes the fence around a whole text, and a byte order mark, by the rules of the incremental reader in text.ts. */
export function withoutFence(text: string): string {
  const [before = '', marks] = opener.exec(text) ?? [];
  return text.slice(before.length, marks === undefined ? undefined : endOfContent(text, marks.charCodeAt(0)));
}

/** The index before the closing marks, of which a cut text may have fewer than three. */
function endOfContent(text: string, mark: number): number {
  let end = text.length;
  while (isSpace(text.charCodeAt(end - 1))) end--;
  while (text.charCodeAt(end - 1) === mark) end--;
  return end;
}
