import {
  asyncScheduler,
  concatMap,
  defer,
  EMPTY,
  from,
  fromEvent,
  lastValueFrom,
  NEVER,
  type Observable,
  of,
  switchMap,
  takeUntil,
  throwError,
  timer,
} from 'rxjs';
import { bodyOf } from '../fakes/responseBody.js';
import { CassetteError } from './cassetteError.js';
import type { CassetteStep, Exchange } from './cassetteFile.js';

/** Statuses without a response body. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Responds as recorded.
 *
 * @param speed 1 as recorded, 2 twice as fast, 0 without delays.
 */
export async function playExchange(exchange: Exchange, speed: number, signal: AbortSignal | null): Promise<Response> {
  const { number, response, steps } = exchange;
  const startedAtMs = asyncScheduler.now();
  const at = <T>(atMs: number, then$: Observable<T>): Observable<T> => {
    if (speed === 0) return then$;
    return defer(() => timer(Math.max(0, startedAtMs + atMs / speed - asyncScheduler.now()))).pipe(switchMap(() => then$));
  };
  const play = (step: CassetteStep): Observable<Uint8Array> => at(step.atMs, bytesOf(step, number));
  const abort: CassetteStep = { type: 'abort', atMs: steps.at(-1)?.atMs ?? 0 };

  signal?.throwIfAborted();
  const head$: Observable<unknown> = response ? at(response.atMs, of(response)) : play(steps.at(-1) ?? abort);
  await lastValueFrom(head$.pipe(takeUntil(signal ? fromEvent(signal, 'abort') : NEVER)), { defaultValue: undefined });
  signal?.throwIfAborted();
  if (!response) throw new CassetteError(`Exchange ${number} has no response`);
  const { status, statusText, headers } = response;
  if (bodiless.has(status)) return new Response(null, { status, statusText, headers });
  // A recording without an end, for example of a crashed process, is replayed as an aborted one.
  const whole = ['end', 'error', 'abort'].includes(steps.at(-1)?.type ?? '') ? steps : [...steps, abort];
  return new Response(bodyOf(from(whole).pipe(concatMap(play)), signal), { status, statusText, headers });
}

function bytesOf(step: CassetteStep, exchange: number): Observable<Uint8Array> {
  switch (step.type) {
    case 'chunk':
      return of(new Uint8Array(Buffer.from(step.base64, 'base64')));
    case 'end':
      return EMPTY;
    case 'error':
      return throwError(() => rebuild(step));
    case 'abort':
      return throwError(
        () => new CassetteError(`The recording of exchange ${exchange} ends here: the recorded request was aborted`),
      );
  }
}

/** Like an error of Node's fetch: a TypeError with the code in its cause. */
function rebuild({ name, message, code }: Extract<CassetteStep, { readonly type: 'error' }>): Error {
  const cause = code === undefined ? undefined : Object.assign(new Error(code), { code });
  const error = name === 'TypeError' ? new TypeError(message, { cause }) : new Error(message, { cause });
  return Object.assign(error, { name });
}
