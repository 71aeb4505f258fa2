import { isRecord } from '../fields/readers.js';
import { ownField } from './notes.js';

/** The message that the client continues with this stream. */
export interface ContinuedMessage {
  readonly messageId: string | undefined;
  /** The ids of its calls. */
  readonly calls: ReadonlySet<string>;
  /** The id of the approval of a call, by the id of the call. */
  readonly approvals: ReadonlyMap<string, string>;
}

/**
 * The message that the client continues: the last one of the request, if it is the assistant's. What is not of the form that `useChat` posts
 * is ignored: `readUiMessages` complains about it.
 */
export function continuedMessage(input: unknown): ContinuedMessage {
  const messages = ownField(input, 'messages');
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
  if (ownField(last, 'role') !== 'assistant') return { messageId: undefined, calls: new Set(), approvals: new Map() };
  const parts = ownField(last, 'parts');
  const calls = new Set<string>();
  const approvals = new Map<string, string>();
  for (const part of Array.isArray(parts) ? parts.filter(isRecord) : []) {
    const callId = ownField(part, 'toolCallId');
    const approvalId = ownField(ownField(part, 'approval'), 'id');
    if (typeof callId !== 'string') continue;
    calls.add(callId);
    if (typeof approvalId === 'string') approvals.set(callId, approvalId);
  }
  const id = ownField(last, 'id');
  return { messageId: typeof id === 'string' && id !== '' ? id : undefined, calls, approvals };
}
