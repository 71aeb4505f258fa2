import { tryParseJson } from '../../codecs/json/tryParseJson.js';
import { ContentTypeError, type StreamError } from '../../errors.js';
import type { JsonValue } from '../../events.js';
import { jsonOrText } from '../http/bodies.js';
import { snippetOf } from '../http/openEventStream.js';
import { providerError } from '../http/responseErrors.js';
import { isErrorBody } from '../http/serviceFault.js';

/** How much is kept of the lines that are no fields, in UTF-16 code units. */
const longestStray = 64_000;

/** Adds a line that is no field of an event: part of an error in JSON, of a page, or a proxy's remark. */
export function appendStray(stray: string, line: string): string {
  return stray.length >= longestStray ? stray : `${stray}${line.slice(0, longestStray - stray.length)}\n`;
}

/** The error that stands outside of the events: in JSON, as a whole or in a line, or in a line after `error:`. */
export function strayError(stray: string): StreamError | undefined {
  const body = stray === '' ? undefined : reportedError(stray, stray.split('\n', 50));
  return body === undefined ? undefined : providerError(body);
}

/** The error for other content than events, where nothing else came. */
export function strayContent(stray: string): StreamError | undefined {
  return /^\s*[<[{]/.test(stray) ? new ContentTypeError('text/event-stream', snippetOf(stray)) : undefined;
}

/** The error that data which is no object reports by its first word. */
export function errorInText(data: string): JsonValue | undefined {
  const [word] = /^\[?error\b\]?[\s:]*/i.exec(data) ?? [];
  return word === undefined ? undefined : jsonOrText(data.slice(word.length));
}

function reportedError(stray: string, lines: readonly string[]): JsonValue | undefined {
  const whole = tryParseJson(stray);
  if (whole !== undefined) return isErrorBody(whole) ? whole : undefined;
  for (const line of lines) {
    const value = tryParseJson(line) ?? (/^\s*error:/i.test(line) ? errorInText(line.trim()) : undefined);
    if (typeof value === 'string' ? value !== '' : isErrorBody(value)) return value;
  }
  return undefined;
}
