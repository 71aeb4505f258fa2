import { readExpression } from './readExpression.js';
import type { Expression, Item, Pattern } from './syntax.js';

/** The names that an expression uses and does not bind itself. */
export function freeNames(code: string): ReadonlySet<string> {
  const found = new Set<string>();
  collect(readExpression(code), new Set(), found);
  return found;
}

function collect(expression: Expression, bound: ReadonlySet<string>, found: Set<string>): void {
  const each = (parts: readonly Expression[]): void => {
    for (const part of parts) collect(part, bound, found);
  };
  const items = (list: readonly Item[]): void => each(list.map(({ value }) => value));
  switch (expression.kind) {
    case 'literal':
      return;
    case 'name':
      if (!bound.has(expression.name)) found.add(expression.name);
      return;
    case 'array':
      return items(expression.items);
    case 'object':
      return each(expression.properties.flatMap(({ key, value }) => (key ? [key, value] : [value])));
    case 'template':
      return each(expression.values);
    case 'member':
      return each([expression.object, expression.key]);
    case 'call':
    case 'new':
      each([expression.callee]);
      return items(expression.args);
    case 'unary':
      return each([expression.operand]);
    case 'binary':
      return each([expression.left, expression.right]);
    case 'condition':
      return each([expression.test, expression.yes, expression.no]);
    case 'function': {
      const inner = new Set([...bound, ...expression.parameters.flatMap(boundBy)]);
      for (const initial of expression.parameters.flatMap(initialsOf)) collect(initial, inner, found);
      return collect(expression.body, inner, found);
    }
  }
}

function boundBy(pattern: Pattern): readonly string[] {
  if (pattern.kind === 'name') return [pattern.name];
  return pattern.kind === 'array' ? pattern.items.flatMap(boundBy) : pattern.fields.flatMap((field) => boundBy(field.pattern));
}

function initialsOf(pattern: Pattern): readonly Expression[] {
  if (pattern.kind === 'name') return pattern.initial ? [pattern.initial] : [];
  return pattern.kind === 'array'
    ? pattern.items.flatMap(initialsOf)
    : pattern.fields.flatMap((field) => initialsOf(field.pattern));
}
