import type { OperatorFunction } from 'rxjs';
import type { DeltaEvent, JsonValue, ToolCallStartEvent } from '../events.js';
import { operateEvents } from '../kernel/operateEvents.js';
import { checkCalled } from '../kernel/options.js';
import { createPartialFold } from '../message/partialFold.js';
import type { DeepPartial } from '../structured/deepPartial.js';
import { createToolInputReader, type ToolInputReader } from '../structured/toolInputReader.js';

/**
 * Emits the input of a tool call while it grows.
 *
 *     source   s-a-b-c-d-f|     a: the call begins, b: '{"city": "Par', c: 'is"}', d: it ends
 *     result   ----x-y----|     x = { city: 'Par' }, y = { city: 'Paris' }
 *
 * The snapshots are those of {@link partialJson}. A call without arguments has the input `{}`; a stream without the call gives none. After a
 * `reset` that voids the call it reads the next one. It completes with its source, not with the call, so that the request is not aborted.
 *
 * @emitsError {@link ParseError} with `offset` and the last good `value` where the arguments are not JSON or are truncated, with
 * `finishReason` if it is known; {@link LimitError} past 256 levels.
 * @unsubscribe Discards the input.
 *
 * @reset Starts again if it voids the call.
 * @cost Linear in the arguments. Holds their value, and the message so far, for `error.partial`.
 * @param callId The call to read. @defaultValue the first call of choice 0 to a client tool with JSON arguments
 * @throws TypeError at call time if `callId` is not a string.
 * @example events$.pipe(partialToolInput<{ city: string }>('call_1'))
 */
export function partialToolInput<T = JsonValue>(callId?: string): OperatorFunction<DeltaEvent, DeepPartial<T>> {
  checkCalled('partialToolInput', callId);
  if (callId !== undefined && typeof callId !== 'string') throw new TypeError('callId must be a string');
  return operateEvents({ name: 'partialToolInput', fold: true }, (destination) => {
    const message = createPartialFold();
    let step = 0;
    let call: ToolInputReader | undefined;
    /** The step in which the call began. */
    let callStep = 0;

    function startCall({ callId: id, format }: ToolCallStartEvent): void {
      call = createToolInputReader(id, message, (input) => destination.next(input as DeepPartial<T>));
      callStep = step;
      if (format === 'text') throw call.parseError('The arguments of the call are free text', {});
    }

    return {
      next(event) {
        message.push(event);
        switch (event.type) {
          case 'tool-call-start':
            if (!call && isWanted(event, callId)) startCall(event);
            return;
          case 'tool-call-delta':
            if (event.callId === call?.callId) call.write(event.argumentsText);
            return;
          case 'tool-call-end':
            if (event.callId === call?.callId) call.end(event.argumentsText);
            return;
          case 'step':
            step = event.step;
            return;
          case 'reset':
            if (callStep >= event.step) call = undefined;
            step = Math.min(step, event.step);
            return;
          default:
        }
      },
      complete() {
        if (call && !call.ended) throw call.parseError('The stream ended before the arguments did');
        destination.complete();
      },
    };
  });
}

function isWanted({ callId, choice, format, executor }: ToolCallStartEvent, wanted: string | undefined): boolean {
  if (choice !== 0) return false;
  return wanted === undefined ? format === 'json' && executor === 'client' : callId === wanted;
}
