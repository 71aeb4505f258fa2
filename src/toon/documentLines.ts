import { closesFence, type OpenFence, openFence, outdent } from './fences.js';
import { isFirstHeader, isTopLine } from './toonForm.js';

/**
 * Returns the content of a line that belongs to the document, without the indentation of its fence. A line outside the document becomes '',
 * so that line numbers stay correct.
 */
export type DocumentLines = (line: string) => string;

/**
 * Unwraps a document from its fence, one line at a time. Lines after the fence are outside the document.
 *
 * @param lenient Skip everything before the first fence or header, including fences of other languages. A document without a fence then
 * consists of only the lines that are indented or begin with a key.
 */
export function createDocumentLines(lenient: boolean): DocumentLines {
  /** The state of this machine, as a function that reads the next line. */
  let read: DocumentLines = readFirst;

  function readFirst(line: string): string {
    return readBefore(line.replace(/^\ufeff/, ''));
  }

  function readBefore(line: string): string {
    read = readBefore;
    if (line.trim() === '') return '';
    const fence = openFence(line);
    if (fence && (fence.language === '' || fence.language === 'toon')) return skipLineAndSwitch(inFence(fence));
    if (!lenient) return switchAndRead(readAll, line);
    if (fence) return skipLineAndSwitch(skipFence(fence));
    return isFirstHeader(line) ? switchAndRead(bareLines(line.length - line.trimStart().length), line) : '';
  }

  function skipLineAndSwitch(next: DocumentLines): string {
    read = next;
    return '';
  }

  function switchAndRead(next: DocumentLines, line: string): string {
    read = next;
    return next(line);
  }

  function inFence({ mark, indent }: OpenFence): DocumentLines {
    return (line) => (closesFence(line, mark) ? skipLineAndSwitch(readAfter) : outdent(line, indent));
  }

  function skipFence({ mark }: OpenFence): DocumentLines {
    return (line) => (closesFence(line, mark) ? skipLineAndSwitch(readBefore) : '');
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
