import { MalformedEventError } from '../../../errors.js';

/** Returns a value of a payload, checked; `wrong` if it is not of its kind. */
export type Reader = (value: unknown) => unknown;

/** The names of the fields that an object has, with the reader of each. */
export type Fields = Readonly<Record<string, Reader>>;

export const wrong: unique symbol = Symbol('wrong');

export const text: Reader = (value) => (typeof value === 'string' ? value : wrong);
export const flag: Reader = (value) => (typeof value === 'boolean' ? value : wrong);
/** JSON has no Infinity, but `1e999` is read as one. */
export const figure: Reader = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : wrong);
export const count: Reader = (value) => (Number.isSafeInteger(value) && (value as number) >= 0 ? value : wrong);
export const json: Reader = (value) => (value === undefined ? wrong : value);
export const optionalJson: Reader = (value) => value;

/** Other languages write `null` for what is absent. */
export function optional(read: Reader): Reader {
  return (value) => (value === undefined || value === null ? undefined : read(value));
}

export const someText: Reader = optional(text);
export const someFigure: Reader = optional(figure);

/** One of some words. What a later version has in their place reads as `other`. */
export function oneOf(words: readonly string[], other: unknown = wrong): Reader {
  return (value) => (typeof value === 'string' && words.includes(value) ? value : typeof value === 'string' ? other : wrong);
}

export function list(read: Reader): Reader {
  return (value) => {
    if (!Array.isArray(value)) return wrong;
    const items = value.map(read);
    return items.includes(wrong) ? wrong : items;
  };
}

/** An object with any keys. */
export function record(read: Reader): Reader {
  return (value) => (isRecord(value) && !Object.values(value).map(read).includes(wrong) ? value : wrong);
}

/** An object with these fields, each of which it has afterwards. Others are dropped. */
export function shape(fields: Fields): Reader {
  const entries = Object.entries(fields);
  return (value) => {
    if (!isRecord(value)) return wrong;
    const result: Record<string, unknown> = {};
    for (const [name, read] of entries) {
      const field = read(value[name]);
      if (field === wrong) return wrong;
      result[name] = field;
    }
    return result;
  };
}

/** Reads an event of this type, whose fields are in this order. @throws MalformedEventError that names the field which is wrong. */
export function readFields(type: string, fields: Fields, payload: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const event: Record<string, unknown> = { type };
  for (const name in fields) {
    const value = fields[name]?.(payload[name]);
    if (value === wrong) throw new MalformedEventError(`The ${name} of a ${type} event is missing or wrong`);
    event[name] = value;
  }
  return event;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
