/** The way to a value: keys of objects and positions in lists. */
export type JsonPath = readonly (string | number)[];

/** Where a text or a number stands in a JSON text. */
export interface JsonHole {
  readonly path: JsonPath;
  readonly isPadding: boolean;
  /** Whether it is a text; else it is a number. */
  readonly isText: boolean;
  /** Its first character, after a text's opening quote. */
  readonly from: number;
  /** The character after its last one: a text's closing quote. */
  readonly end: number;
}

/** The texts and numbers that change from one JSON text to the next. */
export interface JsonHolePaths {
  readonly said: readonly JsonPath[];
  /** Those that say nothing: padding, and counters that nobody reads. */
  readonly padding: readonly JsonPath[];
}

/** The paths to find, as a tree. */
export interface JsonPathTree {
  /** The path that ends here. */
  readonly path: JsonPath | undefined;
  readonly isPadding: boolean;
  readonly branches: ReadonlyMap<string | number, JsonPathTree>;
}

export function toPathTree({ said, padding }: JsonHolePaths, depth = 0): JsonPathTree {
  const here = (path: JsonPath): boolean => path.length === depth;
  const branches = [...new Set([...said, ...padding].flatMap((path) => path[depth] ?? []))].map((key) => {
    const under = (path: JsonPath): boolean => path[depth] === key;
    return [key, toPathTree({ said: said.filter(under), padding: padding.filter(under) }, depth + 1)] as const;
  });
  return { path: said.find(here) ?? padding.find(here), isPadding: padding.some(here), branches: new Map(branches) };
}

/**
 * Finds the texts and numbers at some paths, in the order of the text.
 *
 * @param text A text that JSON.parse accepts: nothing is checked again.
 * @returns `undefined` where a key on the way is escaped or a path occurs twice, so that it takes JSON.parse to tell which one counts.
 */
export function findJsonHoles(text: string, paths: JsonPathTree): readonly JsonHole[] | undefined {
  const holes: JsonHole[] = [];
  const found = new Set<JsonPath>();
  let plain = true;
  let at = 0;

  function skipBlanks(): void {
    while (isBlank(text.charCodeAt(at))) at++;
  }

  function skipString(): void {
    for (at++; text.charCodeAt(at) !== quote; at++) if (text.charCodeAt(at) === backslash) at++;
    at++;
  }

  /** Also what is between two values: it stops after one character at least. */
  function skipScalar(): void {
    if (text.charCodeAt(at) === quote) return skipString();
    for (at++; !isEndOfScalar(text.charCodeAt(at)); ) at++;
  }

  function skipValue(): void {
    let depth = 0;
    do {
      const character = text[at];
      if (character === '{' || character === '[') depth++;
      if (character === '}' || character === ']') depth--;
      skipScalar();
    } while (depth > 0);
  }

  function readKey(): string {
    const from = at + 1;
    skipString();
    const key = text.slice(from, at - 1);
    plain &&= !key.includes('\\');
    skipBlanks();
    at++;
    skipBlanks();
    return key;
  }

  function readMembers(tree: JsonPathTree, closing: string, key: (position: number) => string | number): void {
    at++;
    skipBlanks();
    for (let position = 0; text[at] !== closing; position++) {
      const branch = tree.branches.get(key(position));
      if (branch) readValue(branch);
      else skipValue();
      skipBlanks();
      if (text[at] === ',') at++;
      skipBlanks();
    }
    at++;
  }

  function readValue(tree: JsonPathTree): void {
    if (text[at] === '{') return readMembers(tree, '}', readKey);
    if (text[at] === '[') return readMembers(tree, ']', (position) => position);
    const from = at;
    skipScalar();
    if (!tree.path) return;
    plain &&= !found.has(tree.path);
    found.add(tree.path);
    if (text[from] === '"') holes.push({ path: tree.path, isPadding: tree.isPadding, isText: true, from: from + 1, end: at - 1 });
    else if (!/[a-z]/.test(text[from] ?? ''))
      holes.push({ path: tree.path, isPadding: tree.isPadding, isText: false, from, end: at });
  }

  skipBlanks();
  readValue(paths);
  return plain ? holes : undefined;
}

const quote = 34;
const backslash = 92;

function isBlank(character: number): boolean {
  return character === 32 || character === 9 || character === 10 || character === 13;
}

/** A blank, a quote, or one of `,:[]{}`, or the end of the text. */
function isEndOfScalar(character: number): boolean {
  return Number.isNaN(character) || isBlank(character) || endings.has(character);
}

const endings: ReadonlySet<number> = new Set(Array.from('",:[]{}', (character) => character.charCodeAt(0)));
