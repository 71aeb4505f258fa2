import { from, mergeMap, type Observable, of } from 'rxjs';
import type { Turn } from '../events.js';
import { isPromiseLike } from '../structured/standardSchema.js';
import { type DecisionInput, decide } from './approval.js';
import { type Tools, toolOf } from './definitions/tool.js';
import { type CallRequest, type RunPolicy, runTool } from './runTool.js';
import { failureEvent, type ToolEvent } from './toolEvents.js';
import { type ToolInput, toolInput } from './toolInput.js';

/** The argument of `approve`. */
export interface ApprovalContext {
  readonly callId: string;
  readonly name: string;
  /** The input, as its schema returned it. */
  readonly input: unknown;
  /** The conversation that the model answered with this call. */
  readonly turns: readonly Turn[];
  readonly step: number;
}

/** How calls are answered. */
export interface CallPolicy extends RunPolicy {
  readonly tools: Tools;
  readonly approve: ((context: ApprovalContext) => DecisionInput) | undefined;
}

/** A call without an answer. */
export interface OpenCall extends CallRequest {
  /** The decision of an earlier run; `waiting` if the call waited there. */
  readonly decision: boolean | 'waiting' | undefined;
}

/**
 * Answers one call: validates its arguments, asks for approval, and runs its tool. Emits progress, then one result; no result if the call
 * waits for a decision.
 *
 * @param limit Holds back a run until there is room for it.
 */
export function callEvents(
  open: OpenCall,
  policy: CallPolicy,
  limit: (run: Observable<ToolEvent>) => Observable<ToolEvent>,
): Observable<ToolEvent> {
  const { call, turns, step, decision } = open;
  const { callId, name } = call;
  const tool = toolOf(policy.tools, name);
  if (!tool) return of(failureEvent(call, `There is no tool with the name ${name}`));

  function answer({ input, issue }: ToolInput): Observable<ToolEvent> {
    if (issue !== undefined || !tool) return of(failureEvent(call, issue ?? ''));
    const run = limit(runTool(tool, input, open, policy));
    if (typeof decision === 'boolean') return decide(call, decision, run);
    if (policy.approve) return decide(call, policy.approve({ callId, name, input, turns, step }), run);
    return decision === 'waiting' ? decide(call, undefined, run) : run;
  }

  const input = toolInput(tool, call);
  return isPromiseLike(input) ? from(input).pipe(mergeMap(answer)) : answer(input);
}
