import type { JsonValue, ToolApprovalEvent, ToolCall, ToolResultEvent } from '../events.js';

/** An event of a call that is answered here. */
export type ToolEvent = ToolResultEvent | ToolApprovalEvent;

type Named = Pick<ToolCall, 'callId' | 'name'>;

export function resultEvent({ callId, name }: Named, output: JsonValue, preliminary = false): ToolResultEvent {
  return { type: 'tool-result', callId, name, output, isError: false, preliminary };
}

/** The answer to a call that failed, or was never run. Its output is what the model receives. */
export function failureEvent({ callId, name }: Named, output: JsonValue): ToolResultEvent {
  return { type: 'tool-result', callId, name, output, isError: true, preliminary: false };
}

export function approvalEvent({ callId }: Named, approved: boolean | undefined): ToolApprovalEvent {
  return { type: 'tool-approval', callId, approved };
}
