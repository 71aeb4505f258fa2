import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import type { DeltaEvent } from '../../../src/events.js';
import { messagesFormat } from '../../../src/providers/anthropic/format.js';
import { readEvents } from '../../../src/providers/readEvents.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const beginning =
  'event: message_start\ndata: {"type":"message_start","message":{"id":"a","usage":{}}}\n\n' +
  'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n';
const said =
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}\n\n';

/** A body that says so much and stays open, and whether its response and its chunk are still held. */
function openBody(text: string): { readonly send: () => Promise<Response>; readonly held: () => readonly string[] } {
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
    held: () => [...refs].flatMap(([name, ref]) => (ref.deref() === undefined ? [] : [name])),
  };
}

const fail = (error: unknown): never => {
  throw error;
};

const textIn = (events: readonly DeltaEvent[]): string =>
  events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');

describe('pullBody', () => {
  it('holds neither the response nor the last chunk while it waits for the next one', async () => {
    const { send, held } = openBody(beginning + said.repeat(20));
    const events: DeltaEvent[] = [];
    const subscription = readEvents(messagesFormat, send).subscribe({ next: (event) => events.push(event), error: fail });
    for (let turn = 0; turn < 10; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      collectGarbage();
    }
    expect(textIn(events)).toBe('Hi'.repeat(20));
    expect(held()).toEqual([]);
    subscription.unsubscribe();
  });
});
