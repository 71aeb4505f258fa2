import type { Signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { catchError, EMPTY, mergeMap, type Observable, type OperatorFunction, pairwise, startWith } from 'rxjs';
import type { DeltaEvent } from 'rxllm';

/**
 * Reads a text that grows with an operator of rxllm, so that each piece is read once: a view of a long text costs what is new of it. Text that
 * the operator rejects ends the reading, and the last value stays.
 */
export function readGrowing<T>(text$: Observable<string>, read: OperatorFunction<DeltaEvent, T>, initialValue: T): Signal<T> {
  return toSignal(
    growth(text$).pipe(
      read,
      catchError(() => EMPTY),
    ),
    { initialValue },
  );
}

/** The text as events. Where it does not go on from the text before, a second `start` begins again. */
function growth(text$: Observable<string>): Observable<DeltaEvent> {
  return text$.pipe(
    startWith(''),
    pairwise(),
    mergeMap(([before, now], index): readonly DeltaEvent[] => {
      if (index > 0 && now.startsWith(before)) return [delta(now.slice(before.length))];
      return [{ type: 'start', id: undefined, model: undefined, provider: '' }, delta(now)];
    }),
  );
}

function delta(text: string): DeltaEvent {
  return { type: 'text-delta', text, block: 0, choice: 0, phase: 'answer' };
}
