import { isFirstHeader, isHeader, isTopLine } from './toonForm.js';

/** Lines of a text that may be a document of their own. */
export interface BareDocument {
  readonly text: string;
  readonly linesBefore: number;
  /** The number of its lines. */
  readonly lines: number;
  /** Whether it ends with the text. */
  readonly last: boolean;
}

/**
 * The document that a text begins with: it ends before a line that is not indented and follows a blank line, because encoders write no blank
 * lines. Models put them before the next header.
 */
export function leadingDocument(lines: readonly string[]): BareDocument {
  let started = false;
  let headed = false;
  let gap = false;
  for (const [index, line] of lines.entries()) {
    const blank = line.trim() === '';
    if (started && gap && isTop(line) && !(headed && isFirstHeader(line))) return documentOf(lines, 0, index, 0);
    started ||= !blank && !line.startsWith('#');
    headed ||= isHeader(line);
    gap = blank;
  }
  return documentOf(lines, 0, lines.length, 0);
}

/** The documents among prose. What proves one is a header with a table, a list or several values. */
export function documentsAmongProse(lines: readonly string[]): readonly BareDocument[] {
  const documents: BareDocument[] = [];
  for (let index = 0; index < lines.length; index++) {
    if (!isProof(lines, index)) continue;
    const indent = indentOf(lines[index] ?? '');
    const end = endOfDocument(lines, index, indent);
    documents.push(documentOf(lines, beginningOfDocument(lines, index, indent), end, indent));
    index = end - 1;
  }
  return documents;
}

function documentOf(lines: readonly string[], from: number, end: number, indent: number): BareDocument {
  const text = lines.slice(from, end).map((line) => line.slice(Math.min(indent, indentOf(line))));
  return { text: text.join('\n'), linesBefore: from, lines: end - from, last: end === lines.length };
}

function isProof(lines: readonly string[], index: number): boolean {
  const line = lines[index] ?? '';
  if (!isFirstHeader(line)) return false;
  return /: *\r?$/.test(line) ? isIndented(lines[index + 1], indentOf(line)) : !/\[[01]\D/.test(line);
}

/** Keys with values right above a header belong to its document; a key alone introduces it. */
function beginningOfDocument(lines: readonly string[], header: number, indent: number): number {
  let first = header;
  while (first > 0 && isPlainField(lines[first - 1] ?? '', indent)) first--;
  return first;
}

function isPlainField(line: string, indent: number): boolean {
  return indentOf(line) === indent && isTopLine(line.slice(indent)) && !/: *\r?$/.test(line);
}

function endOfDocument(lines: readonly string[], header: number, indent: number): number {
  let end = header + 1;
  for (let index = end; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (line.trim() === '') continue;
    const belongs = isIndented(line, indent) || isFirstHeader(line) || (index === end && isTopLine(line.slice(indent)));
    if (!belongs) break;
    end = index + 1;
  }
  return end;
}

function isIndented(line: string | undefined, indent: number): boolean {
  return line !== undefined && line.trim() !== '' && indentOf(line) > indent;
}

function isTop(line: string): boolean {
  return line.trim() !== '' && indentOf(line) === 0;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
