import { tryParseJson } from '../../codecs/json/tryParseJson.js';
import { ContentTypeError, EmptyStreamError, type StreamError } from '../../errors.js';
import type { JsonValue } from '../../events.js';
import { errorBodyBounds, readBounded, releaseBody } from './bodies.js';
import { providerError } from './responseErrors.js';
import { isErrorBody } from './serviceFault.js';

/**
 * Returns the body of a response if it is an event stream: by its content type, or by its first bytes, because compatible
 * servers send event streams under every other type, or none.
 *
 * The promise rejects with {@link EmptyStreamError} if there is no body, {@link ProviderError} for an error in JSON, and
 * {@link ContentTypeError} for any other content.
 *
 * @param signal Cancels the body while its first bytes are awaited.
 */
export async function openEventStream(response: Response, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const { status, headers, body } = response;
  if (status === 204) throw new EmptyStreamError('The provider answered with no content', { retryable: false, status });
  if (!body) throw new EmptyStreamError();
  const contentType = headers.get('content-type') ?? '';
  const mediaType = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  if (mediaType === 'text/event-stream') return body;
  const { stream, beginning } = await peek(body, signal);
  if (/^(:|(data|event|id|retry) *:)/.test(beginning)) return stream;
  throw unexpectedContent(headers, await readBounded(stream));
}

function unexpectedContent(headers: Headers, text: string): StreamError {
  const error = errorIn(text);
  if (error !== undefined) return providerError(error, undefined, headers);
  return new ContentTypeError(headers.get('content-type') ?? '', snippetOf(text));
}

const snippetBytes = 1_000;

/** The first kilobyte of a body, that ends at a whole character. */
export function snippetOf(text: string): string {
  const bytes = new TextEncoder().encode(text.slice(0, snippetBytes)).subarray(0, snippetBytes);
  // `stream` drops a last character that is cut.
  return new TextDecoder().decode(bytes, { stream: true });
}

/** The body, if it is an error in JSON. */
function errorIn(text: string): JsonValue | undefined {
  const body = tryParseJson(text);
  return isErrorBody(body) ? body : undefined;
}

interface Peeked {
  /** The same body, from its beginning. */
  readonly stream: ReadableStream<Uint8Array>;
  /** Its first characters, without the blanks before them. */
  readonly beginning: string;
}

const enoughCharacters = 'event:'.length;

async function peek(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<Peeked> {
  const reader = body.getReader();
  signal.addEventListener('abort', () => releaseBody(reader), { once: true });
  const decoder = new TextDecoder();
  const chunks: Uint8Array[] = [];
  let beginning = '';
  for (let bytes = 0; beginning.length < enoughCharacters && bytes < errorBodyBounds.maxBytes; ) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    bytes += value.length;
    beginning = (beginning + decoder.decode(value, { stream: true })).trimStart();
  }
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = chunks.shift();
      if (chunk) return controller.enqueue(chunk);
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { stream, beginning };
}
