import type { JsonPath } from '../json/handler.js';

/** A text or a number of a JSON text that may differ in the next one. */
export interface JsonVariable {
  readonly path: JsonPath;
  readonly isPadding: boolean;
  /** Whether it is a text; else it is a number. */
  readonly isText: boolean;
  /** The index of its first character: of a text, after the opening quote. */
  readonly from: number;
  /** The index after its last character: of a text, its closing quote. */
  readonly end: number;
}

/** Where the variables of a format's payloads are. */
export interface VariablePaths {
  /** Paths of text that the payload adds to the answer. */
  readonly text: readonly JsonPath[];
  /** Paths that the decoder ignores: padding, and counters that are not read. */
  readonly padding: readonly JsonPath[];
}

/** Variable paths as a tree. */
export interface JsonPathTree {
  /** The path that ends here. */
  readonly path: JsonPath | undefined;
  readonly isPadding: boolean;
  readonly branches: ReadonlyMap<string | number, JsonPathTree>;
}

export function toPathTree({ text, padding }: VariablePaths, depth = 0): JsonPathTree {
  const here = (path: JsonPath): boolean => path.length === depth;
  const branches = [...new Set([...text, ...padding].flatMap((path) => path[depth] ?? []))].map((key) => {
    const under = (path: JsonPath): boolean => path[depth] === key;
    return [key, toPathTree({ text: text.filter(under), padding: padding.filter(under) }, depth + 1)] as const;
  });
  return { path: text.find(here) ?? padding.find(here), isPadding: padding.some(here), branches: new Map(branches) };
}

/**
 * Finds the texts and numbers at the given paths, in the order of the text.
 *
 * @param text A text that JSON.parse accepts: it is not validated again.
 * @returns `undefined` where a key on a path is escaped or a path occurs twice, because only JSON.parse can decide which one counts.
 */
export function findVariables(text: string, paths: JsonPathTree): readonly JsonVariable[] | undefined {
  const variables: JsonVariable[] = [];
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

  /** Also skips a character between two values: it moves on by at least one character. */
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
    if (text[from] === '"')
      variables.push({ path: tree.path, isPadding: tree.isPadding, isText: true, from: from + 1, end: at - 1 });
    else if (!/[a-z]/.test(text[from] ?? ''))
      variables.push({ path: tree.path, isPadding: tree.isPadding, isText: false, from, end: at });
  }

  skipBlanks();
  readValue(paths);
  return plain ? variables : undefined;
}

const quote = 34;
const backslash = 92;

function isBlank(character: number): boolean {
  return character === 32 || character === 9 || character === 10 || character === 13;
}

/** A blank, a quote, one of `,:[]{}`, or the end of the text. */
function isEndOfScalar(character: number): boolean {
  return Number.isNaN(character) || isBlank(character) || endings.has(character);
}

const endings: ReadonlySet<number> = new Set(Array.from('",:[]{}', (character) => character.charCodeAt(0)));
