import type { DeltaEvent, JsonObject, JsonValue, Message } from '../../../../src/events.js';
import { createMessageFold } from '../../../../src/message/messageFold.js';
import { chatFormat } from '../../../../src/providers/openai/chat/format.js';
import { decodeBytes } from '../../../support/decodeBytes.js';
import type { Collected } from '../../../support/respond.js';

/** A chunk of choice 0. */
export function chunk(delta: JsonValue, finishReason: JsonValue = null, more: JsonObject = {}): JsonObject {
  return { id: 'chatcmpl-1', model: 'm', choices: [{ index: 0, delta, finish_reason: finishReason, ...more }] };
}

export const done = '[DONE]';

/** The data of each event: an object becomes JSON. */
export type Data = JsonObject | string;

/** Decodes a stream of events, and requires the same events of it in pieces of one byte and with every payload parsed. */
export function decodeData(data: readonly Data[]): Collected & { readonly message: Message } {
  const text = data.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`).join('');
  const bytes = new TextEncoder().encode(text);
  const whole = decodeBytes(chatFormat(), [bytes]);
  const variants = [
    decodeBytes(
      chatFormat(),
      [...bytes].map((byte) => Uint8Array.of(byte)),
    ),
    decodeBytes(chatFormat(), [bytes], { templates: false }),
  ];
  for (const variant of variants) expectSame(variant, whole);
  return { ...whole, message: messageOf(whole.events) };
}

function expectSame(variant: Collected, whole: Collected): void {
  const [one, other] = [variant, whole].map(({ events, error }) => JSON.stringify([events, String(error)]));
  if (one !== other) throw new Error(`Other events in pieces or without templates:\n${one}\n${other}`);
}

function messageOf(events: readonly DeltaEvent[]): Message {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.message();
}
