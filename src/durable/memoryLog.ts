import { asyncScheduler, Subject, type Subscriber } from 'rxjs';
import { FencedError, fromErrorInfo, GapError } from '../errors.js';
import type { DeltaEvent } from '../events.js';
import { type Alarm, createAlarm } from '../kernel/alarm.js';
import { entryId, readEntryId } from './entryId.js';
import { producerLost } from './producerLost.js';
import type { StreamClaim, StreamEntry, StreamTerminal } from './streamStore.js';

/** The log of one stream in memory. All of it is synchronous: what one call appends, the readers have emitted when it returns. */
export interface MemoryLog {
  readonly id: string;
  readonly owner: string;
  readonly epoch: number;
  /** Whether it has an epoch before that. */
  readonly takenOver: boolean;
  /** How many events the epoch has. */
  readonly seq: number;
  readonly ended: boolean;
  /** Whether a producer holds a lease that has not run out. */
  readonly leased: boolean;
  /** When the log may be dropped, as `asyncScheduler.now()` counts. */
  readonly expiresAt: number;
  /** About how many characters it holds. */
  chars: number;
  /** Emits the reason of a cancel. */
  readonly cancels: Subject<string>;
  cancelReason: string | undefined;
  /** Begins the next epoch. */
  claim(claim: StreamClaim, epoch: number): void;
  /** @throws FencedError unless the epoch produces. */
  checkProducer(epoch: number): void;
  renew(): void;
  /** Which of these events are new. @throws FencedError if another event has one of their numbers, GapError if one before them is missing. */
  newEvents(fromSeq: number, events: readonly DeltaEvent[]): readonly DeltaEvent[];
  append(events: readonly DeltaEvent[]): void;
  finish(terminal: StreamTerminal): void;
  /** @throws GapError if the log has no entry of that id. */
  read(after: string | undefined, subscriber: Subscriber<StreamEntry>): void;
}

/** The events of one producer. */
interface Epoch {
  readonly epoch: number;
  /** The index of its first event. */
  readonly start: number;
}

/** One subscription to the log. */
interface LogReader {
  readonly subscriber: Subscriber<StreamEntry>;
  /** The index of the entry that it emits next. */
  next: number;
  /** Whether it emits entries now: a call from within its own handler adds to that. */
  busy: boolean;
}

export function createMemoryLog(id: string, nextEpoch: () => number, onLost: (log: MemoryLog) => void): MemoryLog {
  const entries: StreamEntry[] = [];
  const epochs: Epoch[] = [];
  const readers = new Set<LogReader>();
  const cancels = new Subject<string>();
  let holder: StreamClaim = { owner: '', leaseMs: 0, retentionMs: 0 };
  let leaseUntil = 0;
  let expiresAt = 0;
  let terminal: StreamTerminal | undefined;
  /** Rings when the lease runs out while there are readers. */
  let watch: Alarm | undefined;

  const log: MemoryLog = {
    id,
    get owner() {
      return holder.owner;
    },
    get epoch() {
      return epochs.at(-1)?.epoch ?? 0;
    },
    get takenOver() {
      return epochs.length > 1;
    },
    get seq() {
      return entries.length - start();
    },
    get ended() {
      return terminal !== undefined;
    },
    get leased() {
      return asyncScheduler.now() < leaseUntil;
    },
    get expiresAt() {
      return expiresAt;
    },
    chars: 0,
    cancels,
    cancelReason: undefined,
    claim(claim, epoch) {
      holder = claim;
      epochs.push({ epoch, start: entries.length });
      renew();
    },
    checkProducer(epoch) {
      if (epoch !== log.epoch || terminal) throw new FencedError();
    },
    renew,
    newEvents(fromSeq, events) {
      if (fromSeq > log.seq + 1) throw new GapError('Events before these were not stored', { code: 'lost' });
      const first = start() + fromSeq - 1;
      const stored = entries.slice(first, first + events.length);
      if (!stored.every(({ event }, index) => isSame(event, events[index]))) throw new FencedError();
      return events.slice(stored.length);
    },
    append(events) {
      const { epoch } = log;
      let { seq } = log;
      for (const event of events) entries.push({ id: entryId(epoch, ++seq), event });
      keep();
      deliver();
    },
    finish(end) {
      terminal = end;
      keep();
      watchLease();
      cancels.complete();
      deliver();
    },
    read(after, subscriber) {
      const reader: LogReader = { subscriber, next: placeAfter(after), busy: false };
      readers.add(reader);
      watchLease();
      subscriber.add(() => {
        readers.delete(reader);
        watchLease();
      });
      pump(reader);
    },
  };

  /** Where the events of the newest epoch begin. */
  function start(): number {
    return epochs.at(-1)?.start ?? 0;
  }

  function keep(): void {
    expiresAt = asyncScheduler.now() + Math.max(holder.retentionMs, holder.leaseMs);
  }

  function renew(): void {
    leaseUntil = asyncScheduler.now() + holder.leaseMs;
    keep();
  }

  function placeAfter(after: string | undefined): number {
    if (after === undefined) return 0;
    const place = readEntryId(after);
    if (!place) throw new GapError('That is no id of an entry', { code: 'malformed_id' });
    const { epoch, seq } = place;
    const index = epochs.findIndex((known) => known.epoch === epoch);
    const first = epochs[index]?.start ?? 0;
    const last = (epochs[index + 1]?.start ?? entries.length) - first;
    const isTerminal = terminal !== undefined && epoch === log.epoch && seq === last + 1;
    if (index < 0 || (seq > last && !isTerminal)) throw new GapError('The log has no such entry', { code: 'unknown_id' });
    return Math.min(first + seq, entries.length);
  }

  function deliver(): void {
    for (const reader of readers) pump(reader);
  }

  function pump(reader: LogReader): void {
    const { subscriber } = reader;
    if (reader.busy) return;
    reader.busy = true;
    while (!subscriber.closed) {
      const entry = entries[reader.next];
      if (!entry) break;
      reader.next++;
      subscriber.next(entry);
    }
    reader.busy = false;
    if (terminal?.type === 'complete') subscriber.complete();
    else if (terminal) subscriber.error(fromErrorInfo(terminal.error));
  }

  function watchLease(): void {
    if (readers.size === 0 || terminal) {
      watch?.clear();
      watch = undefined;
    } else if (!watch) {
      watch = createAlarm(() => leaseUntil, takeOver);
      watch.set();
    }
  }

  function takeOver(): void {
    log.claim({ ...holder, owner: '' }, nextEpoch());
    log.finish(producerLost());
    onLost(log);
  }

  return log;
}

function isSame(stored: DeltaEvent, event: DeltaEvent | undefined): boolean {
  return stored === event || JSON.stringify(stored) === JSON.stringify(event);
}
