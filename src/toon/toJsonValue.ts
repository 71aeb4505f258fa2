import type { JsonValue } from '../events.js';

/** The deepest nesting that is written, the same as the decoder reads. */
const maxDepth = 256;

const loneSurrogate = /\p{Surrogate}/u;

/**
 * Converts a value to plain JSON data. Calls `toJSON` and omits undefined properties, as `JSON.stringify` does. A Map becomes an object, a Set
 * an array, and a bigint a number or, past the safe integers, a string of its digits, as the TOON specification requires.
 *
 * @throws TypeError with the path, for anything that would be lost silently: functions, symbols, NaN, cycles and others.
 * @see https://github.com/toon-format/spec/blob/main/SPEC.md (host type normalization)
 */
export function toJsonValue(data: unknown): JsonValue {
  const path: PropertyKey[] = [];
  const ancestors = new Set<object>();

  function reject(what: string): never {
    throw new TypeError(`toonPrompt: cannot encode ${what} at ${describePath(path)}`);
  }

  function convert(given: unknown): JsonValue {
    if (isInvalidDate(given)) return reject('an invalid date');
    const value = callToJson(given, path.at(-1));
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string') return loneSurrogate.test(value) ? reject('a lone surrogate') : value;
    if (typeof value === 'number') return Number.isFinite(value) ? value : reject(String(value));
    if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    if (typeof value === 'object') return enter(value);
    return reject(value === undefined ? 'undefined' : `a ${typeof value}`);
  }

  function enter(value: object): JsonValue {
    if (ancestors.has(value)) reject('a cycle');
    if (ancestors.size >= maxDepth) reject(`more than ${maxDepth} levels`);
    ancestors.add(value);
    const converted = convertContainer(value);
    ancestors.delete(value);
    return converted;
  }

  function convertContainer(value: object): JsonValue {
    // Array.from makes the holes of a sparse array undefined, so that they are rejected.
    if (Array.isArray(value) || value instanceof Set) return Array.from<unknown>(value).map(convertAt);
    if (value instanceof Map) return convertEntries([...value]);
    const tag = Object.prototype.toString.call(value).slice('[object '.length, -1);
    if (tag !== 'Object') return reject(`a value of type ${tag}`);
    return convertEntries(Object.entries(value).filter(([, property]) => property !== undefined));
  }

  function convertEntries(entries: readonly (readonly [unknown, unknown])[]): JsonValue {
    return Object.fromEntries(
      entries.map(([key, property]) => {
        if (typeof key !== 'string' && typeof key !== 'number') return reject('a key that is no string');
        if (loneSurrogate.test(String(key))) return reject('a key with a lone surrogate');
        return [key, convertAt(property, key)];
      }),
    );
  }

  function convertAt(value: unknown, key: PropertyKey): JsonValue {
    path.push(key);
    const converted = convert(value);
    path.pop();
    return converted;
  }

  return convert(data);
}

function callToJson(value: unknown, key: PropertyKey = ''): unknown {
  if (typeof value !== 'object' || value === null || !('toJSON' in value) || typeof value.toJSON !== 'function') return value;
  return value.toJSON(String(key));
}

/** Rejected before `toJSON` is called, which would return null. */
function isInvalidDate(value: unknown): boolean {
  return value instanceof Date && Number.isNaN(value.getTime());
}

function describePath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the root';
  const steps = path.map((key) => {
    if (typeof key === 'string' && /^[A-Za-z_$][\w$]*$/.test(key)) return `.${key}`;
    return typeof key === 'number' ? `[${key}]` : `[${JSON.stringify(key)}]`;
  });
  const whole = `$${steps.join('')}`;
  return whole.length > 120 ? `${whole.slice(0, 120)}…` : whole;
}
