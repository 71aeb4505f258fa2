import { asyncScheduler, from, isObservable, Observable, of, throwError } from 'rxjs';
import type { JsonValue } from '../../events.js';
import type { Tool, ToolContext } from '../../tools/definitions/tool.js';

/** What a tool of {@link fakeTools} does in one call: gives a result, throws, plays any stream or promise, or computes one of these. */
export type FakeToolResult =
  | JsonValue
  | Error
  | Observable<unknown>
  | PromiseLike<unknown>
  | ((input: unknown, context: ToolContext) => unknown);

/** The record of one call. Times are those of `asyncScheduler`, in milliseconds: virtual in virtual time. */
export interface FakeToolCall {
  readonly name: string;
  readonly callId: string;
  readonly step: number;
  readonly input: unknown;
  readonly startedAtMs: number;
  /** `undefined` while the tool runs. */
  readonly endedAtMs: number | undefined;
  /** `'complete'` or `'error'` if the script ended it, `'cancelled'` if it was unsubscribed. */
  readonly end: 'open' | 'complete' | 'error' | 'cancelled';
}

/** Tools that play a script, and the record of their calls. */
export interface FakeTools<Name extends string> {
  readonly tools: Readonly<Record<Name, Tool<unknown>>>;
  /** Every call so far, in the order in which they were started. */
  readonly calls: readonly FakeToolCall[];
  /** The same as frames, for `expectSubscriptions(subscriptions)`. */
  readonly subscriptions: { subscribedFrame: number; unsubscribedFrame: number }[];
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Creates tools that play a script: each call of a tool gets its next result and is recorded.
 *
 *     script            { weather: [cold('-p-(r|)'), 'sunny'] }
 *     first call        -p-(r|)     progress, then the result
 *     second call       (r|)
 *
 * A call past the end of the script is an error, which the model receives.
 *
 * @param script The results of each tool, in order.
 * @returns The tools for `runTools`, which accept any input, and the record of their calls.
 * @throws TypeError at call time if the results of a tool are no array.
 * @example const { tools, calls } = fakeTools({ weather: [{ celsius: 21 }, new Error('No such city')] });
 */
export function fakeTools<Name extends string>(script: Readonly<Record<Name, readonly FakeToolResult[]>>): FakeTools<Name> {
  const calls: Mutable<FakeToolCall>[] = [];
  const subscriptions: FakeTools<Name>['subscriptions'] = [];

  function record(name: string, input: unknown, { callId, step }: ToolContext, played: Observable<unknown>): Observable<unknown> {
    return new Observable((subscriber) => {
      const startedAtMs = asyncScheduler.now();
      const call: Mutable<FakeToolCall> = { name, callId, step, input, startedAtMs, endedAtMs: undefined, end: 'open' };
      const log = { subscribedFrame: startedAtMs, unsubscribedFrame: Infinity };
      calls.push(call);
      subscriptions.push(log);
      subscriber.add(() => {
        if (call.end === 'open') call.end = 'cancelled';
        call.endedAtMs = asyncScheduler.now();
        log.unsubscribedFrame = call.endedAtMs;
      });
      return played.subscribe({
        next: (value) => subscriber.next(value),
        error(error: unknown) {
          call.end = 'error';
          subscriber.error(error);
        },
        complete() {
          call.end = 'complete';
          subscriber.complete();
        },
      });
    });
  }

  function toTool(name: string, results: readonly FakeToolResult[]): Tool<unknown> {
    if (!Array.isArray(results)) throw new TypeError(`fakeTools: the results of ${name} must be an array`);
    let next = 0;
    return {
      jsonSchema: { type: 'object' },
      run(input, context) {
        const result = next < results.length ? results[next] : new RangeError(unscripted(name, next, results.length));
        next++;
        return record(name, input, context, toStream(typeof result === 'function' ? result(input, context) : result));
      },
    };
  }

  const entries = Object.entries<readonly FakeToolResult[]>(script).map(([name, results]) => [name, toTool(name, results)]);
  return { tools: Object.fromEntries(entries), calls, subscriptions };
}

function unscripted(name: string, call: number, results: number): string {
  return `fakeTools: call ${call + 1} of ${name}, but the script has ${results === 1 ? '1 result' : `${results} results`}`;
}

function toStream(result: unknown): Observable<unknown> {
  if (isObservable(result)) return result;
  if (result instanceof Error) return throwError(() => result);
  if (typeof result === 'object' && result !== null && 'then' in result) return from(result as PromiseLike<unknown>);
  return of(result);
}
