/** A fenced block of Markdown. */
export interface Fence {
  /** The first word of its info string, in lower case; empty if there is none. */
  readonly language: string;
  readonly body: string;
  /** Where the body begins: the number of lines before it. */
  readonly linesBefore: number;
  /** False when the text ends inside the block. */
  readonly closed: boolean;
}

/** A fence whose closing line has not come. */
export interface OpenFence {
  readonly language: string;
  readonly linesBefore: number;
  readonly mark: string;
  readonly indent: number;
  readonly lines: string[];
}

const opener = /^([ \t]*)(`{3,}(?=[^`]*$)|~{3,})[ \t]*(\S*)/;

/**
 * Finds the fenced blocks of a text, in order, at any indentation: models put them into list items.
 *
 * @see https://spec.commonmark.org/0.31.2/#fenced-code-blocks
 */
export function findFences(text: string): readonly Fence[] {
  const fences: Fence[] = [];
  let open: OpenFence | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    if (!open) open = openFence(line, index + 1);
    else if (closes(line, open.mark)) {
      fences.push(endFence(open, true));
      open = undefined;
    } else open.lines.push(outdent(line, open.indent));
  }
  if (open) fences.push(endFence(open, false));
  return fences;
}

/** Reads a line as the opening of a fence. */
export function openFence(line: string, linesBefore = 0): OpenFence | undefined {
  const [, indentation, mark, language] = opener.exec(line.trimEnd()) ?? [];
  if (indentation === undefined || mark === undefined || language === undefined) return undefined;
  return { language: language.toLowerCase(), linesBefore, mark, indent: indentation.length, lines: [] };
}

/** Tells whether a line closes the fence that was opened with these marks. */
export function closes(line: string, mark: string): boolean {
  const content = line.trim();
  return content.startsWith(mark) && content === (mark[0] ?? '').repeat(content.length);
}

/** Cuts up to so much white space off the beginning of a line. */
export function outdent(line: string, indent: number): string {
  const content = line.trimStart();
  return line.slice(Math.min(indent, line.length - content.length));
}

function endFence({ language, linesBefore, lines }: OpenFence, closed: boolean): Fence {
  // A text that ends inside its closing fence leaves a mark or two behind.
  if (!closed && /^\s*(?:`{1,2}|~{1,2})$/.test(lines.at(-1) ?? '')) lines.splice(-1, 1, '');
  return { language, body: lines.join('\n'), linesBefore, closed };
}
