import { keepPartial } from '../keepPartial.js';
import type { Wire } from '../wire.js';
import { createSseDecoder } from './decoder.js';
import { createSseEncoder } from './encoder.js';

/**
 * Creates the wire of this package: each event is one frame, and none is lost.
 *
 *     events     s-----a-----b-----f|
 *     frames     {"type":"start",…}  {"type":"text-delta","text":"a",…}  …  {"type":"finish",…}
 *
 * The data of a frame is the event as JSON. A frame has no name, and an id only where a store gave one. An error is the frame
 * `{"type":"error","error":ErrorInfo}`, of which the decoder makes an error of the same class and kind, with the message so far as `partial`.
 *
 * The decoder accepts a stream only with its `finish`: a body that ends before it, or with `[DONE]`, is a {@link TruncatedError}. It checks
 * each field, so that folds can trust what it emits; an event of a type that it does not know becomes a `raw` event. Neither side takes data
 * of more than 16 MiB, or JSON of more than 256 levels: {@link LimitError}.
 *
 * @example fromWire('/api/answer', { wire: sse() }).pipe(accumulateText())
 */
export function sse(): Wire {
  return { headers, createEncoder: createSseEncoder, createDecoder: () => keepPartial(createSseDecoder()) };
}

const headers: Wire['headers'] = {};
