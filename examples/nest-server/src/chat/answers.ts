import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { defer, map, type Observable, type OperatorFunction, switchMap, take, tap } from 'rxjs';
import type { DeltaEvent } from 'rxllm';
import { durable, resumeFrom, type StreamEntry } from 'rxllm/durable';
import { cancelResponse, type ResumeRequest, resumeResponse, type SseMessage, sse, toSseMessages } from 'rxllm/http';
import { type AnswerStore, STORE } from './store.js';

/** After this silence of a server that was killed, its answers have failed. */
const leaseMs = 5_000;
const wire = sse();

/** The answers that run, and those that ended lately, by id. A page that leaves stops nothing: it comes back and reads on. */
@Injectable()
export class Answers implements OnApplicationShutdown {
  /** The answers that this process produces, each with the promise of its end. */
  private readonly running = new Map<string, Promise<void>>();

  constructor(@Inject(STORE) private readonly store: AnswerStore) {}

  /** Begins an answer, unless it runs already, and follows it. */
  run(id: string, events$: Observable<DeltaEvent>): Observable<SseMessage> {
    const waitUntil = (ended: Promise<void>): void => {
      this.running.set(id, ended);
      void ended.then(() => this.running.delete(id));
    };
    const { streams } = this.store;
    return durable(streams, id, events$, { leaseMs, waitUntil }).pipe(
      // The log is there.
      take(1),
      switchMap(() => resumeFrom(streams, id)),
      toNumberedMessages(),
    );
  }

  /** The whole answer, or what follows the entry that the page has seen. */
  resume(id: string, request: ResumeRequest): Promise<Response> {
    return resumeResponse(this.store.streams, id, request, { wire });
  }

  /** Ends the request of the provider, wherever it runs. */
  stop(id: string): Promise<Response> {
    return cancelResponse(this.store.streams, id, 'stopped by the user');
  }

  /** The last words of a server: its answers end here, or go on for readers at another server until they are complete. */
  async onApplicationShutdown(): Promise<void> {
    if (!this.store.isShared) for (const id of this.running.keys()) await this.stop(id);
    await Promise.all(this.running.values());
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
        toSseMessages(wire),
        map(({ data }) => ({ id: last, data })),
      );
    });
}
