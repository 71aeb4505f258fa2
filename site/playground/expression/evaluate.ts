import { type Expression, ExpressionError, type Item, type Pattern } from './syntax.js';

/** Values by their names: an object without a prototype, see {@link namesOf}. */
export type Names = Readonly<Record<string, unknown>>;

/** Copies values into an object in which nothing but them is found. */
export function namesOf(...values: readonly object[]): Record<string, unknown> {
  return Object.assign(Object.create(null), ...values) as Record<string, unknown>;
}

/** Counts what an expression does, so that it ends. */
export interface Budget {
  spend(offset: number): void;
  /** Runs a call of a function of the expression. */
  within<T>(offset: number, work: () => T): T;
}

/** @throws ExpressionError after that many steps, or for calls that are nested too deeply. */
export function createBudget(steps = 2_000_000, depth = 200): Budget {
  let spent = 0;
  let nested = 0;
  return {
    spend(offset) {
      if (++spent > steps) throw new ExpressionError(`more than ${steps} steps`, offset);
    },
    within(offset, work) {
      if (++nested > depth) throw new ExpressionError(`calls nested deeper than ${depth}`, offset);
      try {
        return work();
      } finally {
        nested--;
      }
    },
  };
}

/**
 * Runs an expression. It reaches the given names and what their members return, and nothing else: no global, no prototype, no property of a
 * function.
 *
 * @throws ExpressionError for what is refused; what a called function throws is thrown unchanged.
 */
export function evaluate(expression: Expression, names: Names, budget: Budget = createBudget()): unknown {
  budget.spend(expression.start);
  const run = (part: Expression): unknown => evaluate(part, names, budget);
  const { start } = expression;
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'name':
      if (!(expression.name in names)) throw new ExpressionError(`there is no name ${expression.name} here`, start);
      return names[expression.name];
    case 'array':
      return itemsOf(expression.items, run);
    case 'object':
      return objectOf(expression.properties, run);
    case 'template':
      return expression.texts.map((text, index) => text + textOf(expression.values[index], run)).join('');
    case 'member':
      return memberOf(expression, run)[1];
    case 'call':
      return callOf(expression, run);
    case 'new':
      return Reflect.construct(callable(run(expression.callee), start), [...itemsOf(expression.args, run)]);
    case 'function':
      return functionOf(expression, names, budget);
    case 'unary':
      return unaryOf(expression.operator, run(expression.operand));
    case 'binary':
      return binaryOf(expression, run);
    case 'condition':
      return run(expression.test) ? run(expression.yes) : run(expression.no);
  }
}

type Run = (part: Expression) => unknown;
type Of<Kind extends Expression['kind']> = Extract<Expression, { readonly kind: Kind }>;

function itemsOf(items: readonly Item[], run: Run): readonly unknown[] {
  return items.flatMap(({ spread, value }) => {
    const item = run(value);
    if (!spread) return [item];
    if (!Array.isArray(item)) throw new ExpressionError('only an array can be spread here', value.start);
    return item as unknown[];
  });
}

function objectOf(properties: Of<'object'>['properties'], run: Run): object {
  const object: Record<string, unknown> = {};
  for (const { key, value } of properties) {
    const result = run(value);
    const entries = key ? [[String(run(key)), result] as const] : Object.entries(Object(result) as object);
    // Defined, not assigned: `__proto__` is a name like any other.
    for (const [name, member] of entries) {
      Object.defineProperty(object, name, { value: member, enumerable: true, configurable: true, writable: true });
    }
  }
  return object;
}

function textOf(value: Expression | undefined, run: Run): string {
  if (!value) return '';
  const result = run(value);
  return typeof result === 'object' && result !== null ? JSON.stringify(result) : String(result);
}

/** The ways out to what the expression was not given, and those to make a text of any length. */
const refused = new Set(
  'constructor prototype __proto__ __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ caller callee repeat padStart padEnd concat fill'.split(
    ' ',
  ),
);

