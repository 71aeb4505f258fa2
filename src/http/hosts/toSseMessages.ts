import type { OperatorFunction } from 'rxjs';
import { TruncatedError } from '../../errors.js';
import type { DeltaEvent } from '../../events.js';
import { operate } from '../../kernel/operate.js';
import { checkWire } from '../wires/checkWire.js';
import type { Wire } from '../wires/wire.js';
import { createEncoder } from './createEncoder.js';
import { publicError, publicEvent } from './publicError.js';

/** A message of `@Sse` of NestJS. */
export interface SseMessage {
  /** Empty, so that NestJS 12 does not number the messages: an id promises that the rest can be asked for. */
  readonly id: string;
  /** One line of text. */
  readonly data: string;
}

/**
 * Converts events to the messages that a handler with NestJS's `@Sse` returns.
 *
 *     source          s-a-b-#
 *     result          s-a-b-(E|)     E: the error, as the wire reports it
 *
 * An error becomes a message, because NestJS would answer it with words of its own. `@Sse` has no backpressure: a client that reads slowly does
 * not hold the provider back, and is dropped in the end. Where that matters, return the promise of {@link toResponse} from the handler of a
 * route (NestJS 12), or give {@link pipeToNode} the response. NestJS 11 numbers the messages, which {@link fromWire} takes for a stream that can be
 * resumed: use `reconnect: false` there.
 *
 * @throws TypeError at call time for what is not a wire.
 * @emitsError None: errors are messages.
 * @unsubscribe Aborts the request; NestJS unsubscribes when the client leaves.
 * @reset As the wire reports one.
 * @cost One message for each frame.
 * @example
 * @Sse('answer')
 * answer(): Observable<SseMessage> {
 *   return fromMessages(client, params).pipe(toSseMessages(sse()));
 * }
 */
export function toSseMessages(wire: Wire): OperatorFunction<DeltaEvent, SseMessage> {
  checkWire('toSseMessages: wire', wire);
  return operate<DeltaEvent, SseMessage>((destination, upstream) => {
    const encoder = createEncoder(wire);
    let finished = false;
    const write = (data: string): void => destination.next({ id: '', data });

    function fail(error: unknown): void {
      upstream.unsubscribe();
      encoder.fail(publicError(error), write);
      destination.complete();
    }

    return {
      next(event) {
        try {
          encoder.encode(publicEvent(event), write);
        } catch (error) {
          return fail(error);
        }
        finished ||= event.type === 'finish';
        // The protocol could not express the event, and the stream ended with an error.
        if (!finished && encoder.ended) {
          upstream.unsubscribe();
          destination.complete();
        }
      },
      error: fail,
      complete() {
        if (finished) destination.complete();
        else fail(new TruncatedError());
      },
    };
  });
}
