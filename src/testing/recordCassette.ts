import { asyncScheduler, type Observable, tap } from 'rxjs';
import { checkFunction, checkOptions } from '../internal/options.js';
import { appendLine, type CassetteFailure, type CassetteLine, createCassette } from './cassetteFile.js';
import { readRequest } from './readRequest.js';
import { redactText, type Secrets } from './redaction.js';
import { bodyOf, chunksOf, type Fetch, signalOf, withBody } from './responseBody.js';
import { createScrubber } from './scrubber.js';

export interface RecordCassetteOptions {
  /** Texts that must not be stored, beside those that are found: replaced wherever they stand. @defaultValue none */
  readonly secrets?: readonly string[];
}

/** Response headers that our sources read; no other is stored. */
const keptHeaders = ['content-type', 'request-id', 'retry-after', 'retry-after-ms', 'x-request-id', 'x-should-retry'];

/**
 * Records what goes over the wire: wraps the `fetch` of an SDK client and writes JSONL, each request with its answer's raw bytes, at the chunk
 * boundaries and times seen, and how it ended.
 *
 * No header of a request is stored, nor what stands in its headers, in its URL's query or in members such as `api_key`, wherever else it
 * stands; where the server says it back, it is overwritten by stars. A reader that leaves in the middle is recorded as that.
 *
 * @param fetch The fetch to record, usually the global one.
 * @param file Where to write; the file is begun anew at the first request.
 * @returns A fetch that behaves as the one given.
 * @throws TypeError at call time for bad arguments.
 * @example new OpenAI({ fetch: recordCassette(fetch, 'spec/cassettes/answer.jsonl') })
 */
export function recordCassette(fetch: Fetch, file: string, options: RecordCassetteOptions = {}): Fetch {
  checkOptions('recordCassette', options, ['secrets']);
  if (typeof fetch !== 'function') throw new TypeError('recordCassette: fetch must be a function');
  checkFile('recordCassette', file);
  let exchanges = 0;
  return recordExchanges(fetch, file, options, () => {
    if (exchanges === 0) createCassette(file);
    return ++exchanges;
  });
}

/** @throws TypeError if it is not a path. */
export function checkFile(name: string, file: unknown): void {
  if (typeof file !== 'string' || file === '') throw new TypeError(`${name}: file must be the path of a cassette`);
}

/** @param begin Gives the number of the exchange that begins. */
export function recordExchanges(
  fetch: Fetch,
  file: string,
  { secrets: known = [] }: RecordCassetteOptions,
  begin: () => number,
): Fetch {
  checkFunction('fetch', fetch);
  return async (input, init) => {
    const { request, secrets } = await readRequest(input, init, known);
    const signal = signalOf(input, init);
    const begunAt = asyncScheduler.now();
    const exchange = begin();
    const now = (): number => Math.round(asyncScheduler.now() - begunAt);
    const write = (line: OmitExchange<CassetteLine>): void => appendLine(file, { exchange, ...line } as CassetteLine);

    write({ type: 'request', ...request });
    let response: Response;
    try {
      response = await fetch(input, init);
    } catch (error) {
      write(signal?.aborted ? { type: 'abort', atMs: now() } : { type: 'error', atMs: now(), ...failureOf(error, secrets) });
      throw error;
    }
    const { status, statusText } = response;
    write({ type: 'response', atMs: now(), status, statusText, headers: headersOf(response.headers, secrets) });
    if (response.body) return withBody(response, bodyOf(chunksOf(response.body).pipe(note(secrets, now, write, signal)), signal));
    write({ type: 'end', atMs: now() });
    return response;
  };
}

type OmitExchange<Line> = Line extends unknown ? Omit<Line, 'exchange'> : never;

function note(
  secrets: Secrets,
  now: () => number,
  write: (line: OmitExchange<CassetteLine>) => void,
  signal: AbortSignal | null,
): (chunks$: Observable<Uint8Array>) => Observable<Uint8Array> {
  const scrubber = createScrubber<number>(secrets.list());
  const writeChunks = (chunks: ReturnType<typeof scrubber.flush>): void => {
    for (const { chunk, tag } of chunks) write({ type: 'chunk', atMs: tag, base64: Buffer.from(chunk).toString('base64') });
  };
  const end = (line: OmitExchange<CassetteLine>): void => {
    writeChunks(scrubber.flush());
    write(line);
  };
  return tap({
    next: (chunk) => writeChunks(scrubber.push(chunk, now())),
    complete: () => end({ type: 'end', atMs: now() }),
    error: (error) =>
      end(signal?.aborted ? { type: 'abort', atMs: now() } : { type: 'error', atMs: now(), ...failureOf(error, secrets) }),
    unsubscribe: () => end({ type: 'abort', atMs: now() }),
  });
}

function headersOf(headers: Headers, secrets: Secrets): Readonly<Record<string, string>> {
  return Object.fromEntries(
    keptHeaders.flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, redactText(value, secrets)]];
    }),
  );
}

function failureOf(error: unknown, secrets: Secrets): CassetteFailure {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { name, message: redactText(message, secrets), code: codeOf(error) };
}

/** The first code of the chain of causes, as our sources look for it. */
function codeOf(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 5) return undefined;
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  return typeof code === 'string' ? code : codeOf(cause, depth + 1);
}
