import type { DeltaEvent } from '../../src/events.js';
import {
  createEventDecoder,
  type DecodingOptions,
  decodeChunk,
  endDecoding,
  hasFinished,
} from '../../src/providers/wire/eventDecoder.js';
import type { WireFormat } from '../../src/providers/wire/wireFormat.js';
import type { Collected } from './respond.js';

/** Decodes the pieces of a stream, and its end, synchronously: without a network. */
export function decodeBytes(format: WireFormat, pieces: readonly Uint8Array[], options: DecodingOptions = {}): Collected {
  const events: DeltaEvent[] = [];
  const decoder = createEventDecoder(format, (event) => events.push(event), options);
  try {
    for (const piece of pieces) if (!hasFinished(decoder)) decodeChunk(decoder, piece);
    if (!hasFinished(decoder)) endDecoding(decoder);
    return { events, error: undefined, completed: true };
  } catch (error) {
    return { events, error, completed: false };
  }
}
