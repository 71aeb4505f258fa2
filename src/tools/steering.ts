import { EMPTY, from, ignoreElements, type Observable, type ObservableInput, tap } from 'rxjs';
import type { Turn } from '../events.js';

/** The messages that arrive while a run goes on, until the next request takes them. */
export interface Steering {
  /** Whether any is waiting. */
  readonly waiting: boolean;
  /** Returns those that are waiting, as turns. */
  take(): readonly Turn[];
  /** Collects while it is subscribed; emits nothing. */
  readonly collect$: Observable<never>;
}

/** @param input$ Turns; a text is a turn of the user. */
export function createSteering(input$: ObservableInput<Turn | string> | undefined): Steering {
  let turns: Turn[] = [];
  return {
    get waiting() {
      return turns.length > 0;
    },
    take() {
      const taken = turns;
      turns = [];
      return taken;
    },
    collect$: input$
      ? from(input$).pipe(
          tap((input) =>
            turns.push(typeof input === 'string' ? { role: 'user', parts: [{ type: 'text', text: input }] } : input),
          ),
          ignoreElements(),
        )
      : EMPTY,
  };
}
