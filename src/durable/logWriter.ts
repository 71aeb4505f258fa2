import { asyncScheduler, defer, type Observable, retry, Subscription, timer } from 'rxjs';
import { isStreamError } from '../errors.js';
import type { DeltaEvent } from '../events.js';
import { eventChars } from './eventChars.js';
import type { StreamStore, StreamTerminal } from './streamStore.js';

/** What a producer has by its claim. */
export interface Claimed {
  readonly store: StreamStore;
  readonly id: string;
  readonly epoch: number;
  /** How long a write is tried again, in milliseconds. */
  readonly leaseMs: number;
}

/** What becomes of what was written. */
export interface LogHandlers {
  /** Some of it was stored. */
  stored(): void;
  /** An append, or the terminal, could not be stored: nothing more is written, until there is another terminal. */
  failed(error: unknown, wasTerminal: boolean): void;
  /** The terminal was stored. */
  ended(): void;
}

/** Writes events into the log of a stream, batched and in order. */
export interface LogWriter {
  /** About how many characters are not stored yet. */
  readonly pendingChars: number;
  /** Since when the store has not replied, as `asyncScheduler.now()` counts; `Infinity` if no reply is pending. */
  readonly waitsSince: number;
  push(event: DeltaEvent): void;
  /** Writes the terminal after what is pending. */
  end(terminal: StreamTerminal): void;
  /** Discards what is pending. */
  discard(): void;
  readonly subscription: Subscription;
}

/** A reader emits an event this much later at most than without batches. */
const batchMs = 5;
const batchSize = 32;
/** More than that waits for the next append, however slow the store is. */
const largestBatch = 512;
const retryMs = 100;

/** Where an answer changes its course: readers emit these at once, and a crash does not lose them. */
const boundaries: ReadonlySet<DeltaEvent['type']> = new Set([
  'start',
  'tool-call-start',
  'tool-call-end',
  'tool-result',
  'tool-approval',
  'step',
  'reset',
  'finish',
]);

export function createLogWriter({ store, id, epoch, leaseMs }: Claimed, fromSeq: number, handlers: LogHandlers): LogWriter {
  const subscription = new Subscription();
  let queue: DeltaEvent[] = [];
  let chars = 0;
  let seq = fromSeq;
  let terminal: StreamTerminal | undefined;
  let armed: Subscription | undefined;
  let due = false;
  let waitsSince = Infinity;

  function flush(): void {
    due = true;
    write();
  }

  function arm(): void {
    armed ??= asyncScheduler.schedule(flush, batchMs);
  }

  /** One write at a time, so that a store need not keep the order of several. */
  function write(): void {
    if (waitsSince < Infinity || subscription.closed) return;
    if (queue.length > 0 && due) append();
    else if (queue.length === 0 && terminal) finish(terminal);
  }

  function append(): void {
    armed?.unsubscribe();
    armed = undefined;
    const batch = queue.splice(0, largestBatch);
    due = queue.length >= batchSize || terminal !== undefined;
    if (queue.length > 0 && !due) arm();
    send(
      () => store.append(id, epoch, seq, batch),
      () => {
        seq += batch.length;
        for (const event of batch) chars -= eventChars(event);
        handlers.stored();
      },
    );
  }

  function finish(last: StreamTerminal): void {
    terminal = undefined;
    send(() => store.finish(id, epoch, last), handlers.ended, true);
  }

  function send(work: () => Promise<void>, stored: () => void, isTerminal = false): void {
    const since = asyncScheduler.now();
    waitsSince = since;
    const delay = (error: unknown): Observable<unknown> => {
      if (!mayPass(error) || asyncScheduler.now() - since >= leaseMs) throw error;
      return timer(retryMs);
    };
    const sent = defer(work)
      .pipe(retry({ delay }))
      .subscribe({
        error(error: unknown) {
          waitsSince = Infinity;
          terminal = undefined;
          handlers.failed(error, isTerminal);
        },
        complete() {
          waitsSince = Infinity;
          stored();
          write();
        },
      });
    subscription.add(sent);
  }

  subscription.add(() => armed?.unsubscribe());
  return {
    get pendingChars() {
      return chars;
    },
    get waitsSince() {
      return waitsSince;
    },
    push(event) {
      queue.push(event);
      chars += eventChars(event);
      if (queue.length >= batchSize || boundaries.has(event.type)) flush();
      else arm();
    },
    end(last) {
      terminal = last;
      flush();
    },
    discard() {
      queue = [];
      chars = 0;
    },
    subscription,
  };
}

/** Whether it is a fault of the connection, which the client of a database reports by an error of its own. */
function mayPass(error: unknown): boolean {
  return !isStreamError(error) || error.retryable;
}
