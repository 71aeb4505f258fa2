import type { JsonValue } from '../../../events.js';
import { checkDepth } from '../bounds.js';
import { isRecord } from '../fields/readers.js';

/** A value of a body, and where it is. */
export interface Body {
  readonly value: unknown;
  readonly path: string;
}

/** @param expected What the value must be. */
export function rejected({ path }: Body, expected: string): TypeError {
  return new TypeError(`readUiMessages: ${path} must be ${expected}`);
}

/** A field of an object; never one of its prototype. @throws TypeError if it is not an object. */
export function fieldOf(body: Body, name: string): Body {
  const { value, path } = body;
  if (!isRecord(value)) throw rejected(body, 'an object');
  return { value: Object.hasOwn(value, name) ? value[name] : undefined, path: `${path}.${name}` };
}

/** @throws TypeError if it is not a list. */
export function listOf(body: Body): readonly Body[] {
  const { value, path } = body;
  if (!Array.isArray(value)) throw rejected(body, 'a list');
  // A list may have holes, which `map` skips.
  return Array.from(value, (item: unknown, index) => ({ value: item, path: `${path}[${index}]` }));
}

/** @throws TypeError if it is not text. */
export function textOf(body: Body): string {
  if (typeof body.value !== 'string') throw rejected(body, 'text');
  return body.value;
}

/** @throws TypeError if it is given and not text. */
export function optionalText(body: Body): string | undefined {
  return body.value === undefined || body.value === null ? undefined : textOf(body);
}

/** @throws TypeError if it is given and neither true nor false. */
export function optionalFlag(body: Body): boolean | undefined {
  const { value } = body;
  if (value !== undefined && value !== null && typeof value !== 'boolean') throw rejected(body, 'true or false');
  return value ?? undefined;
}

/** Any JSON; `null` if it is absent. @throws TypeError if it is too deep, or no JSON. */
export function jsonOf(body: Body): JsonValue {
  const { value } = body;
  try {
    checkDepth(value);
  } catch {
    throw rejected(body, 'JSON of at most 256 levels');
  }
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') throw rejected(body, 'JSON');
  return (value ?? null) as JsonValue;
}
