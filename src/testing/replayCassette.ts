import {
  asyncScheduler,
  concatMap,
  defer,
  firstValueFrom,
  from,
  fromEvent,
  map,
  NEVER,
  type Observable,
  of,
  race,
  switchMap,
  take,
  throwError,
  timer,
} from 'rxjs';
import { checkNotNegative, checkOptions } from '../internal/options.js';
import { CassetteError } from './cassetteError.js';
import { type CassetteStep, type Exchange, readCassette } from './cassetteFile.js';
import { createMatcher, noMatch } from './matchRequest.js';
import { readRequest } from './readRequest.js';
import { checkFile } from './recordCassette.js';
import { bodyOf, type Fetch, signalOf } from './responseBody.js';

export interface ReplayCassetteOptions {
  /**
   * How fast: 1 as recorded, 2 twice as fast, 0 at once. Time is RxJS's, so in {@link virtualTime} 1 takes none.
   * @defaultValue 0
   */
  readonly speed?: number;
  /** The secrets that it was recorded with: what is asked for is compared without them. @defaultValue none */
  readonly secrets?: readonly string[];
}

/**
 * Replays a cassette: a `fetch` for an SDK client that answers with the recorded bytes, at the recorded chunk boundaries, and as it ended.
 *
 *     recorded    r--[ab]---[c]-[def]|
 *     speed 1     r--[ab]---[c]-[def]|
 *     speed 0     (r[ab][c][def]|)
 *
 * A request matches by method, path, query and body, wherever the server is. Equal requests get their answers in the order recorded; after the last one, that one
 * again. The fetch rejects with a {@link CassetteError} that shows the nearest one if none matches; a source emits that very error.
 *
 * @param file The cassette.
 * @returns A fetch that sends nothing.
 * @throws TypeError or RangeError at call time for bad arguments, CassetteError if there is no such cassette.
 * @example fromChatCompletions(new OpenAI({ apiKey: 'none', fetch: replayCassette('spec/cassettes/answer.jsonl') }), params)
 */
export function replayCassette(file: string, options: ReplayCassetteOptions = {}): Fetch {
  checkReplayOptions('replayCassette', file, options);
  const exchanges = readCassette(file);
  const match = createMatcher(exchanges);
  return async (input, init) => {
    const { request } = await readRequest(input, init, options.secrets ?? []);
    const exchange = match(request);
    if (!exchange) throw noMatch(file, request, exchanges);
    return play(exchange, options.speed ?? 0, signalOf(input, init));
  };
}

/** @throws TypeError or RangeError. */
export function checkReplayOptions(name: string, file: string, { speed, ...others }: ReplayCassetteOptions): void {
  checkOptions(name, others, ['secrets']);
  checkFile(name, file);
  checkNotNegative(`${name}: speed`, speed);
}

/** Answers as recorded. */
export async function play({ number, response, steps }: Exchange, speed: number, signal: AbortSignal | null): Promise<Response> {
  signal?.throwIfAborted();
  const begunAt = asyncScheduler.now();
  const at = <T>(atMs: number, then$: Observable<T>): Observable<T> =>
    speed === 0
      ? then$
      : defer(() => timer(Math.max(0, begunAt + atMs / speed - asyncScheduler.now()))).pipe(switchMap(() => then$));
  const played = (step: CassetteStep): Observable<Uint8Array> => at(step.atMs, outcomeOf(step, number));
  const last = steps.at(-1);
  if (!response) return firstValueFrom(race(played(last ?? { type: 'abort', atMs: 0 }), aborted(signal))) as Promise<never>;
  await firstValueFrom(race(at(response.atMs, of(true)), aborted(signal)));
  // A recording that is not over yet ends as one that was left.
  const whole =
    last === undefined || last.type === 'chunk' ? [...steps, { type: 'abort' as const, atMs: last?.atMs ?? 0 }] : steps;
  const { status, statusText, headers } = response;
  const empty = [204, 205, 304].includes(status);
  return new Response(empty ? null : bodyOf(from(whole).pipe(concatMap(played)), signal), { status, statusText, headers });
}

function aborted(signal: AbortSignal | null): Observable<never> {
  return signal
    ? fromEvent(signal, 'abort').pipe(
        take(1),
        map(() => {
          throw signal.reason;
        }),
      )
    : NEVER;
}

function outcomeOf(step: CassetteStep, exchange: number): Observable<Uint8Array> {
  switch (step.type) {
    case 'chunk':
      return of(new Uint8Array(Buffer.from(step.base64, 'base64')));
    case 'end':
      return from([]);
    case 'error':
      return throwError(() => rebuild(step));
    case 'abort':
      return throwError(
        () => new CassetteError(`The recording of exchange ${exchange} ends here, because its reader left: there is no more`),
      );
  }
}

/** As a fetch of Node fails: a TypeError with the code in its cause. */
function rebuild({ name, message, code }: Extract<CassetteStep, { readonly type: 'error' }>): Error {
  const cause = code === undefined ? undefined : Object.assign(new Error(code), { code });
  const error = name === 'TypeError' ? new TypeError(message, { cause }) : new Error(message, { cause });
  return Object.assign(error, { name });
}
