import { isRecord } from '../fields/readers.js';

/**
 * What the wire uses of the body of an AG-UI request: a body of any version is one, after `JSON.parse`.
 *
 * @see https://docs.ag-ui.com/sdk/js/core/types#runagentinput
 */
export interface RunInput {
  readonly threadId: string;
  readonly runId: string;
  /** Clients before 1.0 and TanStack's send none. */
  readonly protocolVersion?: string | undefined;
  readonly messages: readonly RunMessage[];
  /** The answers to the interrupts of an earlier run. */
  readonly resume?: readonly RunResume[] | undefined;
}

/** A message of a run. */
export interface RunMessage {
  readonly id: string;
  readonly role: 'developer' | 'system' | 'user' | 'assistant' | 'tool' | 'reasoning' | 'activity';
  readonly content?: unknown;
  readonly toolCalls?: readonly RunToolCall[] | null | undefined;
  readonly toolCallId?: string | undefined;
  readonly error?: string | null | undefined;
  readonly encryptedValue?: string | null | undefined;
  readonly metadata?: unknown;
}

/** A tool call of a message. */
export interface RunToolCall {
  readonly id: string;
  readonly type?: string | undefined;
  readonly function: { readonly name: string; readonly arguments: string };
  readonly encryptedValue?: string | null | undefined;
  readonly metadata?: unknown;
}

/** The answer to an interrupt. */
export interface RunResume {
  readonly interruptId: string;
  readonly status: 'resolved' | 'cancelled';
  readonly payload?: unknown;
}

/** Whether TanStack's client sent it. It keeps one encrypted value for a message, whichever part of it the value belongs to. */
export function isFromTanStack({ messages }: RunInput): boolean {
  return messages.some(({ metadata }) => isRecord(metadata) && isRecord(metadata['tanstack']));
}
