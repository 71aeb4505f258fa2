import { expect } from '@jest/globals';
import type { DeltaEvent } from '../../src/events.js';
import type { WireFormat } from '../../src/providers/wire/wireFormat.js';
import { decodeBytes } from './decodeBytes.js';
import type { Collected } from './respond.js';

const chunkSizes: readonly number[] = [1, 7, Infinity];

/** Decodes a stream at several chunk sizes, with templates and without, and expects the same events and the same end each time. */
export function decodeEveryWay(format: WireFormat, stream: string): Collected {
  const bytes = new TextEncoder().encode(stream);
  const [first, ...others] = chunkSizes.flatMap((size) =>
    [true, false].map((templates) => decodeBytes(format, pieces(bytes, size), { templates })),
  );
  if (first === undefined) throw new Error('no chunk size');
  for (const other of others) {
    expect(withoutPings(other.events)).toEqual(withoutPings(first.events));
    expect(String(other.error)).toBe(String(first.error));
  }
  return first;
}

/** A stream of these payloads; a text is taken as it is. */
export function sse(...payloads: readonly (object | string)[]): string {
  return payloads
    .map((payload) => (typeof payload === 'string' ? `${payload}\n\n` : `data: ${JSON.stringify(payload)}\n\n`))
    .join('');
}

function pieces(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  if (size >= bytes.length) return [bytes];
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}

function withoutPings(events: readonly DeltaEvent[]): readonly DeltaEvent[] {
  return events.filter(({ type }) => type !== 'ping');
}
