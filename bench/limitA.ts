import type { Wire } from './wires.js';

type Payload = Readonly<Record<string, unknown>> & {
  readonly choices?: readonly { readonly delta?: { readonly content?: string } }[];
  readonly delta?: unknown;
};

/** The text of a delta on each wire. */
const readers: Readonly<Record<Wire['api'], (payload: Payload) => unknown>> = {
  chat: ({ choices }) => choices?.[0]?.delta?.content,
  responses: ({ type, delta }) => (type === 'response.output_text.delta' ? delta : undefined),
  messages: ({ type, delta }) =>
    type === 'content_block_delta' ? (delta as { readonly text?: string } | undefined)?.text : undefined,
};

/** Limit A: the least work to read such a stream and parse each event, in one loop written by hand. */
export async function readByHand(response: Response, api: Wire['api'], onText: (text: string) => void): Promise<void> {
  const readText = readers[api];
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const text = rest + decoder.decode(value, { stream: true });
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      if (text.startsWith('data: ', from)) {
        const data = text.slice(from + 6, end);
        if (data !== '[DONE]') {
          const delta = readText(JSON.parse(data) as Payload);
          if (typeof delta === 'string' && delta !== '') onText(delta);
        }
      }
      from = end + 1;
    }
    rest = text.slice(from);
  }
}
