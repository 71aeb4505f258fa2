import { Observable, type OperatorFunction } from 'rxjs';
import type { DeltaEvent } from '../src/events.js';
import { finish, start, text } from '../src/testing/index.js';

/** The number of characters of a delta. */
const deltaLength = 4;

export function toPieces(whole: string): readonly string[] {
  const pieces: string[] = [];
  for (let from = 0; from < whole.length; from += deltaLength) pieces.push(whole.slice(from, from + deltaLength));
  return pieces;
}

export function toEvents(pieces: readonly string[]): readonly DeltaEvent[] {
  return [start(), ...pieces.map((piece) => text(piece)), finish()];
}

/** Emits all values through an operator synchronously, as a source does that reads its body in one loop. */
export function push<T, R>(values: readonly T[], operator: OperatorFunction<T, R>, onValue: (value: R) => void): void {
  const source = new Observable<T>((subscriber) => {
    for (const value of values) subscriber.next(value);
    subscriber.complete();
  });
  source.pipe(operator).subscribe({
    next: onValue,
    error: (error: unknown) => {
      throw error;
    },
  });
}
