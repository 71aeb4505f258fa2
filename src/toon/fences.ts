/** A fenced block of Markdown before its closing line. */
export interface OpenFence {
  /** The first word of the info string, in lower case; '' if there is none. */
  readonly language: string;
  readonly mark: string;
  readonly indent: number;
}

const opener = /^([ \t]*)(`{3,}(?=[^`]*$)|~{3,})[ \t]*(\S*)/;

/**
 * Reads a line as the opening of a fence; undefined if it opens none. Any indentation is accepted, because models put fences into list items.
 *
 * @see https://spec.commonmark.org/0.31.2/#fenced-code-blocks
 */
export function openFence(line: string): OpenFence | undefined {
  const [, indentation, mark, language] = opener.exec(line.trimEnd()) ?? [];
  if (indentation === undefined || mark === undefined || language === undefined) return undefined;
  return { language: language.toLowerCase(), mark, indent: indentation.length };
}

/**
 * Returns what stands before the marks that close a fence, which models also write after the last row; undefined if the line closes none.
 *
 * @param mark The marks that opened the fence.
 */
export function beforeCloser(line: string, mark: string): string | undefined {
  const content = line.trimEnd();
  let end = content.length;
  while (end > 0 && content[end - 1] === mark[0]) end--;
  return content.length - end >= mark.length ? content.slice(0, end) : undefined;
}

/** Removes up to `indent` white space characters from the beginning of a line. */
export function outdent(line: string, indent: number): string {
  if (indent === 0) return line;
  const content = line.trimStart();
  return line.slice(Math.min(indent, line.length - content.length));
}
