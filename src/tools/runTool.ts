import { isObservable, Observable, Subscriber, timer } from 'rxjs';
import type { JsonValue, ToolCall, Turn } from '../events.js';
import { isPromiseLike } from '../structured/standardSchema.js';
import { createCallSignal } from './callSignal.js';
import type { Tool } from './definitions/tool.js';
import { createProgress } from './progress.js';
import { failureEvent, resultEvent, type ToolEvent } from './toolEvents.js';
import { toolOutput } from './toolOutput.js';

/** The argument of `onToolError`. */
export interface ToolErrorContext {
  /** What the tool has thrown, or why its result is none. */
  readonly error: unknown;
  readonly callId: string;
  readonly name: string;
  readonly input: unknown;
}

/** How a tool is run. */
export interface RunPolicy {
  readonly timeoutMs: number | undefined;
  readonly maxResultChars: number;
  readonly onToolError: ((context: ToolErrorContext) => JsonValue) | undefined;
}

/** A call, and the conversation that it belongs to. */
export interface CallRequest {
  readonly call: ToolCall;
  readonly turns: readonly Turn[];
  readonly step: number;
}

/**
 * Runs a tool: emits its progress and then its result, which is an error if the tool fails. Not composed of operators, because thousands of calls may
 * wait at a time, and each operator would hold as much as the call.
 */
export function runTool(
  tool: Tool<unknown>,
  input: unknown,
  { call, turns, step }: CallRequest,
  policy: RunPolicy,
): Observable<ToolEvent> {
  return new Observable((subscriber) => {
    const { timeoutMs = policy.timeoutMs } = tool;
    const signal = createCallSignal();
    let cancel: (() => void) | undefined;
    let ended = false;

    function emit(value: unknown, preliminary = false): void {
      subscriber.next(resultEvent(call, toolOutput(value, policy.maxResultChars), preliminary));
    }

    function succeed(value: unknown): void {
      if (ended) return;
      try {
        emit(value);
      } catch (error) {
        return fail(error);
      }
      ended = true;
      subscriber.complete();
    }

    function fail(error: unknown): void {
      if (ended) return;
      end();
      try {
        subscriber.next(failureEvent(call, outputOf(error)));
        subscriber.complete();
      } catch (thrown) {
        // The result shows that a tool has run, so that nothing repeats the stream.
        subscriber.next(failureEvent(call, messageOf(error, policy)));
        subscriber.error(thrown);
      }
    }

    function outputOf(error: unknown): JsonValue {
      const { callId, name } = call;
      const { onToolError } = policy;
      return onToolError ? toolOutput(onToolError({ error, callId, name, input }), Infinity) : messageOf(error, policy);
    }

    /** Cancels the tool, unless it has ended. */
    function end(): void {
      if (ended) return;
      ended = true;
      signal.abort();
      cancel?.();
    }

    function subscribeTo(values: Observable<unknown>): void {
      const progress = createProgress((value) => {
        try {
          emit(value, true);
        } catch (error) {
          fail(error);
        }
      });
      const inner = new Subscriber<unknown>({
        next: progress.push,
        error: fail,
        complete() {
          // What the tool holds is released before another one starts.
          inner.unsubscribe();
          succeed(progress.end());
        },
      });
      cancel = () => {
        progress.discard();
        inner.unsubscribe();
      };
      values.subscribe(inner);
    }

    subscriber.add(end);
    if (timeoutMs !== undefined) {
      const late = (): void => fail(new Error(`The tool did not finish within ${timeoutMs} ms`));
      subscriber.add(timer(timeoutMs).subscribe({ next: late, error: fail }));
    }
    try {
      const returned = tool.run(input, contextOf(call, turns, step, signal.read));
      if (isObservable(returned)) subscribeTo(returned);
      else if (isPromiseLike(returned)) returned.then(succeed, fail);
      else succeed(returned);
    } catch (error) {
      fail(error);
    }
  });
}

function contextOf({ callId, name }: ToolCall, turns: readonly Turn[], step: number, readSignal: () => AbortSignal) {
  return {
    callId,
    name,
    turns,
    step,
    get signal() {
      return readSignal();
    },
  };
}

/** What the model and the user read about an error. */
function messageOf(error: unknown, { maxResultChars }: RunPolicy): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message === '') return 'The tool failed';
  return message.length <= maxResultChars ? message : `${message.slice(0, maxResultChars)}…`;
}
