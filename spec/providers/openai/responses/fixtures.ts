import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isStreamError } from '../../../../src/errors.js';
import type { DeltaEvent, JsonObject, Message } from '../../../../src/events.js';
import { createMessageFold } from '../../../../src/message/messageFold.js';
import { responsesFormat } from '../../../../src/providers/openai/responses/format.js';
import { decodeBytes } from '../../../support/decodeBytes.js';
import type { Collected } from '../../../support/respond.js';

const folder = fileURLToPath(new URL('../../../fixtures/responses', import.meta.url));

/** The names of all fixtures: each is a whole stream. */
export const responsesFixtureNames: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith('.sse'))
  .map((file) => file.slice(0, -'.sse'.length))
  .sort();

export function responsesFixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, `${name}.sse`)));
}

/** The expected events of a fixture, in the format of `digestOf`. */
export function responsesFixtureEvents(name: string): string {
  return readFileSync(join(folder, `${name}.events`), 'utf8');
}

/** A stream's payloads, read without our own decoders. */
export function responsesPayloads(bytes: Uint8Array): readonly JsonObject[] {
  return new TextDecoder()
    .decode(bytes)
    .split(/\r?\n\r?\n/)
    .flatMap((event) => /^data: ?(\{.*)$/m.exec(event)?.[1] ?? [])
    .map((data) => JSON.parse(data) as JsonObject);
}

/** A stream of these payloads. */
export function streamOf(payloads: readonly object[]): Uint8Array {
  return new TextEncoder().encode(payloads.map((payload) => `data: ${JSON.stringify(payload)}\n\n`).join(''));
}

/** Decodes synchronously, without a network. */
export function decodeResponses(...pieces: readonly Uint8Array[]): Collected {
  return decodeBytes(responsesFormat, pieces);
}

export function messageOf(events: readonly DeltaEvent[]): Message {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.message();
}

/** All events as text, one a line with its fields, and the outcome. Of items, only the names. */
export function digestOf({ events, error }: Collected): string {
  const end = isStreamError(error)
    ? `${error.name} ${error.kind} ${error.retryable ? 'retryable' : 'final'} ${error.message}`
    : 'complete';
  return [...events.map(lineOf), end, ''].join('\n');
}

function lineOf({ type, ...fields }: DeltaEvent): string {
  const unchanging = { choice: undefined, choices: undefined, provider: undefined, timing: undefined, preliminary: undefined };
  const native = type === 'block-end' || type === 'raw' ? { native: undefined, data: undefined, format: undefined } : {};
  const usage = 'usage' in fields ? { usage: { ...fields.usage, native: undefined } } : {};
  const line = JSON.stringify({ ...fields, ...unchanging, ...native, ...usage });
  return line === '{}' ? type : `${type} ${line}`;
}
