import { concatMap, defer, from, type MonoTypeOperatorFunction } from 'rxjs';
import type { DeltaEvent } from '../../events.js';
import { mapBody } from '../fakes/responseBody.js';
import { checkGivenCount, createFault, type Fault } from './fault.js';
import { createRandom } from './random.js';

/** Most pieces are smaller, as in a network that is at its worst. */
const longestPiece = 24;

/**
 * Cuts what comes into other pieces, at places that a seed decides: what a stream says must not depend on them.
 *
 *     source        s-Hello-f|
 *     rechunk(1)    s-(He l lo)-f|
 *
 * As an operator it cuts the text of text, reasoning, refusal and argument deltas, at any UTF-16 code unit, also between the halves of an emoji. On a fetch it
 * cuts the bytes of the body into chunks of 1 to 24 bytes.
 *
 * @param seed The same seed cuts at the same places.
 * @returns A {@link Fault}: an operator on events, and a wrapper of `fetch`.
 * @throws TypeError or RangeError at call time if it is not a whole number ≥ 0.
 * Emits error: none of its own. On unsubscribe: unsubscribes the source.
 * @example fc.assert(fc.property(fc.nat(), (seed) => … events$.pipe(rechunk(seed), bufferToText()) …))
 */
export function rechunk(seed: number): Fault {
  checkGivenCount('rechunk: seed', seed);
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
