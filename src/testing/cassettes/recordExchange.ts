import { asyncScheduler, type Observable, tap } from 'rxjs';
import { bodyOf, chunksOf, type Fetch, signalOf, withBody } from '../fakes/responseBody.js';
import { appendLine, type CassetteFailure, type CassetteLine } from './cassetteFile.js';
import { readRequest } from './readRequest.js';
import { redactText, type Secrets } from './redaction.js';
import { createScrubber } from './scrubber.js';

/** Response headers that the sources read; no others are stored. */
const keptHeaders = ['content-type', 'request-id', 'retry-after', 'retry-after-ms', 'x-request-id', 'x-should-retry'];

/** @throws TypeError if it is not a non-empty string. */
export function checkFile(name: string, file: unknown): void {
  if (typeof file !== 'string' || file === '') throw new TypeError(`${name}: file must be the path of a cassette`);
}

/** @throws TypeError unless it is `undefined` or an array of strings. */
export function checkSecrets(name: string, secrets: unknown): void {
  const valid = secrets === undefined || (Array.isArray(secrets) && secrets.every((secret) => typeof secret === 'string'));
  if (!valid) throw new TypeError(`${name}: secrets must be an array of strings`);
}

/**
 * Wraps a fetch to append every exchange to the file, line by line as things happen.
 *
 * @param known More secret texts.
 * @param nextNumber Returns the number of the next exchange.
 */
export function recordExchange(
  fetch: Fetch,
  file: string,
  known: readonly string[] | undefined,
  nextNumber: () => number,
): Fetch {
  return async (input, init) => {
    const { stored, secrets } = await readRequest(input, init, known ?? []);
    const signal = signalOf(input, init);
    const startedAtMs = asyncScheduler.now();
    const exchange = nextNumber();
    const now = (): number => Math.round(asyncScheduler.now() - startedAtMs);
    const write = (line: OmitExchange<CassetteLine>): void => appendLine(file, { exchange, ...line } as CassetteLine);

    write({ type: 'request', ...stored });
    let response: Response;
    try {
      response = await fetch(input, init);
    } catch (error) {
      write(signal?.aborted ? { type: 'abort', atMs: now() } : { type: 'error', atMs: now(), ...failureOf(error, secrets) });
      throw error;
    }
    const { status, statusText } = response;
    write({ type: 'response', atMs: now(), status, statusText, headers: headersOf(response.headers, secrets) });
    if (response.body)
      return withBody(response, bodyOf(chunksOf(response.body).pipe(recordBody(secrets, now, write, signal)), signal));
    write({ type: 'end', atMs: now() });
    return response;
  };
}

type OmitExchange<Line> = Line extends unknown ? Omit<Line, 'exchange'> : never;

function recordBody(
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
    error: (error: unknown) =>
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

/** The first `code` in the chain of causes, which the sources use too. */
function codeOf(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 5) return undefined;
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  return typeof code === 'string' ? code : codeOf(cause, depth + 1);
}
