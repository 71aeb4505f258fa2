import { isStreamError } from '../../errors.js';
import { contrast, toText } from './describeEvent.js';

/** One member in which two values differ. */
export interface Difference {
  /** Path of the member as in code, `choices[0].reason`; empty for the value itself. */
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

export function describeDifference({ path, expected, actual }: Difference): string {
  const [expectedPart, actualPart] = contrast(expected, actual, 300);
  return `${path === '' ? '' : `${path}: `}expected ${expectedPart}, got ${actualPart}`;
}

/** The interface of `expect.any`, `expect.objectContaining` and so on in Jest and Vitest. */
interface AsymmetricMatcher {
  asymmetricMatch(actual: unknown): boolean;
}

/**
 * Lists the members in which two values differ. A missing member equals `undefined`. Errors are compared by class and by the own members that
 * the expected error has, without its cause; the message counts only for errors that are not ours. Of a partial, only the expected members count.
 */
export function differencesOf(actual: unknown, expected: unknown): readonly Difference[] {
  const found: Difference[] = [];
  compare(actual, expected, '', found, false);
  return found;
}

/** @param partly Whether only the members of `expected` are compared. */
function compare(actual: unknown, expected: unknown, path: string, found: Difference[], partly: boolean): void {
  if (Object.is(actual, expected) || found.length >= mostDifferences) return;
  if (isMatcher(expected)) {
    if (!expected.asymmetricMatch(actual)) found.push(difference(path, expected, actual));
  } else if (isErrorLike(actual)) compareError(actual, expected, path, found);
  else if (!isObject(actual) || !isObject(expected) || kindOf(actual) !== kindOf(expected) || path.length > longestPath) {
    found.push(difference(path, expected, actual));
  } else if (actual instanceof Date) compare(Number(actual), Number(expected), path, found, partly);
  else if (isIterable(actual) && isIterable(expected) && !Array.isArray(actual)) {
    compare([...actual], [...expected], path, found, partly);
  } else compareMembers(actual, expected, membersOf(actual, expected, partly), path, found, partly);
}

const mostDifferences = 20;

/** Longer than any path in an event; it ends the recursion in values that contain themselves. */
const longestPath = 2_000;

function compareMembers(
  actual: Readonly<Record<string, unknown>>,
  expected: Readonly<Record<string, unknown>>,
  names: Iterable<string>,
  path: string,
  found: Difference[],
  partly: boolean,
): void {
  for (const name of names) {
    const step = /^\d+$/.test(name) ? `[${name}]` : `${path === '' ? '' : '.'}${name}`;
    compare(memberOf(actual, name), memberOf(expected, name), path + step, found, partly || name === 'partial');
  }
}

function membersOf(actual: object, expected: object, partly: boolean): Set<string> {
  return new Set(partly ? Object.keys(expected) : [...Object.keys(expected), ...Object.keys(actual)]);
}

/** Own members only. */
function memberOf(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Members of an Error that are compared separately, or only meant for people. */
const notCompared: ReadonlySet<string> = new Set(['cause', 'stack', 'message', 'name']);

function compareError(actual: Error, expected: unknown, path: string, found: Difference[]): void {
  if (!isObject(expected)) return void found.push(difference(path, expected, actual));
  const pattern = expected as Readonly<Record<string, unknown>>;
  const fields = actual as unknown as Readonly<Record<string, unknown>>;
  if (!isErrorLike(expected)) return compareMembers(errorFields(actual), pattern, Object.keys(pattern), path, found, true);
  const start = path === '' ? '' : `${path}.`;
  if (actual.name !== expected.name) found.push({ path: `${start}class`, expected: expected.name, actual: actual.name });
  // The kind of our errors is compared; their wording may change.
  if (!isStreamError(expected)) compare(actual.message, expected.message, `${start}message`, found, false);
  const names = Object.keys(expected).filter((name) => !notCompared.has(name) && memberOf(pattern, name) !== undefined);
  compareMembers(fields, pattern, names, path, found, false);
}

/** With the members that a spread omits: name, message and cause are not enumerable. */
function errorFields(error: Error): Readonly<Record<string, unknown>> {
  return { ...error, name: error.name, message: error.message, cause: error.cause };
}

function difference(path: string, expected: unknown, actual: unknown): Difference {
  return { path, expected: toText(expected), actual: toText(actual) };
}

function isMatcher(value: unknown): value is AsymmetricMatcher {
  return isObject(value) && typeof value['asymmetricMatch'] === 'function';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

/** Also true for errors of another realm, such as a test runner's sandbox. */
function isErrorLike(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]' || isStreamError(value);
}

function kindOf(value: object): string {
  return Object.prototype.toString.call(value);
}
