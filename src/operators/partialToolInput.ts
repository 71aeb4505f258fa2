import type { OperatorFunction } from 'rxjs';
import { createJsonParser, type JsonParser } from '../codecs/json/parser.js';
import { JsonSyntaxError } from '../codecs/json/syntaxError.js';
import { fillPartial, ParseError, type ParseErrorDetails } from '../errors.js';
import type { DeltaEvent, FinishReason, JsonValue, ToolCallEndEvent, ToolCallStartEvent } from '../events.js';
import { operate } from '../kernel/operate.js';
import { createMessageFold } from '../message/messageFold.js';
import type { DeepPartial } from '../structured/deepPartial.js';

/**
 * Emits the input of a tool call while the model writes it, as {@link partialJson} emits an answer.
 *
 *     source   s-a-b-c-d-f|     a: the call begins, b: '{"city": "Par', c: 'is"}', d: it ends
 *     result   ----x-y----|     x = { city: 'Par' }, y = { city: 'Paris' }
 *
 * A call without arguments has the input `{}`. A stream without the call gives nothing, and one that mirrors a `reset` begins again. It
 * completes with its source, so that the rest of the answer is not cut off.
 *
 * @param callId The call to read. @defaultValue the first call of choice 0 to a tool of the caller's own whose arguments are JSON
 * @throws TypeError at call time if `callId` is not a string.
 * Emits error: {@link ParseError} with `offset` and the last good `value` where the arguments are not JSON or are cut, with `finishReason` if
 * it is known; {@link LimitError} past 256 levels. On unsubscribe: drops what it holds.
 * @example events$.pipe(partialToolInput<{ city: string }>('call_1'))
 */
export function partialToolInput<T = JsonValue>(callId?: string): OperatorFunction<DeltaEvent, DeepPartial<T>> {
  if (callId !== undefined && typeof callId !== 'string') throw new TypeError('callId must be a string');
  return operate((destination) => {
    const message = createMessageFold();
    let step = 0;
    let call: OpenCall | undefined;
    let finishReason: FinishReason | undefined;

    function open({ callId: id, format }: ToolCallStartEvent): void {
      const parser = createJsonParser({ fences: false, onSnapshot: emit });
      call = { callId: id, step, parser, text: '', ended: false };
      if (format === 'text') throw explain('The arguments of the call are free text', call);
    }

    function isWanted(event: ToolCallStartEvent): boolean {
      if (event.choice !== 0 || call) return false;
      return callId === undefined ? event.format === 'json' && event.executor === 'client' : event.callId === callId;
    }

    function emit(value: JsonValue, _complete: boolean, changed: boolean): void {
      if (changed) destination.next(value as DeepPartial<T>);
    }

    function write(text: string, open: OpenCall): void {
      open.text += text;
      try {
        open.parser.write(text);
      } catch (error) {
        if (!(error instanceof JsonSyntaxError)) throw fillPartial(error, () => message.partial());
        throw explain(error.message, open, { offset: error.offset, cause: error });
      }
    }

    function end({ argumentsText }: ToolCallEndEvent, open: OpenCall): void {
      open.ended = true;
      if (argumentsText.trim() === '') return destination.next({} as DeepPartial<T>);
      if (!open.parser.end())
        throw explain('The arguments end before their JSON value does', open, { offset: open.parser.offset });
    }

    function explain(text: string, { parser, text: read }: OpenCall, details: ParseErrorDetails = {}): ParseError {
      return new ParseError(text, read, finishReason, { value: parser.value(), partial: () => message.partial(), ...details });
    }

    return {
      next(event) {
        message.push(event);
        switch (event.type) {
          case 'tool-call-start':
            if (isWanted(event)) open(event);
            return;
          case 'tool-call-delta':
            if (event.callId === call?.callId) write(event.argumentsText, call);
            return;
          case 'tool-call-end':
            if (event.callId === call?.callId) end(event, call);
            return;
          case 'step':
            step = event.step;
            return;
          case 'reset':
            if (call && call.step >= event.step) call = undefined;
            step = Math.min(step, event.step);
            return;
          case 'finish':
            finishReason = event.reason;
            return;
          default:
        }
      },
      complete() {
        if (call && !call.ended) {
          throw explain('The stream ended before the arguments did', call, { offset: call.parser.offset });
        }
        destination.complete();
      },
    };
  });
}

interface OpenCall {
  readonly callId: string;
  /** The step in which the call began. */
  readonly step: number;
  readonly parser: JsonParser;
  text: string;
  ended: boolean;
}
