import { defer, type Observable, type ObservableInput, takeUntil } from 'rxjs';
import type { DeltaEvent, JsonValue, Turn } from '../events.js';
import { checkEach, checkFunction, checkPositive, checkPositiveCount, type OptionChecks } from '../kernel/options.js';
import type { DecisionInput } from './approval.js';
import type { ApprovalContext } from './callEvents.js';
import { checkTools, type Tools } from './definitions/tool.js';
import type { ToolErrorContext } from './runTool.js';
import { createSteering } from './steering.js';
import { successive } from './successive.js';
import { type AskModel, createToolLoop, type StopContext } from './toolLoop.js';

export type { Decision, DecisionInput } from './approval.js';
export type { ApprovalContext } from './callEvents.js';
export type { Tool, ToolContext, Tools } from './definitions/tool.js';
export type { ToolErrorContext } from './runTool.js';
export type { AskModel, RoundContext, StopContext } from './toolLoop.js';

export interface RunToolsOptions<Inputs> {
  /** The conversation so far. If it ends with calls that have no result, they are answered before the first request. */
  readonly turns: readonly Turn[];
  /** The tools, by the names that the model calls. */
  readonly tools: Tools<Inputs>;
  /** The maximum of requests to the model. After the last one its calls are answered, and the run ends with the reason `max-steps`. @defaultValue 20 */
  readonly maxSteps?: number;
  /** Whether to end after a round, once its calls are answered: the reason is then `stop`, and the raw reason `tool-calls`. @defaultValue never */
  readonly stopWhen?: (context: StopContext) => boolean;
  /** How many tools run at a time. @defaultValue all of a round */
  readonly concurrency?: number;
  /** Whether a call may run, as a value, a promise or an Observable; `undefined`, or none, if that is not decided here. @defaultValue every call may run */
  readonly approve?: (context: ApprovalContext) => DecisionInput;
  /** Returns what the model, and the stream, receive when a tool fails; what it throws ends the stream. @defaultValue the message of the error */
  readonly onToolError?: (context: ToolErrorContext) => JsonValue;
  /** Messages for the model that arrive while the run goes on. They are sent with the next request; an answer that would be the last is followed by one for them. @defaultValue none */
  readonly input$?: ObservableInput<Turn | string>;
  /** The longest time of a call, in milliseconds, for tools without a limit of their own. @defaultValue no limit */
  readonly timeoutMs?: number;
  /** The most characters of a result, as JSON; a longer one is an error for the model. @defaultValue 1,000,000 */
  readonly maxResultChars?: number;
}

const checks: OptionChecks<RunToolsOptions<Readonly<Record<string, unknown>>>> = {
  turns: checkTurns,
  tools: (_, tools: Tools) => checkTools('runTools', tools),
  maxSteps: checkPositiveCount,
  stopWhen: checkFunction,
  concurrency: checkPositiveCount,
  approve: checkFunction,
  onToolError: checkFunction,
  input$: undefined,
  timeoutMs: checkPositive,
  maxResultChars: checkPositiveCount,
};

/**
 * Asks a model, runs the tools that it calls, sends their results back, and so on until it answers: one flat stream of the events of all rounds.
 *
 *     call, round 0      s-c-f|                 c: the model calls a tool
 *     tool                    -p-(r|)           an Observable: p is progress, r the result
 *     call, round 1               s-a-f|
 *     result             s-c---p-rS-a-f|        S: step 1
 *
 * `call` sends one request: a source, and what it is piped through, such as `retryStream`, which then repeats its round only. It makes the input
 * of its API from the turns, and the definitions of the tools with `chatTools`, `responsesTools` or `messagesTools`.
 *
 * The calls of a round are answered in parallel, and their results go back in the order of the calls. A tool runs only after the provider's
 * definite end with the reason `tool-calls`, on whole and valid arguments, and once for each call. Where there is no result, the model receives
 * an error, which is the same text as in the stream: for an unknown tool, invalid arguments, a tool that throws or takes too long, a result
 * that is not JSON, and a call that was not approved.
 *
 * A call that `approve` does not decide on waits: the other calls are answered, and the stream ends with the reason `paused`. The turns so far,
 * `[...turns, ...messageTurns(message)]`, are plain data; {@link resumeTools} adds the decisions, in any process, and `runTools` goes on.
 * A turn that the provider has paused goes back without a call.
 *
 * @param call Asks the model. Called once for each round.
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError for a number out of range.
 * @emitsError The error of a round; what a callback or `onToolError` throws; the error of `input$`.
 * @unsubscribe Aborts the request, cancels every tool, and starts none that waits.
 * @reset Forwards those of a round, with its step. `retryStream` around the run does not repeat it once a tool has answered or shown progress:
 * no reset undoes what a tool did. A silent tool has shown nothing, so give time limits to tools by `timeoutMs`, not around the run.
 * @cost Holds the conversation, the message of the round that runs, and the ids and usage of all requests.
 * @example runTools((turns) => fromChatCompletions(client, { model, messages: chatMessages(turns), tools: chatTools(tools) }), { turns, tools })
 */
export function runTools<Inputs>(call: AskModel, options: RunToolsOptions<Inputs>): Observable<DeltaEvent> {
  if (typeof call !== 'function') throw new TypeError('runTools: call must be a function');
  checkEach('runTools', options, checks);
  const { turns, maxSteps = 20, stopWhen, concurrency = Infinity, approve, onToolError, input$ } = options;
  const { timeoutMs, maxResultChars = 1_000_000 } = options;
  const tools = options.tools as Tools;
  const policy = { tools, maxSteps, stopWhen, concurrency, approve, onToolError, timeoutMs, maxResultChars };
  return defer(() => {
    const steering = createSteering(input$);
    return successive(createToolLoop(call, turns, policy, steering)).pipe(takeUntil(steering.collect$));
  });
}

function checkTurns(name: string, turns: unknown): void {
  if (!Array.isArray(turns)) throw new TypeError(`${name} must be an array`);
}
