/** A fenced block of Markdown. */
export interface Fence {
  /** The first word of the info string, in lower case; '' if there is none. */
  readonly language: string;
  readonly body: string;
  /** The number of lines before the body. */
  readonly linesBefore: number;
  /** False if the text ends inside the block. */
  readonly closed: boolean;
}

/** A fenced block before its closing line. */
export interface OpenFence {
  readonly language: string;
  readonly linesBefore: number;
  readonly mark: string;
  readonly indent: number;
  readonly lines: string[];
}

const opener = /^([ \t]*)(`{3,}(?=[^`]*$)|~{3,})[ \t]*(\S*)/;

/**
 * Finds the fenced blocks of a text, in order. Any indentation is accepted, because models put fences into list items.
 *
 * @see https://spec.commonmark.org/0.31.2/#fenced-code-blocks
 */
export function findFences(text: string): readonly Fence[] {
  const fences: Fence[] = [];
  let open: OpenFence | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    if (!open) open = openFence(line, index + 1);
    else if (closesFence(line, open.mark)) {
      fences.push(endFence(open, true));
      open = undefined;
    } else open.lines.push(outdent(line, open.indent));
  }
  if (open) fences.push(endFence(open, false));
  return fences;
}

/** Reads a line as the opening of a fence; undefined if it opens none. */
export function openFence(line: string, linesBefore = 0): OpenFence | undefined {
  const [, indentation, mark, language] = opener.exec(line.trimEnd()) ?? [];
  if (indentation === undefined || mark === undefined || language === undefined) return undefined;
  return { language: language.toLowerCase(), linesBefore, mark, indent: indentation.length, lines: [] };
}

/** Whether a line closes the fence that was opened with these marks. */
export function closesFence(line: string, mark: string): boolean {
  const content = line.trim();
  return content.startsWith(mark) && content === (mark[0] ?? '').repeat(content.length);
}

/** Removes up to `indent` white space characters from the beginning of a line. */
export function outdent(line: string, indent: number): string {
  const content = line.trimStart();
  return line.slice(Math.min(indent, line.length - content.length));
}

function endFence({ language, linesBefore, lines }: OpenFence, closed: boolean): Fence {
  // The text was cut inside the closing fence: its first one or two marks are no content.
  if (!closed && /^\s*(?:`{1,2}|~{1,2})$/.test(lines.at(-1) ?? '')) lines.splice(-1, 1, '');
  return { language, body: lines.join('\n'), linesBefore, closed };
}
