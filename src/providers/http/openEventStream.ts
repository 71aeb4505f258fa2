import { ContentTypeError, EmptyStreamError, type StreamError } from '../../errors.js';
import type { JsonValue } from '../../events.js';
import { providerError } from './providerError.js';
import { errorBodyBounds, readBounded } from './readBounded.js';

/** Types under which compatible servers send event streams. */
const vague: ReadonlySet<string> = new Set(['', 'text/plain', 'application/x-ndjson', 'application/octet-stream']);

/**
 * The body of a response, if it is an event stream: by its content type, or where that is missing or vague by its first bytes.
 *
 * The promise rejects with: {@link EmptyStreamError} without a body, {@link ProviderError} for an error in JSON, {@link ContentTypeError}
 * for anything else.
 *
 * @param signal Cancels a body that is being looked at.
 */
export async function openEventStream(response: Response, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const { status, headers, body } = response;
  if (status === 204) throw new EmptyStreamError('The provider answered with no content', { retryable: false, status });
  if (!body) throw new EmptyStreamError();
  const contentType = headers.get('content-type') ?? '';
  const mediaType = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  if (mediaType === 'text/event-stream') return body;
  if (!vague.has(mediaType)) throw refusal(headers, await readBounded(body));
  const { stream, beginning } = await peek(body, signal);
  if (/^(:|(data|event|id|retry) *:)/.test(beginning)) return stream;
  throw refusal(headers, await readBounded(stream));
}

function refusal(headers: Headers, text: string): StreamError {
  const error = errorIn(text);
  if (error !== undefined) return providerError(error, undefined, headers);
  return new ContentTypeError(headers.get('content-type') ?? '', snippetOf(text));
}

const snippetBytes = 1_000;

function snippetOf(text: string): string {
  const bytes = new TextEncoder().encode(text.slice(0, snippetBytes)).subarray(0, snippetBytes);
  // As a stream, so that a character which is cut is left out.
  return new TextDecoder().decode(bytes, { stream: true });
}

function errorIn(text: string): JsonValue | undefined {
  try {
    const body = JSON.parse(text) as JsonValue;
    const { error, type, object } = Object(Array.isArray(body) ? body[0] : body) as Readonly<Record<string, JsonValue>>;
    return error != null || type === 'error' || object === 'error' ? body : undefined;
  } catch {
    return undefined;
  }
}

interface Peeked {
  /** The same body, from its beginning. */
  readonly stream: ReadableStream<Uint8Array>;
  /** Its first characters, without blanks before them. */
  readonly beginning: string;
}

const enough = 'event:'.length;

async function peek(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<Peeked> {
  const reader = body.getReader();
  signal.addEventListener('abort', () => void reader.cancel().catch(() => undefined), { once: true });
  const decoder = new TextDecoder();
  const chunks: Uint8Array[] = [];
  let beginning = '';
  for (let bytes = 0; beginning.length < enough && bytes < errorBodyBounds.maxBytes; ) {
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