function memberOf({ object, key, optional }: Of<'member'>, run: Run): readonly [owner: unknown, value: unknown] {
  const owner = run(object);
  if (optional && (owner === undefined || owner === null)) return [owner, undefined];
  const name = run(key);
  if (typeof name !== 'string' && typeof name !== 'number') throw new ExpressionError('a member needs a name', key.start);
  if (refused.has(String(name))) throw new ExpressionError(`the member ${name} is not available here`, key.start);
  if (typeof owner === 'function') throw new ExpressionError('functions have no members here', key.start);
  if (owner === undefined || owner === null) throw new ExpressionError(`cannot read ${name} of ${owner}`, key.start);
  return [owner, Reflect.get(Object(owner), name, owner)];
}

function callOf({ callee, args, optional, start }: Of<'call'>, run: Run): unknown {
  const [owner, called] = callee.kind === 'member' ? memberOf(callee, run) : [undefined, run(callee)];
  const isMissing = called === undefined || called === null;
  if (isMissing && (optional || (callee.kind === 'member' && callee.optional))) return undefined;
  return Reflect.apply(callable(called, callee.start ?? start), owner, [...itemsOf(args, run)]);
}

function callable(value: unknown, offset: number): (...args: unknown[]) => unknown {
  if (typeof value !== 'function') throw new ExpressionError('this is not a function', offset);
  return value as (...args: unknown[]) => unknown;
}

function functionOf({ parameters, body, start }: Of<'function'>, names: Names, budget: Budget): (...args: unknown[]) => unknown {
  return (...args) =>
    budget.within(start, () => {
      const bound: Record<string, unknown> = Object.create(names);
      for (const [index, parameter] of parameters.entries()) bind(parameter, args[index], bound, budget);
      return evaluate(body, bound, budget);
    });
}

function bind(pattern: Pattern, value: unknown, bound: Record<string, unknown>, budget: Budget): void {
  if (pattern.kind === 'name') {
    bound[pattern.name] = value === undefined && pattern.initial ? evaluate(pattern.initial, bound, budget) : value;
  } else if (pattern.kind === 'array') {
    for (const [index, each] of pattern.items.entries()) bind(each, memberAt(value, index), bound, budget);
  } else for (const { key, pattern: field } of pattern.fields) bind(field, memberAt(value, key), bound, budget);
}

function memberAt(value: unknown, key: string | number): unknown {
  if (refused.has(String(key)) || typeof value === 'function')
    throw new ExpressionError(`the member ${key} is not available here`, 0);
  if (value === undefined || value === null) throw new TypeError(`cannot read ${key} of ${value}`);
  return Reflect.get(Object(value), key);
}

function unaryOf(operator: string, value: unknown): unknown {
  if (operator === '!') return !value;
  if (operator === 'typeof') return typeof value;
  if (operator === 'void') return undefined;
  return operator === '-' ? -Number(value) : Number(value);
}

function binaryOf({ operator, left, right, start }: Of<'binary'>, run: Run): unknown {
  const one = run(left);
  if (operator === '&&') return one && run(right);
  if (operator === '||') return one || run(right);
  if (operator === '??') return one ?? run(right);
  const other = run(right);
  if (operator === '===') return one === other;
  if (operator === '!==') return one !== other;
  if (operator === '+' && (typeof one === 'string' || typeof other === 'string')) return joined(one, other, start);
  if (['<', '>', '<=', '>='].includes(operator)) return compare(operator, one, other);
  return calculate(operator, Number(one), Number(other));
}

const longestText = 1_000_000;

function joined(one: unknown, other: unknown, start: number): string {
  const text = String(one) + String(other);
  if (text.length > longestText) throw new ExpressionError(`a text longer than ${longestText} characters`, start);
  return text;
}

function compare(operator: string, one: unknown, other: unknown): boolean {
  const [a, b] = typeof one === 'string' && typeof other === 'string' ? [one, other] : [Number(one), Number(other)];
  if (operator === '<') return a < b;
  if (operator === '>') return a > b;
  return operator === '<=' ? a <= b : a >= b;
}

function calculate(operator: string, a: number, b: number): number {
  if (operator === '+') return a + b;
  if (operator === '-') return a - b;
  if (operator === '*') return a * b;
  return operator === '/' ? a / b : a % b;
}
