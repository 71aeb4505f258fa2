import { fillPartial } from '../../errors.js';
import type { DeltaEvent } from '../../events.js';
import { createPartialFold } from '../../message/partialFold.js';
import type { EmitEvent, WireDecoder } from './wire.js';

/** A decoder that knows no message. */
export type EventDecoder = Omit<WireDecoder, 'partial'>;

/** Adds up what a decoder emits, so that its errors carry the message so far. */
export function keepPartial(decoder: EventDecoder): WireDecoder {
  const fold = createPartialFold();
  let emitEvent: EmitEvent;

  /** One function for all frames, and added up first: what `emit` does with an event may throw. */
  function push(event: DeltaEvent): void {
    fold.push(event);
    emitEvent(event);
  }

  return {
    get finished() {
      return decoder.finished;
    },
    decode(data, name, emit) {
      emitEvent = emit;
      try {
        decoder.decode(data, name, push);
      } catch (error) {
        throw fillPartial(error, fold.partial);
      }
    },
    end(emit) {
      emitEvent = emit;
      try {
        decoder.end(push);
      } catch (error) {
        throw fillPartial(error, fold.partial);
      }
    },
    partial: fold.partial,
  };
}
