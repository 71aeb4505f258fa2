import { beforeCloser, type OpenFence, openFence, outdent } from './fences.js';
import { isFirstHeader, isTableHeader, isTopLine } from './toonForm.js';

/** Reads the next line of an answer. */
export type LineReader = (line: string) => void;

/**
 * Unwraps a document from its fence, one line at a time. Lines after the fence are outside the document, and so is what begins with a line
 * that is not indented after a blank line in a document without a fence: encoders write no blank lines.
 *
 * @param lenient Skip everything before the first fence or header, including thoughts and fences of other content. A document without a
 * fence then consists of only the lines that are indented or begin with a key.
 * @param emit Receives the content of each line, without the indentation of its fence, in order. A line outside the document is '', so that line
 * numbers stay correct.
 */
export function createDocumentLines(lenient: boolean, emit: LineReader): LineReader {
  /** The state of this machine, as a function that reads the next line. */
  let read: LineReader = readFirst;

  function readFirst(line: string): void {
    readBefore(line.replace(/^\ufeff/, ''));
  }

  function readBefore(line: string): void {
    read = readBefore;
    if (line.trim() === '') return emit('');
    const fence = openFence(line);
    if (fence?.language === 'toon' || (fence?.language === '' && !lenient)) return skipTo(inFence(fence));
    if (!lenient) return continueWith(bareLines(0, false), line);
    if (fence) return skipTo(fence.language === 'json' ? skipFence(fence) : searchFence(fence));
    if (/^\s*<think(?:ing)?>/i.test(line)) return continueWith(skipThought, line);
    if (isFirstHeader(line)) continueWith(bareLines(line.length - line.trimStart().length, true), line);
    else emit('');
  }

  function skipTo(next: LineReader): void {
    read = next;
    emit('');
  }

  function continueWith(next: LineReader, line: string): void {
    read = next;
    next(line);
  }

  function inFence({ mark, indent }: OpenFence): LineReader {
    return (line) => {
      const last = beforeCloser(line, mark);
      if (last !== undefined) read = readAfter;
      emit(outdent(last ?? line, indent));
    };
  }

  function skipFence({ mark }: OpenFence): LineReader {
    return (line) => skipTo(beforeCloser(line, mark) === undefined ? read : readBefore);
  }

  /** A fence without a label, or with that of another language, holds the document only if there is the header of a table in it. */
  function searchFence(fence: OpenFence): LineReader {
    const { mark, indent } = fence;
    const held: string[] = [];
    return (line) => {
      const content = outdent(line, indent);
      if (isTableHeader(content)) {
        // What stands before the header belongs to the document unless it is a command or prose.
        const first = held.find((other) => other.trim() !== '');
        for (const other of held) emit(first === undefined || isTopLine(first) ? other : '');
        continueWith(inFence(fence), line);
      } else if (beforeCloser(line, mark) === undefined) held.push(content);
      else {
        for (const _ of held) emit('');
        skipTo(readBefore);
      }
    };
  }

  function skipThought(line: string): void {
    skipTo(/<\/think(?:ing)?>/i.test(line) ? readBefore : skipThought);
  }

  function readAfter(): void {
    emit('');
  }

  /** @param selective Skip what is neither indented nor begins with a key, and read on at the next header after the document has ended. */
  function bareLines(indent: number, selective: boolean): LineReader {
    let gap = false;
    return (line) => {
      const content = outdent(line, indent);
      // Most lines are rows, which are indented: no document ends with them.
      const indented = content.startsWith(' ');
      const isTop = !indented && /^\S/.test(content);
      if (isTop && gap && !isFirstHeader(content)) return selective ? continueWith(readBefore, line) : skipTo(readAfter);
      gap = !isTop && isBlank(content);
      emit(!selective || indented || isTopLine(content) ? content : '');
    };
  }

  return (line) => read(line);
}

/** A character that is not white space is mostly found at once, without a copy of the line. */
function isBlank(line: string): boolean {
  for (let index = 0; index < line.length; index++) {
    const code = line.charCodeAt(index);
    if (code > 32 && code < 128) return false;
    if (code >= 128) break;
  }
  return line.trim() === '';
}
