import { keyEnd } from './toonForm.js';

/** What was repaired in a line, which is counted from 1. */
export interface Repair {
  readonly line: number;
  readonly message: string;
}

/** The text with repaired lines, and what was repaired. */
export interface RepairedText {
  readonly text: string;
  readonly repairs: readonly Repair[];
}

const header = /^ *\[ *(\d*|[A-Za-z]\w*|[?…]|\.\.\.) *(:?)([\t|]?) *\] *(\{[^\n]*\})? *:([^\n]*)$/;

/**
 * Repairs what models get wrong: tabs in the indentation, and in the header of a table spaces, no number in the brackets, and no mark of another
 * delimiter there. The first tab of many is reported.
 */
export function repairLines(text: string): RepairedText {
  const repairs: Repair[] = [];
  let tabbed = false;
  const lines = text.split('\n').map((original, index) => {
    const line = original.startsWith('\t') ? withoutTabs(original) : original;
    if (line !== original && !tabbed) repairs.push({ line: index + 1, message: 'Expected no tab in the indentation' });
    tabbed ||= line !== original;
    const repaired = line.includes('[') ? repairHeader(line) : line;
    if (repaired !== line) repairs.push({ line: index + 1, message: 'Expected a header such as users[2]{id,name}:' });
    return repaired;
  });
  return { text: lines.join('\n'), repairs };
}

function withoutTabs(line: string): string {
  const content = line.trimStart();
  const indentation = line.slice(0, line.length - content.length);
  return indentation.replaceAll('\t', '  ') + content;
}

function repairHeader(line: string): string {
  const content = line.trimStart().replace(/^- /, '');
  const lead = line.slice(0, line.length - content.length);
  const end = keyEnd(content);
  const [match, count = '', keyed = '', mark = '', fields = '', rest = ''] = header.exec(content.slice(end)) ?? [];
  const counted = /^\d+$/.test(count);
  if (match === undefined || (fields === '' && (!counted || end === 0))) return line;
  // Without strictness the number is not checked.
  return `${lead}${content.slice(0, end)}[${counted ? count : 0}${keyed}${mark || delimiterOf(fields)}]${fields}:${rest}`;
}

function delimiterOf(fields: string): string {
  if (fields.includes(',')) return '';
  if (fields.includes('\t')) return '\t';
  return fields.includes('|') ? '|' : '';
}
