import { concatMap, defer, from, type MonoTypeOperatorFunction } from 'rxjs';
import type { DeltaEvent } from '../../events.js';
import { mapBody } from '../fakes/responseBody.js';
import { checkRequiredCount, createFault, type Fault } from './fault.js';

/** In UTF-16 code units or bytes. Most pieces are smaller, as on a bad network. */
const longestPiece = 24;

/**
 * Cuts a stream into other pieces, at places that a seed decides: results must not depend on where a stream is cut.
 *
 *     source        s-Hello-f|
 *     rechunk(1)    s-(He l lo)-f|
 *
 * As an operator it cuts text, reasoning, refusal and argument deltas at any UTF-16 code unit, also inside a surrogate pair. On a fetch it cuts the
 * body into chunks of 1 to 24 bytes.
 *
 * @param seed The same seed cuts at the same places.
 * @returns A {@link Fault}: an operator on events, and a wrapper of `fetch`.
 * @throws TypeError or RangeError at call time if `seed` is not a whole number ≥ 0.
 * @emitsError None of its own.
 * @unsubscribe Unsubscribes from the source.
 * @example fc.assert(fc.property(fc.nat(), (seed) => … events$.pipe(rechunk(seed), bufferToText()) …))
 */
export function rechunk(seed: number): Fault {
  checkRequiredCount('rechunk: seed', seed);
  return createFault(
    (fetch) =>
      mapBody(
        fetch,
        recut(seed, (chunk, cut) => cut(chunk)),
      ),
    recut(seed, cutEvent),
  );
}

type Sliceable = { readonly length: number; slice(from: number, to: number): unknown };
type Cut = <S extends Sliceable>(whole: S) => S[];

function recut<T>(seed: number, piecesOf: (value: T, cut: Cut) => readonly T[]): MonoTypeOperatorFunction<T> {
  return (source) =>
    defer(() => {
      const random = createRandom(seed);
      const cut: Cut = (whole) => {
        const pieces: (typeof whole)[] = [];
        for (let from = 0; from < whole.length; ) {
          const to = from + 1 + Math.floor(random() ** 2 * longestPiece);
          pieces.push(whole.slice(from, to) as typeof whole);
          from = to;
        }
        return pieces;
      };
      return source.pipe(concatMap((value) => from(piecesOf(value, cut))));
    });
}

function cutEvent(event: DeltaEvent, cut: Cut): readonly DeltaEvent[] {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      return event.text === '' ? [event] : cut(event.text).map((text) => ({ ...event, text }));
    case 'tool-call-delta':
      return event.argumentsText === ''
        ? [event]
        : cut(event.argumentsText).map((argumentsText) => ({ ...event, argumentsText }));
    default:
      return [event];
  }
}

/** Seeded random numbers from 0 to 1 (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
