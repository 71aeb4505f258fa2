import { catchError, concat, defer, from, isObservable, map, type Observable, of, takeUntil, tap, timer } from 'rxjs';
import type { JsonValue, ToolCall, Turn } from '../events.js';
import { isPromiseLike } from '../structured/standardSchema.js';
import { withSignal } from './callSignal.js';
import type { Tool } from './definitions/tool.js';
import { markProgress, type ToolValue } from './progress.js';
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

/** Runs a tool: emits its progress and then its result, which is an error if the tool fails. */
export function runTool(
  tool: Tool<unknown>,
  input: unknown,
  { call, turns, step }: CallRequest,
  { timeoutMs, maxResultChars, onToolError }: RunPolicy,
): Observable<ToolEvent> {
  const { callId, name } = call;

  function failed(error: unknown): Observable<ToolEvent> {
    try {
      const output = onToolError ? onToolError({ error, callId, name, input }) : messageOf(error, maxResultChars);
      return of(failureEvent(call, toolOutput(output, Infinity)));
    } catch (thrown) {
      // The result shows that a tool has run, so that nothing repeats the stream.
      return concat(
        of(failureEvent(call, messageOf(error, maxResultChars))),
        defer((): never => {
          throw thrown;
        }),
      );
    }
  }

  const values = withSignal((readSignal) => {
    const context = {
      callId,
      name,
      turns,
      step,
      get signal() {
        return readSignal();
      },
    };
    return withinTime(valuesOf(tool.run(input, context)), tool.timeoutMs ?? timeoutMs);
  });
  return values.pipe(
    map(({ value, preliminary }) => resultEvent(call, toolOutput(value, maxResultChars), preliminary)),
    catchError(failed),
  );
}

function valuesOf(returned: unknown): Observable<ToolValue> {
  if (isObservable(returned)) return returned.pipe(markProgress());
  if (isPromiseLike(returned)) return from(returned).pipe(map(toResult));
  return of(toResult(returned));
}

function toResult(value: unknown): ToolValue {
  return { value, preliminary: false };
}

function withinTime<T>(values: Observable<T>, timeoutMs: number | undefined): Observable<T> {
  if (timeoutMs === undefined) return values;
  const late = tap(() => {
    throw new Error(`The tool did not finish within ${timeoutMs} ms`);
  });
  return values.pipe(takeUntil(timer(timeoutMs).pipe(late)));
}

/** What the model and the user read about an error. */
function messageOf(error: unknown, maxChars: number): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message === '') return 'The tool failed';
  return message.length <= maxChars ? message : `${message.slice(0, maxChars)}…`;
}
