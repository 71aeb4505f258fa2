import type { ConversationState, ConversationTurn, ErrorInfo, JsonValue, MessageState, RetryNotice, TurnPart } from 'rxllm';

/** A call of a tool, with all that turns and events report of it. */
export interface ToolView {
  readonly type: 'tool';
  readonly callId: string;
  readonly name: string;
  readonly argumentsText: string;
  readonly status: 'writing' | 'called' | 'waiting' | 'denied' | 'done' | 'failed';
  readonly output: JsonValue | undefined;
}

/** A piece of an answer, in the order in which it was written. */
export type Section = { readonly type: 'text' | 'reasoning' | 'refusal'; readonly text: string } | ToolView;

export interface Question {
  readonly type: 'question';
  /** The place of its turn. */
  readonly index: number;
  readonly text: string;
}

/** All that was answered to a question: the answer that asked for a tool, the results, and the answer after them. */
export interface Answer {
  readonly type: 'answer';
  readonly sections: readonly Section[];
  readonly status: MessageState['status'] | 'waiting';
  readonly retry: RetryNotice | undefined;
  readonly error: ErrorInfo | undefined;
}

export type Message = Question | Answer;

/** What there is to see of a conversation. */
export function messagesOf({ turns, live, error }: ConversationState): readonly Message[] {
  const messages: Message[] = [];
  let parts: TurnPart[] = [];
  let last: ConversationTurn | undefined;

  function endAnswer(running?: MessageState): void {
    if (parts.length > 0 || running || last) messages.push(toAnswer(parts, last, running));
    parts = [];
    last = undefined;
  }

  turns.forEach((turn, index) => {
    if (turn.role === 'user') {
      endAnswer();
      messages.push({ type: 'question', index, text: textOf(turn.parts) });
    } else if (turn.role !== 'system') {
      parts.push(...turn.parts);
      last = turn;
    }
  });
  if (live) parts.push(...live.parts);
  endAnswer(live);
  // An answer that ended without content is no turn.
  if (messages.at(-1)?.type === 'question') messages.push(emptyAnswer(error));
  return messages;
}

function emptyAnswer(error: ErrorInfo | undefined): Answer {
  return { type: 'answer', sections: [], status: error ? 'error' : 'aborted', retry: undefined, error };
}

function toAnswer(parts: readonly TurnPart[], last: ConversationTurn | undefined, live: MessageState | undefined): Answer {
  const sections = parts.flatMap((part) => toSection(part, parts));
  const waits = sections.some((section) => section.type === 'tool' && section.status === 'waiting');
  const { status = 'done', error } = live ?? last?.answer ?? {};
  return { type: 'answer', sections, status: waits && status === 'done' ? 'waiting' : status, retry: live?.retry, error };
}

function toSection(part: TurnPart, parts: readonly TurnPart[]): readonly Section[] {
  switch (part.type) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return part.text.trim() === '' ? [] : [{ type: part.type, text: part.text }];
    case 'tool-call':
      return [toTool(part, parts)];
    default:
      return [];
  }
}

function toTool(call: Extract<TurnPart, { type: 'tool-call' }>, parts: readonly TurnPart[]): ToolView {
  const { callId, name, argumentsText } = call;
  const result = parts.find((part) => part.type === 'tool-result' && part.callId === callId);
  const approval = parts.findLast((part) => part.type === 'approval' && part.callId === callId);
  const approved = approval?.type === 'approval' ? approval.approved : true;
  const output = result?.type === 'tool-result' ? result.output : undefined;
  const status = ((): ToolView['status'] => {
    if (approved === false) return 'denied';
    if (result?.type === 'tool-result') return result.isError ? 'failed' : 'done';
    if (!call.ended) return 'writing';
    return approved === undefined ? 'waiting' : 'called';
  })();
  return { type: 'tool', callId, name, argumentsText, status, output };
}

function textOf(parts: readonly TurnPart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
