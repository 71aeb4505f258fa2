import { describe, expect, it } from '@jest/globals';
import type { DeltaEvent } from '../../../src/events.js';
import { messagesFormat } from '../../../src/providers/anthropic/format.js';
import { readEvents } from '../../../src/providers/readEvents.js';
import { collectGarbage } from '../../support/collectGarbage.js';

const beginning =
  'event: message_start\ndata: {"type":"message_start","message":{"id":"a","usage":{}}}\n\n' +
  'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n';
const deltas =
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}\n\n';

/** Responds with a body of one chunk that stays open. `retained` names which of the response and the chunk are still in memory. */
function openBody(text: string): { readonly send: () => Promise<Response>; readonly retained: () => readonly string[] } {
  const refs = new Map<string, WeakRef<object>>();
  return {
    async send() {
      const chunk = new TextEncoder().encode(text);
      refs.set('chunk', new WeakRef(chunk));
      const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(chunk) });
      const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } });
      refs.set('response', new WeakRef(response));
      return response;
    },
    retained: () => [...refs].flatMap(([name, ref]) => (ref.deref() === undefined ? [] : [name])),
  };
}

const fail = (error: unknown): never => {
  throw error;
};

const textIn = (events: readonly DeltaEvent[]): string =>
  events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');

describe('pullBody', () => {
  it('retains neither the response nor the last chunk while it awaits the next one', async () => {
    const { send, retained } = openBody(beginning + deltas.repeat(20));
    const events: DeltaEvent[] = [];
    const subscription = readEvents(messagesFormat, send).subscribe({ next: (event) => events.push(event), error: fail });
    await collectGarbage();
    expect(textIn(events)).toBe('Hi'.repeat(20));
    expect(retained()).toEqual([]);
    subscription.unsubscribe();
  });
});
