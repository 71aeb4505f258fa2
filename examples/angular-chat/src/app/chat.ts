import { computed, inject, Service, signal } from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import { auditTime, defer, fromEvent, identity, merge, type Observable, take, tap } from 'rxjs';
import { batchFrames, type DeltaEvent, shareStream, type Turn } from 'rxllm';
import { injectConversation } from './injectConversation';
import { Recorder } from './recorder';
import { loadChat, saveChat } from './storage';
import { cancelAnswer, injectTransports, resumeAnswer, type TransportName } from './transports';

/** The one chat of the page: asks the server, and stores its state. */
@Service()
export class Chat {
  readonly transport = signal<TransportName>('fromWire');
  readonly fault = signal('none');
  /** Whether the page gets the text of a frame at once, or each piece by itself. */
  readonly isBatched = signal(true);

  private readonly recorder = inject(Recorder);
  private readonly transports = injectTransports();
  private readonly stored = loadChat();
  /** The id of the answer that runs, or ran last. */
  private asked: string | undefined;
  /** An answer that an earlier page asked for. */
  private resumed: Observable<DeltaEvent> | undefined;

  private readonly conversation = injectConversation((turns) => this.ask(turns), { initial: this.stored?.state ?? [] });
  readonly state = this.conversation.state;
  readonly isRunning = computed(() => this.state().live !== undefined);

  readonly send = this.conversation.send;
  readonly stop = this.conversation.stop;
  readonly retry = this.conversation.retry;
  readonly edit = this.conversation.edit;
  readonly approve = this.conversation.approve;
  readonly clear = this.conversation.clear;

  constructor() {
    const changes$ = toObservable(this.state).pipe(auditTime(500));
    merge(changes$, fromEvent(globalThis, 'pagehide')).subscribe({
      next: () => this.save(),
      error: (error: unknown) => console.error(error),
    });
    if (this.stored?.running) this.resume(this.stored.running);
  }

  private ask(turns: readonly Turn[]): Observable<DeltaEvent> {
    const events$ = this.resumed ?? this.request(turns);
    this.resumed = undefined;
    return events$.pipe(this.recorder.record(), this.isBatched() ? batchFrames() : identity);
  }

  private request(turns: readonly Turn[]): Observable<DeltaEvent> {
    return defer(() => {
      const id = newId();
      this.asked = id;
      const request = {
        id,
        turns: turns.map(({ role, parts }) => ({ role, parts })),
        decisions: decisions(turns),
        fault: this.fault(),
      };
      return this.transports[this.transport()](request).pipe(tap({ unsubscribe: () => cancelAnswer(id) }));
    });
  }

  /** What the earlier page has shown is there as an answer that was stopped, until the server proves that it still runs. */
  private resume(id: string): void {
    const events$ = resumeAnswer(id).pipe(tap({ unsubscribe: () => cancelAnswer(id) }), shareStream());
    events$.pipe(take(1)).subscribe({
      next: () => {
        this.asked = id;
        this.resumed = events$;
        this.retry();
      },
      error: () => undefined,
    });
  }

  private save(): void {
    const state = this.state();
    saveChat({ state, running: state.live ? this.asked : undefined });
  }
}

/** The decisions of the user on the calls of the last answer that have no result. */
function decisions(turns: readonly Turn[]): Readonly<Record<string, boolean>> {
  const parts = turns.slice(turns.findLastIndex(({ role }) => role === 'user') + 1).flatMap((turn) => turn.parts);
  const answered = new Set(parts.flatMap((part) => (part.type === 'tool-result' ? [part.callId] : [])));
  const decided = parts.flatMap((part) =>
    part.type === 'approval' && part.approved !== undefined && !answered.has(part.callId)
      ? [[part.callId, part.approved] as const]
      : [],
  );
  return Object.fromEntries(decided);
}

/** Not `randomUUID`, which a page without TLS does not have. */
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
