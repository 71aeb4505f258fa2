import { Inject, Injectable } from '@nestjs/common';
import { defer, map, type Observable, type OperatorFunction, switchMap, take, tap } from 'rxjs';
import { type DeltaEvent, isStreamError } from 'rxllm';
import { durable, resumeFrom, type StreamEntry, type StreamStore } from 'rxllm/durable';
import { type SseMessage, sse, toSseMessages } from 'rxllm/http';
import { STORE } from './store.js';

/** The answers that run, and those that ended lately, by id. A page that leaves stops nothing: it comes back and reads on. */
@Injectable()
export class Answers {
  constructor(@Inject(STORE) private readonly store: StreamStore) {}

  /** Begins an answer, unless it runs already, and follows it. */
  run(id: string, events$: Observable<DeltaEvent>): Observable<SseMessage> {
    const entries$ = durable(this.store, id, events$).pipe(
      // The log is there.
      take(1),
      switchMap(() => resumeFrom(this.store, id)),
    );
    return entries$.pipe(toNumberedMessages());
  }

  /** @returns What follows the entry `after`, or all of an answer that runs; undefined if none does. */
  async resume(id: string, after: string | undefined): Promise<Observable<SseMessage> | undefined> {
    if (after === undefined && !(await this.store.isOpen?.(id))) return undefined;
    return resumeFrom(this.store, id, { after }).pipe(toNumberedMessages());
  }

  /** Ends the request of the provider, wherever it runs. */
  async stop(id: string): Promise<void> {
    await this.store.cancel(id, 'stopped by the user').catch((error: unknown) => {
      // It is over.
      if (!isStreamError(error, 'not-found')) throw error;
    });
  }
}

/** Gives each message the id of its entry, by which the page asks for the rest. */
function toNumberedMessages(): OperatorFunction<StreamEntry, SseMessage> {
  return (entries$) =>
    defer(() => {
      let last = '';
      return entries$.pipe(
        tap(({ id }) => {
          last = id;
        }),
        map(({ event }) => event),
        toSseMessages(sse()),
        map(({ data }) => ({ id: last, data })),
      );
    });
}
