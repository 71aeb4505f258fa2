import type { UIMessage } from 'ai';
import { expect } from 'vitest';
import type { DeltaEvent, Message, Turn } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';

export function messageOf(events: readonly DeltaEvent[]): Message {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.message();
}

export const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

type Part = UIMessage['parts'][number];
const isRefusal = (part: Part): boolean =>
  JSON.stringify('providerMetadata' in part && part.providerMetadata).includes('"refusal"');

/** What a user sees of the texts of a message. */
export function shownText({ parts }: UIMessage): string {
  return parts.flatMap((part) => (part.type === 'text' && !isRefusal(part) ? [part.text] : [])).join('');
}

/** Their parts of tools, by the id of the call. Those of calls that are not in the stream are left out. */
export function shownCalls({ parts }: UIMessage): readonly Readonly<Record<string, unknown>>[] {
  return parts
    .filter((part): part is Part & { toolCallId: string } => 'toolCallId' in part)
    .map((part) => part as unknown as Readonly<Record<string, unknown>>)
    .filter((part) => !JSON.stringify(part['callProviderMetadata'] ?? {}).includes('"absent":true'));
}

/** Their message shows the text, the calls and the results of ours. */
export function expectShown(shown: UIMessage, message: Message): void {
  expect(shownText(shown)).toBe(message.text);
  const calls = shownCalls(shown);
  expect(calls.map(({ toolCallId, type }) => [toolCallId, type])).toEqual(
    message.toolCalls.map(({ callId, name }) => [callId, `tool-${name}`]),
  );
  for (const part of message.parts) {
    if (part.type !== 'tool-result') continue;
    const call = calls.findLast(({ toolCallId }) => toolCallId === part.callId);
    if (call === undefined) continue;
    const states = ['output-available', 'output-error'];
    expect(states).toContain(call['state']);
  }
}

/** Turns without what no provider's input depends on: the number of a round, and where an approval is among the parts. */
export function comparable(turns: readonly Turn[]): unknown {
  return asJson(
    turns.map(({ role, parts }) => ({
      role,
      parts: parts.filter(({ type }) => type !== 'approval').map((part) => ({ ...part, step: 0 })),
    })),
  );
}
