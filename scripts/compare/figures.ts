/** How far a figure of a kind may be from the quoted one, before it is another fact. Kinds are units. */
const tolerances: Readonly<Record<string, (quoted: number, printed: number) => boolean>> = {
  // A ratio of times, of which the slow ones are measured once.
  '×': within(2.5),
  // Times of another machine.
  µs: within(6),
  ms: within(6),
  // Of buffers of the system.
  MB: within(2.5),
  // Of our own source, which grows.
  kB: within(1.15),
  // An exponent of growth, after `n^`.
  'n^': (quoted, printed) => Math.abs(quoted - printed) <= 0.5,
};

/** A number without one of these units is a count, and part of the words. */
const figures = /(n\^)?(\d+(?:\.\d+)?)( ?(?:×|µs|ms|MB|kB)(?![\p{L}\d]))?/gu;

function within(factor: number): (quoted: number, printed: number) => boolean {
  return (quoted, printed) => printed <= quoted * factor && quoted <= printed * factor;
}

interface Reading {
  /** The line with its kinds of figures in place of figures, without the padding of columns. */
  readonly words: string;
  readonly figures: readonly { readonly kind: string; readonly value: number }[];
}

function read(line: string): Reading {
  const found: { kind: string; value: number }[] = [];
  const words = line.replaceAll(figures, (text: string, exponent?: string, value?: string, unit?: string) => {
    const kind = exponent ?? unit?.trim();
    if (kind === undefined) return text;
    found.push({ kind, value: Number(value) });
    return kind;
  });
  return { words: words.replaceAll(/[ -]*\s[ -]*|-{2,}/g, ' ').trim(), figures: found };
}

/** Whether two lines are the same in kind: the same words and counts, and figures within the tolerance of their kind. */
export function isSameInKind(quoted: string, printed: string): boolean {
  const [before, after] = [read(quoted), read(printed)];
  return (
    before.words === after.words &&
    before.figures.every(({ kind, value }, index) => tolerances[kind]?.(value, after.figures[index]?.value ?? Number.NaN))
  );
}

/** The lines of two outputs that differ in kind, as a diff prints them. */
export function differences(quoted: string, printed: string): readonly string[] {
  const [before, after] = [quoted.trimEnd().split('\n'), printed.trimEnd().split('\n')];
  return Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index).flatMap((index) => {
    const [left, right] = [before[index], after[index]];
    if (left !== undefined && right !== undefined && isSameInKind(left, right)) return [];
    return [...(left === undefined ? [] : [`- ${left}`]), ...(right === undefined ? [] : [`+ ${right}`])];
  });
}
