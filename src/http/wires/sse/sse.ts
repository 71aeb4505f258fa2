import { keepPartial } from '../keepPartial.js';
import type { Wire } from '../wire.js';
import { createSseDecoder } from './decoder.js';

/**
 * Creates the wire of this package: each event is one frame, and none is lost.
 *
 *     events     start         text-delta "a"                                      finish
 *     frames     {"type":"start",…}  {"type":"text-delta","text":"a",…}    {"type":"finish",…}
 *
 * The data of a frame is the event as JSON. A frame has no name, and an id only where a store gave it one. An error is the frame
 * `{"type":"error","error":…}` with its `ErrorInfo`, of which the decoder makes an error of the same class and kind, with the message so far
 * as `partial`.
 *
 * The decoder takes a stream for complete only with its `finish`: a body that ends before it, also with `[DONE]`, is a `TruncatedError`. It
 * checks each field, so that folds can trust what it emits. An event of a type that it does not know becomes a `raw` event, and so does a frame
 * of another name; the frame `error` of a framework is a `ProviderError`. Neither side takes data of more than 16 MiB, or JSON of more than 256
 * levels: `LimitError`.
 *
 * What it cannot carry:
 * - what JSON cannot: -0 arrives as 0, and a field that is NaN or infinite as `undefined`
 * - fields of an event that its type does not have
 * - of an error, its `cause`, and the messages of the attempts that a `RetryExhaustedError` lists: they were void
 *
 * @example fromWire('/api/answer', { wire: sse() }).pipe(accumulateText())
 */
export function sse(): Wire {
  return { headers: {}, isStateless: true, encoding: { protocol: 'sse' }, createDecoder: () => keepPartial(createSseDecoder()) };
}
