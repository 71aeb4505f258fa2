import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../../src/events.js';

const folder = fileURLToPath(new URL('../../fixtures/anthropic', import.meta.url));

/** The names of all fixtures: each is a whole stream. */
export const fixtureNames: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith('.sse'))
  .map((file) => file.slice(0, -'.sse'.length))
  .sort();

export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, `${name}.sse`)));
}

/** A stream's payloads, read without our own decoders. */
export function payloadsOf(bytes: Uint8Array): readonly JsonObject[] {
  return new TextDecoder()
    .decode(bytes)
    .split(/\r?\n\r?\n/)
    .flatMap((event) => /^data: ?(.*)$/m.exec(event)?.[1] ?? [])
    .map((data) => JSON.parse(data) as JsonObject);
}
