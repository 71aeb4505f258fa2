import { isObject, nonEmptyText, numberOf, objectOf, textOf } from '../../../codecs/json/jsonFields.js';
import { tryParseJson } from '../../../codecs/json/tryParseJson.js';
import type { JsonObject } from '../../../events.js';

const lineFeed = 10;
const carriageReturn = 13;

/** The index after the last blank line of a chunk; 0 if it has none. @param before The bytes before the chunk, at least 3 if there are as many. */
export function endOfEvents(chunk: Uint8Array, before: Uint8Array): number {
  const at = (index: number): number | undefined => (index < 0 ? before[before.length + index] : chunk[index]);
  for (let index = chunk.length - 1; index >= 0; index--) {
    if (!endsLine(chunk[index])) continue;
    const previous = chunk[index] === lineFeed && at(index - 1) === carriageReturn ? index - 2 : index - 1;
    if (endsLine(at(previous))) return index + 1;
  }
  return 0;
}

function endsLine(byte: number | undefined): boolean {
  return byte === lineFeed || byte === carriageReturn;
}

/** The payloads of whole events. */
export function payloadsOf(bytes: Uint8Array): readonly JsonObject[] {
  return eventsOf(bytes).flatMap((event): readonly JsonObject[] => {
    const payload = payloadOf(event);
    return payload ? [payload] : [];
  });
}

/** The events without those up to a number. */
export function eventsAfter(bytes: Uint8Array, sequence: number): Uint8Array {
  const later = eventsOf(bytes).filter((event) => (sequenceOf(payloadOf(event)) ?? Infinity) > sequence);
  return new TextEncoder().encode(later.map((event) => `${event}\n\n`).join(''));
}

function eventsOf(bytes: Uint8Array): readonly string[] {
  return new TextDecoder()
    .decode(bytes)
    .split(/\r\n\r\n|\n\n|\r\r/)
    .filter((event) => event.trim() !== '');
}

function payloadOf(event: string): JsonObject | undefined {
  const lines = event.split(/\r\n|\n|\r/).filter((line) => line.startsWith('data:'));
  const payload = tryParseJson(lines.map((line) => line.slice('data:'.length)).join('\n'));
  return isObject(payload) ? payload : undefined;
}

export function sequenceOf(payload: JsonObject | undefined): number | undefined {
  return numberOf(payload?.['sequence_number']);
}

export function responseIdOf(payload: JsonObject): string | undefined {
  return nonEmptyText(objectOf(payload['response'])['id']);
}

/** The id of the response in the beginning of its first event. */
export function beginningOfId(bytes: Uint8Array): string | undefined {
  return /"response" ?: ?{ ?"id" ?: ?"([^"\\]+)"/.exec(new TextDecoder().decode(bytes))?.[1];
}

/** Whether a payload ends the response. */
export function endsResponse({ type }: JsonObject): boolean {
  return /^(?:response\.(?:completed|done|incomplete|failed|cancell?ed|error)|error)$/.test(textOf(type));
}
