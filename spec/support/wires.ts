import fc from 'fast-check';
import { isStreamError, type StreamError } from '../../src/errors.js';
import type { DeltaEvent } from '../../src/events.js';
import { createEncoder } from '../../src/http/index.js';
import { createFrameReader } from '../../src/http/wires/frameReader.js';
import type { Wire } from '../../src/http/wires/wire.js';
import type { AnyStream } from './anyStream.js';

/** The data of each frame that a stream becomes. */
export function framesOf(wire: Wire, { events, error }: AnyStream): readonly string[] {
  const frames: string[] = [];
  const encoder = createEncoder(wire);
  const write = (data: string): void => void frames.push(data);
  for (const event of events) encoder.encode(event, write);
  if (error) encoder.fail(error, write);
  return frames;
}

/** The frames as server-sent events. */
export function bytesOf(frames: readonly string[]): Uint8Array {
  return new TextEncoder().encode(frames.map((data) => `data: ${data}\n\n`).join(''));
}

/** What is read of the bytes of a response. An error that is not ours is thrown. */
export interface Reading {
  readonly events: readonly DeltaEvent[];
  readonly error: StreamError | undefined;
}

export function readingOf(wire: Wire, chunks: readonly Uint8Array[]): Reading {
  const events: DeltaEvent[] = [];
  const reader = createFrameReader(wire.createDecoder(), (event) => void events.push(event));
  try {
    for (const chunk of chunks) reader.read(chunk);
    reader.end();
    return { events, error: undefined };
  } catch (error) {
    if (!isStreamError(error)) throw error;
    return { events, error };
  }
}

/** The same bytes in any chunks. */
export function anyChunksOf(bytes: Uint8Array): fc.Arbitrary<readonly Uint8Array[]> {
  return fc.array(fc.nat({ max: bytes.length }), { maxLength: 6 }).map((cuts) => {
    const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
    return at.slice(1).map((end, index) => bytes.slice(at[index], end));
  });
}
