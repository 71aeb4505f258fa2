import { asyncScheduler, type Observable, tap } from 'rxjs';
import { bodyOf, chunksOf, type Fetch, signalOf, withBody } from '../fakes/responseBody.js';
import { appendLine, type CassetteFailure, type CassetteLine } from './cassetteFile.js';
import { readRequest } from './readRequest.js';
import { redactText, type Secrets } from './redaction.js';
import { createScrubber } from './scrubber.js';

/** Response headers that our sources read; no other is stored. */
const keptHeaders = ['content-type', 'request-id', 'retry-after', 'retry-after-ms', 'x-request-id', 'x-should-retry'];

/** @throws TypeError if it is not a path. */
export function checkFile(name: string, file: unknown): void {
  if (typeof file !== 'string' || file === '') throw new TypeError(`${name}: file must be the path of a cassette`);
}

/** @throws TypeError if they are given, and are no list of texts. */
export function checkSecrets(name: string, secrets: unknown): void {
  const valid = secrets === undefined || (Array.isArray(secrets) && secrets.every((secret) => typeof secret === 'string'));
  if (!valid) throw new TypeError(`${name}: secrets must be an array of texts`);
}

/**
 * A fetch that writes each exchange to the file, a line as soon as it is known.
 *
 * @param known Texts that are secret too.
 * @param begin Gives the number of the exchange that begins.
 */
export function recordExchange(fetch: Fetch, file: string, known: readonly string[] | undefined, begin: () => number): Fetch {
  return async (input, init) => {
    const { request, secrets } = await readRequest(input, init, known ?? []);
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

/** The first code of the chain of causes, as our sources look for it. */
function codeOf(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 5) return undefined;
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  return typeof code === 'string' ? code : codeOf(cause, depth + 1);
}
