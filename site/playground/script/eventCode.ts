import { type DeltaEvent, isDeltaEvent } from 'rxllm';
import { testing } from './builders.js';
import { isSame } from './same.js';

/** A value as code: an event by its builder of `rxllm/testing` where that is shorter, everything else as it is. */
export function valueCode(value: unknown): string {
  return (isDeltaEvent(value) && builderCode(value)) || literalCode(value);
}

type Fields = Readonly<Record<string, unknown>>;

/** The builder of each type, and which of its fields come before the others. */
const builders: Readonly<Record<string, readonly [name: string, ...positional: readonly string[]]>> = {
  start: ['start'],
  'text-delta': ['text', 'text'],
  'reasoning-delta': ['reasoning', 'text'],
  'refusal-delta': ['refusal', 'text'],
  'tool-call-start': ['toolCallStart', 'callId', 'name'],
  'tool-call-delta': ['toolCallDelta', 'callId', 'argumentsText'],
  'tool-call-end': ['toolCallEnd', 'callId', 'name', 'argumentsText'],
  ping: ['ping'],
  finish: ['finish', 'reason'],
};

function builderCode(event: DeltaEvent): string | undefined {
  if (event.type === 'usage') return usageCode(event);
  const [name, ...positional] = builders[event.type] ?? [];
  if (name === undefined) return undefined;
  const fields = event as unknown as Fields;
  const build = Reflect.get(testing, name) as (...args: unknown[]) => Fields;
  const first = positional.map((field) => fields[field]);
  const standard = build(...first);
  const other = Object.entries(fields).filter(([key, value]) => !isSame(value, standard[key]));
  const args = [...first, ...(other.length > 0 ? [Object.fromEntries(other)] : [])].map(literalCode);
  const isShort = name === 'finish' && args.length === 1 && event.type === 'finish' && event.reason === 'stop';
  return `testing.${name}(${isShort ? '' : args.join(', ')})`;
}

function usageCode(event: Extract<DeltaEvent, { readonly type: 'usage' }>): string | undefined {
  const standard = testing.usageOf() as unknown as Fields;
  const fields = Object.fromEntries(Object.entries(event.usage).filter(([key, value]) => !isSame(value, standard[key])));
  return isSame(testing.usage(fields), event) ? `testing.usage(${literalCode(fields)})` : undefined;
}

/** A value as JavaScript, in the quotes of the documentation. */
export function literalCode(value: unknown): string {
  if (typeof value === 'string') return textCode(value);
  if (Array.isArray(value)) return `[${value.map(literalCode).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return members.length === 0
    ? '{}'
    : `{ ${members.map(([key, member]) => `${keyCode(key)}: ${literalCode(member)}`).join(', ')} }`;
}

function keyCode(key: string): string {
  if (key === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : textCode(key);
}

function textCode(text: string): string {
  const json = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}
