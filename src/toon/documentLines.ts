import { closes, type OpenFence, openFence, outdent } from './fences.js';
import { isFirstHeader, isTopLine } from './toonForm.js';

/** Gives of each line what belongs to the document, and '' for a line that does not, so that the lines can still be counted. */
export type DocumentLines = (line: string) => string;

/**
 * Unwraps a document from its fence; what follows the fence is no part of it.
 *
 * @param lenient Skip what stands before the first fence or header, fences of other languages too. A document without a fence has then
 * only lines that are indented or begin with a key.
 */
export function createDocumentLines(lenient: boolean): DocumentLines {
  let read: DocumentLines = readFirst;

  function readFirst(line: string): string {
    return readBefore(line.replace(/^\ufeff/, ''));
  }

  function readBefore(line: string): string {
    read = readBefore;
    if (line.trim() === '') return '';
    const fence = openFence(line);
    if (fence && (fence.language === '' || fence.language === 'toon')) return enter(inFence(fence));
    if (!lenient) return enterWith(readAll, line);
    if (fence) return enter(skipFence(fence));
    return isFirstHeader(line) ? enterWith(bareLines(line.length - line.trimStart().length), line) : '';
  }

  function enter(next: DocumentLines): string {
    read = next;
    return '';
  }

  function enterWith(next: DocumentLines, line: string): string {
    read = next;
    return next(line);
  }

  function inFence({ mark, indent }: OpenFence): DocumentLines {
    return (line) => (closes(line, mark) ? enter(readAfter) : outdent(line, indent));
  }

  function skipFence({ mark }: OpenFence): DocumentLines {
    return (line) => (closes(line, mark) ? enter(readBefore) : '');
  }

  return (line) => read(line);
}

function readAll(line: string): string {
  return line;
}

function readAfter(): string {
  return '';
}

function bareLines(indent: number): DocumentLines {
  return (line) => {
    const content = outdent(line, indent);
    return content.startsWith(' ') || isTopLine(content) ? content : '';
  };
}
