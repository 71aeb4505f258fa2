import { Injectable } from '@nestjs/common';
import { filter, map, type Observable, ReplaySubject, Subject, timer } from 'rxjs';
import { type DeltaEvent, stopOn } from 'rxllm';
import { type SseMessage, sse, toSseMessages } from 'rxllm/http';

interface Running {
  readonly messages$: ReplaySubject<SseMessage>;
  readonly stop$: Subject<void>;
  over: boolean;
}

const keptMs = 60_000;

/** The answers that run, by id: a page that reloads reads on, and one that leaves stops nothing. */
@Injectable()
export class Answers {
  private readonly running = new Map<string, Running>();

  /** Begins an answer, unless it runs already, and follows it. */
  run(id: string, events$: Observable<DeltaEvent>): Observable<SseMessage> {
    return this.follow(id) ?? this.begin(id, events$);
  }

  /** @returns The messages after that id; undefined if no answer runs. */
  resume(id: string, after?: string): Observable<SseMessage> | undefined {
    const running = this.running.get(id);
    if (!running || (running.over && after === undefined)) return undefined;
    const from = after === undefined ? 0 : Number(after) + 1;
    return running.messages$.pipe(filter(({ id: each }) => Number(each) >= from));
  }

  stop(id: string): void {
    this.running.get(id)?.stop$.next();
  }

  private follow(id: string): Observable<SseMessage> | undefined {
    return this.running.get(id)?.messages$;
  }

  private begin(id: string, events$: Observable<DeltaEvent>): Observable<SseMessage> {
    const running: Running = { messages$: new ReplaySubject(), stop$: new Subject(), over: false };
    this.running.set(id, running);
    running.messages$.subscribe({
      complete: () => {
        running.over = true;
        timer(keptMs).subscribe(() => this.running.delete(id));
      },
    });
    events$
      .pipe(
        stopOn(running.stop$),
        toSseMessages(sse()),
        map(({ data }, index) => ({ id: String(index), data })),
      )
      .subscribe(running.messages$);
    return running.messages$;
  }
}
