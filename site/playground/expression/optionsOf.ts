import { readExpression } from './readExpression.js';
import type { Expression } from './syntax.js';

/** The call of an operator, and the options in it. */
export interface OperatorCall {
  readonly name: string;
  /** The code of each option. */
  readonly options: ReadonlyMap<string, string>;
}

/** Reads the call of an operator; `undefined` for code that is something else, or cannot be read. */
export function readCall(code: string): OperatorCall | undefined {
  const call = callIn(code);
  if (!call) return undefined;
  const object = optionsIn(call.args);
  const options = (object?.properties ?? []).flatMap(({ key, value }) =>
    key?.kind === 'literal' ? [[String(key.value), code.slice(value.start, value.end)] as const] : [],
  );
  return { name: call.callee.name, options: new Map(options) };
}

/**
 * Writes an option into the call of an operator, or removes it.
 *
 * @param value The code of the value; empty removes the option.
 * @returns The code with it; code that is no call is returned as it is.
 */
export function writeOption(code: string, name: string, value: string): string {
  const call = callIn(code);
  if (!call) return code;
  const object = optionsIn(call.args);
  const property = object?.properties.find(({ key }) => key?.kind === 'literal' && key.value === name);
  const written = value.trim();
  if (!object) {
    if (written === '') return code;
    const added = `{ ${name}: ${written} }`;
    return `${code.slice(0, call.end - 1).replace(/,?\s*$/, '')}${call.args.length > 0 ? ', ' : ''}${added}${code.slice(call.end - 1)}`;
  }
  const others = object.properties.filter((each) => each !== property).map((each) => code.slice(each.start, each.end));
  const members =
    written === ''
      ? others
      : property
        ? replaced(code, object, property, `${name}: ${written}`)
        : [...others, `${name}: ${written}`];
  if (members.length > 0) return `${code.slice(0, object.start)}{ ${members.join(', ')} }${code.slice(object.end)}`;
  return `${code.slice(0, object.start).replace(/,\s*$/, '')}${code.slice(object.end)}`;
}

type Call = Extract<Expression, { readonly kind: 'call' }> & { readonly callee: Extract<Expression, { readonly kind: 'name' }> };
type ObjectCode = Extract<Expression, { readonly kind: 'object' }>;

function callIn(code: string): Call | undefined {
  try {
    const call = readExpression(code);
    return call.kind === 'call' && call.callee.kind === 'name' ? (call as Call) : undefined;
  } catch {
    return undefined;
  }
}

function optionsIn(args: Call['args']): ObjectCode | undefined {
  const last = args.at(-1)?.value;
  return last?.kind === 'object' ? last : undefined;
}

function replaced(
  code: string,
  { properties }: ObjectCode,
  property: ObjectCode['properties'][number],
  text: string,
): readonly string[] {
  return properties.map((each) => (each === property ? text : code.slice(each.start, each.end)));
}
