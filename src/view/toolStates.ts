import type { JsonValue, MessagePart, ToolCall } from '../events.js';
import { toToolCall } from '../message/messageParts.js';
import type { StepState, ToolState, ToolStatus } from './messageState.js';

type Part<Type> = Extract<MessagePart, { readonly type: Type }>;

/** What events add to a call. */
interface ToolNews {
  readonly call: ToolCall;
  readonly step: number;
  readonly progress: JsonValue | undefined;
  readonly result: { readonly output: JsonValue; readonly isError: boolean } | undefined;
  readonly approval: { readonly approved: boolean | undefined } | undefined;
}

function toTool({ call, step, progress, result, approval }: ToolNews): ToolState {
  const { output, isError = false } = result ?? {};
  const status = statusOf({ call, progress, result, approval });
  return { ...call, step, status, progress, output, isError, approved: approval?.approved };
}

function statusOf({ call, progress, result, approval }: Omit<ToolNews, 'step'>): ToolStatus {
  if (result) return result.isError ? 'failed' : 'done';
  if (!call.ended) return 'writing';
  if (approval) {
    if (approval.approved === undefined) return 'waiting';
    if (!approval.approved) return 'denied';
  }
  return progress === undefined ? 'called' : 'running';
}

function newsOf({ step, status, progress, output, isError, approved, ...call }: ToolState): ToolNews {
  const result = output === undefined ? undefined : { output, isError };
  const approval = approved === undefined && status !== 'waiting' ? undefined : { approved };
  return { call, step, progress, result, approval };
}

/** The call as its part has it now; what else is known of it stays. */
export function withCall(tool: ToolState | undefined, part: Part<'tool-call'>): ToolState {
  const { argumentsText } = part;
  if (tool && !part.ended) return { ...tool, argumentsText };
  const news = tool ? newsOf(tool) : { step: part.step, progress: undefined, result: undefined, approval: undefined };
  return toTool({ ...news, call: toToolCall(part) });
}

export function withProgress(tool: ToolState, progress: JsonValue): ToolState {
  return toTool({ ...newsOf(tool), progress });
}

export function withResult(tool: ToolState, { output, isError }: Part<'tool-result'>): ToolState {
  return toTool({ ...newsOf(tool), result: { output, isError } });
}

export function withApproval(tool: ToolState, { approved }: Part<'approval'>): ToolState {
  return toTool({ ...newsOf(tool), approval: { approved } });
}

/** The tools of the parts that a `reset` has left. One that it does not concern stays the same object. */
export function remainingTools(before: readonly ToolState[], parts: readonly MessagePart[]): readonly ToolState[] {
  const tools: ToolState[] = [];
  for (const part of parts) {
    if (part.type === 'tool-call') {
      const progress = before[tools.length]?.progress;
      tools.push(toTool({ call: toToolCall(part), step: part.step, progress, result: undefined, approval: undefined }));
    } else if (part.type === 'tool-result') replaceTool(tools, part.callId, (tool) => withResult(tool, part));
    else if (part.type === 'approval') replaceTool(tools, part.callId, (tool) => withApproval(tool, part));
  }
  return sameTools(
    before,
    tools.map((tool, index) => {
      const known = before[index];
      return known && isSameTool(known, tool) ? known : tool;
    }),
  );
}

function replaceTool(tools: ToolState[], callId: string, change: (tool: ToolState) => ToolState): void {
  const index = tools.findLastIndex((tool) => tool.callId === callId);
  const tool = tools[index];
  if (tool) tools[index] = change(tool);
}

function isSameTool(one: ToolState, other: ToolState): boolean {
  return one.output === other.output && one.approved === other.approved && one.status === other.status;
}

/** The list before, if the tools are the same objects. */
function sameTools(before: readonly ToolState[], tools: readonly ToolState[]): readonly ToolState[] {
  const isSame = before.length === tools.length && tools.every((tool, index) => tool === before[index]);
  return isSame ? before : tools;
}

/** The round with its tools; the same object if they are the same. */
export function withTools(step: StepState, all: readonly ToolState[]): StepState {
  const own = all.filter((tool) => tool.step === step.step);
  const tools = sameTools(step.tools, own);
  return tools === step.tools ? step : { ...step, tools };
}
