import { isObject, objectOf } from '../../codecs/json/jsonFields.js';
import { tryParseJson } from '../../codecs/json/tryParseJson.js';
import type { ServiceErrorKind } from '../../errors.js';
import type { JsonObject, JsonValue } from '../../events.js';
import { errorMembers, isErrorWord, kindOfError, messageMembers, statusMembers, wordMembers } from './errorWords.js';
import { hideSecrets } from './hideSecrets.js';
import { reportsError } from './reportedError.js';

/** An error body of any provider, in one form. */
export interface ServiceFault {
  /** The body's message, at most 200 characters and without keys, so that an error may have it. Empty if the body has none. */
  readonly message: string;
  readonly kind: ServiceErrorKind;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
}

/**
 * Reads an error body of any provider: flat, nested in one of several members, in a list, JSON within a text, or bare text.
 *
 * @param status The HTTP status. It decides the kind, and not the body's words; but only words tell a quota from a rate limit, and an overload
 * from other server faults. @defaultValue the body's own numeric code, if it is a status
 */
export function serviceFault(body: JsonValue | undefined, status?: number): ServiceFault {
  const { levels, words, text } = openBody(body);
  const reported = firstOf(levels, statusMembers, errorStatus);
  const known = status ?? reported;
  const errorWords = [...words, ...levels.flatMap(wordsOf), ...(isErrorWord(text) ? [text] : [])];
  const message = firstOf(levels, messageMembers, sentence) ?? '';
  return {
    message: cutMessage(text === '' || (isErrorWord(text) && message !== '') ? message : text),
    kind: kindOfError([...errorWords, message].filter(isErrorWord), known, status === undefined),
    status: known,
    code: errorWords[0] ?? firstOf(levels, ['code'], numberText) ?? (known !== status ? String(known) : undefined),
    requestId: firstOf(levels, ['request_id', 'requestId'], sentence),
  };
}

/** Whether a body, or the first entry of a list, is an error in any of the shapes that {@link serviceFault} reads. */
export function isErrorBody(body: JsonValue | undefined): boolean {
  const payload = objectOf(Array.isArray(body) ? body[0] : body);
  const [name = '', ...others] = Object.keys(payload);
  return reportsError(payload) || (others.length === 0 && exceptionName.test(name));
}

/** A body of one member, named by the error, as AWS sends it. */
const exceptionName = /^[A-Za-z]+(Exception|Error)$/;

interface OpenedBody {
  /** The objects that describe the error, the innermost first. */
  readonly levels: readonly JsonObject[];
  readonly words: readonly string[];
  /** The text that the innermost object holds in place of another object. */
  readonly text: string;
}

const deepestLevel = 6;

function openBody(body: JsonValue | undefined): OpenedBody {
  const levels: JsonObject[] = [];
  const words: string[] = [];
  let current = parsedText(body);
  while (levels.length < deepestLevel && current !== undefined) {
    if (Array.isArray(current)) current = parsedText(current[0]);
    if (!isObject(current)) break;
    levels.unshift(current);
    current = innerError(current, words);
  }
  return { levels, words, text: typeof current === 'string' ? current : '' };
}

function innerError(level: JsonObject, words: string[]): JsonValue | undefined {
  const [name = '', ...others] = Object.keys(level);
  if (others.length === 0 && exceptionName.test(name) && isObject(level[name])) {
    words.unshift(name);
    return level[name];
  }
  for (const member of errorMembers) {
    const inner = parsedText(level[member]);
    if (isObject(inner) || Array.isArray(inner)) {
      // MiniMax's numbers mean something else elsewhere.
      if (member === 'base_resp') words.unshift(`base_resp_${String(objectOf(inner)['status_code'])}`);
      return inner;
    }
    if (member === 'error' && sentence(inner)) return inner;
  }
  return undefined;
}

/** The value of a text that is an object or a list in JSON, else the value itself. */
function parsedText(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  return tryParseJson(value) ?? value;
}

function wordsOf(level: JsonObject): readonly string[] {
  const metadata = objectOf(level['metadata']);
  const words = [...wordMembers.map((member) => level[member]), metadata['error_type']].map((word) =>
    typeof word === 'number' ? String(word) : word,
  );
  // An entry of FastAPI's list says where in the request the fault is.
  if (level['loc'] !== undefined) words.push('validation_error');
  return words.filter(isErrorWord);
}

/** The first value of a member that can be read, of the innermost level that has one. */
function firstOf<T>(
  levels: readonly JsonObject[],
  members: readonly string[],
  read: (value: JsonValue | undefined) => T | undefined,
): T | undefined {
  for (const level of levels) {
    for (const member of members) {
      const value = read(level[member]);
      if (value !== undefined) return value;
    }
  }
  return undefined;
}

function sentence(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function numberText(value: JsonValue | undefined): string | undefined {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  return /^[1-9]\d{0,9}$/.test(text) ? text : undefined;
}

function errorStatus(value: JsonValue | undefined): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : undefined;
}

const longestMessage = 200;

/** Makes a message one short line that ends at a whole character and contains no key. */
function cutMessage(text: string): string {
  const start = text
    .slice(0, 4 * longestMessage)
    .replace(/\s+/g, ' ')
    .trim();
  const line = hideSecrets(start);
  if (line.length <= longestMessage) return line;
  return `${line.slice(0, longestMessage - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
