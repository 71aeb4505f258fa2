import { asyncScheduler, EMPTY, Observable, of } from 'rxjs';
import { FencedError, LimitError, NotFoundError } from '../errors.js';
import { checkEach, checkPositive, checkPositiveCount } from '../kernel/options.js';
import { eventChars } from './eventChars.js';
import { createMemoryLog, type MemoryLog } from './memoryLog.js';
import { checkStreamId } from './streamId.js';
import type { ClaimResult, StreamStore } from './streamStore.js';

/** Options of {@link memoryStore}. Sizes count about the characters of the texts and of nested objects as JSON. */
export interface MemoryStoreOptions {
  /** The largest number of streams, those that have ended among them. @defaultValue 10,000 */
  readonly maxStreams?: number | undefined;
  /** The largest size of one stream, in characters. @defaultValue 16,777,216 */
  readonly maxStreamChars?: number | undefined;
  /** The largest size of all streams together, in characters. @defaultValue 134,217,728 */
  readonly maxChars?: number | undefined;
}

/**
 * A {@link StreamStore} in the memory of this process: its streams outlive a connection and a page, and not the process.
 *
 *     claim, append, append, finish    log of an id    c-e-e-e-t
 *     read(id)                         reader              ee-e|
 *
 * When a bound is reached, the streams that ended longest ago are dropped before their retention has passed; a stream that is being produced never is.
 *
 * @throws TypeError and RangeError at call time for an option that is no number > 0.
 * @emitsError LimitError from `claim` and `append` if a bound is reached and no ended stream is left to drop.
 * @cost Holds the events of each stream until its retention has passed, and one timer for each stream that is being read. Nothing happens in
 * the background: what has expired is dropped at the next claim.
 * @example const store = memoryStore({ maxStreams: 1_000 });
 */
export function memoryStore(options: MemoryStoreOptions = {}): StreamStore {
  checkEach('memoryStore', options, {
    maxStreams: checkPositiveCount,
    maxStreamChars: checkPositive,
    maxChars: checkPositive,
  });
  const { maxStreams = 10_000, maxStreamChars = 2 ** 24, maxChars = 2 ** 27 } = options;
  const logs = new Map<string, MemoryLog>();
  /** What may be dropped, in the order in which it ended. */
  const ended = new Set<MemoryLog>();
  let chars = 0;
  let newestEpoch = 0;
  /** No log expires earlier. */
  let nextExpiry = Infinity;

  /** Whether it was not dropped: another stream may have its id since. */
  function isKept(log: MemoryLog): boolean {
    return logs.get(log.id) === log;
  }

  function drop(log: MemoryLog): void {
    logs.delete(log.id);
    ended.delete(log);
    chars -= log.chars;
  }

  function find(id: string): MemoryLog | undefined {
    const log = logs.get(id);
    if (!log || asyncScheduler.now() < log.expiresAt) return log;
    drop(log);
    return undefined;
  }

  function dropExpired(): void {
    const now = asyncScheduler.now();
    if (now < nextExpiry) return;
    nextExpiry = Infinity;
    for (const log of logs.values()) {
      if (log.expiresAt <= now) drop(log);
      else nextExpiry = Math.min(nextExpiry, log.expiresAt);
    }
  }

  function makeRoom(limit: string, value: number, isFull: () => boolean): void {
    for (const log of ended) {
      if (!isFull()) return;
      drop(log);
    }
    if (isFull()) throw new LimitError(limit, value);
  }

  /** Never the same again, so that no id of a log that was dropped is one of another log. */
  function nextEpoch(): number {
    newestEpoch = Math.max(newestEpoch + 1, asyncScheduler.now());
    return newestEpoch;
  }

  function produced(id: string, epoch: number): MemoryLog {
    const log = find(id);
    if (!log) throw new FencedError('The stream is gone');
    log.checkProducer(epoch);
    return log;
  }

  function create(id: string): MemoryLog {
    makeRoom('maxStreams', maxStreams, () => logs.size >= maxStreams);
    // The readers of a log that was dropped end it too, once they notice that its lease has run out.
    const log = createMemoryLog(id, nextEpoch, (lost) => isKept(lost) && ended.add(lost));
    logs.set(id, log);
    return log;
  }

  return {
    async claim(id, claim): Promise<ClaimResult> {
      checkStreamId('claim', id);
      dropExpired();
      const known = find(id);
      if (known?.ended) return { role: 'done' };
      const held = known?.leased ?? false;
      if (held && (known?.owner !== claim.owner || known.seq > 0)) return { role: 'follow' };
      const log = known ?? create(id);
      if (!held) log.claim(claim, nextEpoch());
      nextExpiry = Math.min(nextExpiry, log.expiresAt);
      return { role: 'produce', epoch: log.epoch, takeover: log.takenOver };
    },
    async append(id, epoch, fromSeq, events) {
      const log = produced(id, epoch);
      const added = log.newEvents(fromSeq, events);
      const size = added.reduce((sum, event) => sum + eventChars(event), 0);
      if (log.chars + size > maxStreamChars) throw new LimitError('maxStreamChars', maxStreamChars);
      makeRoom('maxChars', maxChars, () => chars + size > maxChars);
      log.chars += size;
      chars += size;
      log.append(added);
    },
    async renew(id, epoch) {
      const log = produced(id, epoch);
      log.renew();
      return { cancelRequested: log.cancelReason !== undefined, reason: log.cancelReason };
    },
    async finish(id, epoch, terminal) {
      const log = find(id);
      if (log?.ended && log.epoch === epoch) return;
      const open = produced(id, epoch);
      ended.add(open);
      open.finish(terminal);
    },
    read(id, after) {
      checkStreamId('read', id);
      return new Observable((subscriber) => {
        const log = find(id);
        if (!log) throw new NotFoundError();
        log.read(after, subscriber);
      });
    },
    async cancel(id, reason = '') {
      const log = find(id);
      if (!log) throw new NotFoundError();
      if (log.ended || log.cancelReason !== undefined) return;
      log.cancelReason = reason;
      log.cancels.next(reason);
    },
    async isOpen(id) {
      return find(id)?.ended === false;
    },
    cancelled(id, epoch) {
      return new Observable((subscriber) => {
        const log = find(id);
        const reason = log?.cancelReason;
        const isOpen = log && !log.ended && log.epoch === epoch;
        return (isOpen ? (reason === undefined ? log.cancels : of(reason)) : EMPTY).subscribe(subscriber);
      });
    },
  };
}
