import type { ToonDelimiter } from './cells.js';
import { checkDepth } from './depth.js';
import { ToonSyntaxError } from './syntaxError.js';
import { closingQuote, readString, trimSpaces } from './text.js';

/** A column of a table, or a group of columns: `customer{name,country}`. */
export interface ToonField {
  readonly name: string;
  readonly group: readonly ToonField[] | undefined;
}

interface FieldRules {
  readonly delimiter: ToonDelimiter;
  /** Reject a duplicate name in a list. */
  readonly strict: boolean;
  /** The nesting depth of this list of fields, 1 for the outermost. */
  readonly depth: number;
}

interface FieldList {
  readonly fields: readonly ToonField[];
  /** The index after the closing brace. */
  readonly end: number;
}

/** The characters that may end a name. A quoted part is skipped as a whole; other delimiters are rejected. */
const mark = /["{}\t,|]/g;

/**
 * Reads a list of fields in one pass.
 *
 * @param from The index after the opening brace.
 * @throws ToonSyntaxError, and LimitError for groups nested too deep.
 */
export function readFields(text: string, from: number, rules: FieldRules): FieldList {
  checkDepth(rules.depth);
  const fields: ToonField[] = [];
  const names = new Set<string>();
  let index = from;
  for (;;) {
    const field = readField(text, index, rules);
    if (rules.strict && names.has(field.name)) throw new ToonSyntaxError('Expected no field twice');
    names.add(field.name);
    fields.push(field);
    index = field.end + 1;
    if (text.charAt(field.end) === '}') return { fields, end: index };
  }
}

/** Reads a field, up to the delimiter or closing brace after it. */
function readField(text: string, from: number, rules: FieldRules): ToonField & { readonly end: number } {
  const end = nameEnd(text, from, rules.delimiter);
  const name = text.slice(from, end);
  if (trimSpaces(name) === '') throw new ToonSyntaxError('Expected the name of a field');
  if (text.charAt(end) !== '{') return { name: readString(trimSpaces(name)), group: undefined, end };
  if (name.endsWith(' ')) throw new ToonSyntaxError('Expected the group right after its name');
  const group = readFields(text, end + 1, { ...rules, depth: rules.depth + 1 });
  const after = nameEnd(text, group.end, rules.delimiter);
  if (trimSpaces(text.slice(group.end, after)) !== '' || text.charAt(after) === '{') {
    throw new ToonSyntaxError('Expected nothing after the group');
  }
  return { name: readString(trimSpaces(name)), group: group.fields, end: after };
}

/** Returns the index of the delimiter or brace that ends a name. */
function nameEnd(text: string, from: number, delimiter: ToonDelimiter): number {
  mark.lastIndex = from;
  for (let found = mark.exec(text); found; found = mark.exec(text)) {
    const [character] = found;
    if (character === delimiter || character === '{' || character === '}') return found.index;
    if (character !== '"') throw new ToonSyntaxError('Expected the delimiter of the header between its fields');
    const close = closingQuote(text, found.index);
    if (close < 0) break;
    mark.lastIndex = close + 1;
  }
  throw new ToonSyntaxError('Expected a closing brace');
}
