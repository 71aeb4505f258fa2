/** A piece of an expression, with its place in the text: from `start` to before `end`. */
export type Expression = (
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'array'; readonly items: readonly Item[] }
  | { readonly kind: 'object'; readonly properties: readonly Property[] }
  | { readonly kind: 'template'; readonly texts: readonly string[]; readonly values: readonly Expression[] }
  | { readonly kind: 'member'; readonly object: Expression; readonly key: Expression; readonly optional: boolean }
  | { readonly kind: 'call'; readonly callee: Expression; readonly args: readonly Item[]; readonly optional: boolean }
  | { readonly kind: 'new'; readonly callee: Expression; readonly args: readonly Item[] }
  | { readonly kind: 'function'; readonly parameters: readonly Pattern[]; readonly body: Expression }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'condition'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
) &
  Place;

export interface Place {
  readonly start: number;
  readonly end: number;
}

/** An element of an array or an argument of a call; `spread` for `...value`. */
export interface Item {
  readonly value: Expression;
  readonly spread: boolean;
}

/** A property of an object; the key of a spread is `undefined`. */
export interface Property extends Place {
  readonly key: Expression | undefined;
  readonly value: Expression;
}

/** What a parameter of a function binds. */
export type Pattern =
  | { readonly kind: 'name'; readonly name: string; readonly initial: Expression | undefined }
  | { readonly kind: 'object'; readonly fields: readonly { readonly key: string; readonly pattern: Pattern }[] }
  | { readonly kind: 'array'; readonly items: readonly Pattern[] };

/** An expression that cannot be read or run, with the place of the problem. */
export class ExpressionError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'ExpressionError';
    this.offset = offset;
  }
}
