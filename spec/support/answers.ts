import { lastValueFrom, type Observable } from 'rxjs';
import { StreamError } from '../../src/errors.js';
import type { DeltaEvent, Message } from '../../src/events.js';
import { toMessage } from '../../src/operators/toMessage.js';
import { fromMessages } from '../../src/providers/anthropic/fromMessages.js';
import { fromChatCompletions } from '../../src/providers/openai/fromChatCompletions.js';
import { fromResponses } from '../../src/providers/openai/fromResponses.js';
import type { SourceOptions } from '../../src/providers/wire/wireFormat.js';

export type SourceName = 'chat' | 'responses' | 'messages';

export const sourceNames: readonly SourceName[] = ['chat', 'responses', 'messages'];

/** The events of a source whose request is answered with this body. */
export function answeredWith(
  source: SourceName,
  body: string | readonly string[],
  headers: Readonly<Record<string, string>> = {},
  options: SourceOptions = {},
): Observable<DeltaEvent> {
  const ask = (): Promise<Response> =>
    Promise.resolve(new Response(toStream(body), { headers: { 'content-type': 'text/event-stream', ...headers } }));
  if (source === 'chat') return fromChatCompletions(ask, { model: 'm', messages: [] }, options);
  if (source === 'responses') return fromResponses(ask, { model: 'm', input: 'x' }, options);
  return fromMessages(ask, { model: 'm', max_tokens: 1, messages: [] }, options);
}

/** The message of such an answer, or its error. */
export async function outcomeOf(events$: Observable<DeltaEvent>): Promise<Message | StreamError> {
  try {
    return await lastValueFrom(events$.pipe(toMessage()));
  } catch (error) {
    if (error instanceof StreamError) return error;
    throw error;
  }
}

/** Several texts are chunks; a text is cut into chunks of 7 bytes. */
function toStream(body: string | readonly string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const bytes = typeof body === 'string' ? encoder.encode(body) : undefined;
  const chunks = bytes
    ? Array.from({ length: Math.ceil(bytes.length / 7) }, (_, at) => bytes.subarray(7 * at, 7 * at + 7))
    : (body as readonly string[]).map((text) => encoder.encode(text));
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks[next++];
      if (chunk) controller.enqueue(chunk);
      else controller.close();
    },
  });
}
