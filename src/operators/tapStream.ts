import type { MonoTypeOperatorFunction } from 'rxjs';
import {
  type ContentEvent,
  type DeltaEvent,
  isContent,
  type Message,
  type ResetEvent,
  type StartEvent,
  type StepEvent,
  type ToolApprovalEvent,
  type ToolCallEndEvent,
  type ToolResultEvent,
  type UsageEvent,
} from '../events.js';
import { operateEvents } from '../kernel/operateEvents.js';
import { checkFunction, checkOptions } from '../kernel/options.js';
import { createMessageFold } from '../message/messageFold.js';
import { joinRestartedUsage } from '../metering/restartedUsage.js';

/** The callbacks. Each one is called before the event is emitted downstream. */
export interface TapStreamOptions {
  /** The provider accepted the request. @defaultValue none */
  readonly start?: (event: StartEvent) => void;
  /**
   * An event with a part of the answer: text, reasoning, a refusal, a tool call or its result, a file, a citation, log-probabilities, the
   * end of a block. @defaultValue none */
  readonly delta?: (event: ContentEvent) => void;
  /** A tool call is complete; `delta` is called too. @defaultValue none */
  readonly toolCall?: (event: ToolCallEndEvent) => void;
  /** A call waits for a decision, or has one; `delta` is called too. @defaultValue none */
  readonly toolApproval?: (event: ToolApprovalEvent) => void;
  /** A tool answered, or reports progress (`preliminary`); `delta` is called too. @defaultValue none */
  readonly toolResult?: (event: ToolResultEvent) => void;
  /** A round of a tool loop ended, and the next one begins. @defaultValue none */
  readonly step?: (event: StepEvent) => void;
  /** The provider or an operator reports usage, either so far or final. @defaultValue none */
  readonly usage?: (event: UsageEvent) => void;
  /** An attempt failed and the request is repeated. @defaultValue none */
  readonly reset?: (event: ResetEvent) => void;
  /** The stream completed, with this message; its `finishReason` is `aborted` if there was no `finish`. @defaultValue none */
  readonly complete?: (message: Message) => void;
  /** The stream errored. @defaultValue none */
  readonly error?: (error: unknown) => void;
  /** Downstream unsubscribed before the end. @defaultValue none */
  readonly unsubscribe?: () => void;
}

const callbackNames = [
  'start',
  'delta',
  'toolCall',
  'toolApproval',
  'toolResult',
  'step',
  'usage',
  'reset',
  'complete',
  'error',
  'unsubscribe',
] as const;

/**
 * Calls back at each stage of a stream, and forwards all events unchanged.
 *
 *     source     s-a-b-f|
 *     result     s-a-b-f|
 *     called     s-d-d--c     start, delta, delta, complete
 *
 * @param options The callbacks. Without `complete`, no message is collected.
 * @throws TypeError at call time for an unknown callback, or one that is not a function.
 * @emitsError What a callback throws.
 * @unsubscribe Calls `unsubscribe`; an error that it throws is reported as unhandled.
 * @reset Calls `reset` and forwards it.
 * @cost Holds the message so far if `complete` is given, else nothing.
 * @example events$.pipe(tapStream({ complete: ({ text, usage }) => log(text.length, usage?.totalTokens) }))
 */
export function tapStream<E extends DeltaEvent>(options: TapStreamOptions = {}): MonoTypeOperatorFunction<E> {
  checkOptions('tapStream', options, callbackNames);
  for (const name of callbackNames) checkFunction(name, options[name]);
  const { start, delta, toolCall, toolApproval, toolResult, step, usage, reset, complete, error, unsubscribe } = options;

  function call(event: DeltaEvent): void {
    if (isContent(event)) delta?.(event);
    if (event.type === 'tool-call-end') toolCall?.(event);
    else if (event.type === 'tool-approval') toolApproval?.(event);
    else if (event.type === 'tool-result') toolResult?.(event);
    else if (event.type === 'step') step?.(event);
    else if (event.type === 'start') start?.(event);
    else if (event.type === 'usage') usage?.(event);
    else if (event.type === 'reset') reset?.(event);
  }

  return operateEvents({ name: 'tapStream', joinUsage: joinRestartedUsage }, (destination) => {
    // Only `complete` receives the message.
    const fold = complete && createMessageFold();
    let calling = false;
    return {
      next(event) {
        calling = true;
        call(event);
        calling = false;
        fold?.push(event);
        destination.next(event);
      },
      settle(outcome, streamError) {
        // When a callback has thrown, no other one is called.
        if (calling) return;
        if (outcome === 'error') error?.(streamError);
        else if (outcome === 'unsubscribe') unsubscribe?.();
        else if (fold) complete?.(fold.message());
      },
    };
  });
}
