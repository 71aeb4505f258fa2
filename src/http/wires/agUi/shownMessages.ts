import { type GrowingText, wholeText } from '../../../codecs/text/growingText.js';
import type { RunMessage, RunToolCall } from './runInput.js';

/** A message of this run as the client has it. */
export interface ShownMessage {
  readonly step: number;
  readonly id: string;
  readonly role: 'assistant' | 'reasoning' | 'tool';
  readonly text: GrowingText | undefined;
  readonly calls: RunToolCall[];
  fields: Partial<RunMessage>;
  encryptedValue: string | undefined;
}

/**
 * What the client shows of this run: the protocol can take nothing back but by a snapshot of all messages, so the encoder has to know them.
 */
export interface ShownMessages {
  add(message: ShownMessage): void;
  /** Adds the result of a call where clients insert it: after the message with the call, and after the other results there. */
  answer(message: ShownMessage, toolCallId: string): void;
  /** The message, or the call, that has an encrypted value. */
  seal(id: string, encryptedValue: string): void;
  /** Discards the messages of the steps from `step` on. @returns Whether there were any. */
  discard(step: number): boolean;
  /** The messages of the run's input, and those of this run. */
  snapshot(): readonly RunMessage[];
}

export function createShownMessages(input: readonly RunMessage[]): ShownMessages {
  let shown: ShownMessage[] = [];
  /** A reasoning message that is void. */
  let voided: ShownMessage | undefined;

  return {
    add: (message) => void shown.push(message),
    answer(message, toolCallId) {
      const owner = shown.findLastIndex(({ calls }) => calls.some(({ id }) => id === toolCallId));
      let at = owner < 0 ? shown.length : owner + 1;
      while (at < shown.length && shown[at]?.role === 'tool') at++;
      shown.splice(at, 0, message);
    },
    seal(id, encryptedValue) {
      const message = shown.findLast((each) => each.id === id);
      if (message) message.encryptedValue = encryptedValue;
      const owner = shown.findLast(({ calls }) => calls.some((call) => call.id === id));
      const at = owner?.calls.findIndex((call) => call.id === id) ?? -1;
      const call = owner?.calls[at];
      if (call) owner.calls[at] = { ...call, encryptedValue };
    },
    discard(step) {
      const kept = shown.filter((message) => message.step < step);
      const discarded = kept.length < shown.length;
      voided = shown.find((message) => message.step >= step && message.role === 'reasoning') ?? voided;
      shown = kept;
      return discarded;
    },
    snapshot() {
      const messages = [...input, ...shown.flatMap(toMessage)];
      // Clients keep their reasoning messages if a snapshot has none.
      if (voided && !messages.some(({ role }) => role === 'reasoning')) {
        return [...messages, { id: voided.id, role: 'reasoning', content: '' }];
      }
      return messages;
    },
  };
}

function toMessage({ id, role, text, calls, fields, encryptedValue }: ShownMessage): readonly RunMessage[] {
  if (role === 'assistant' && text === undefined && calls.length === 0) return [];
  const content = text && wholeText(text);
  return [{ id, role, content, ...fields, encryptedValue, ...(calls.length > 0 && { toolCalls: [...calls] }) }];
}
