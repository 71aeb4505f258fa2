import type { Observable } from 'rxjs';
import type { DeltaEvent, ErrorInfo } from '../events.js';

/**
 * Where streams live that outlive their producer: a log of entries for each id, in the memory of a process ({@link memoryStore}) or in a
 * database that several machines reach. `storeContract` of `rxllm/testing` checks what is said here.
 *
 *     log of one id    1-0      1-1  1-2  1-3     2-0      2-1
 *                      claim    event …           claim    terminal
 *
 * An entry's id is `<epoch>-<seq>`. Each claim that makes a caller the producer has a higher epoch, also after the log
 * was dropped, and writes the entry `<epoch>-0`; the
 * events of that producer follow as `<epoch>-1`, `<epoch>-2`, … without a gap, and a terminal ends the log. Readers emit the events; a claim
 * and the terminal have ids, and are not emitted.
 *
 * What every store guarantees:
 * - Each reader emits a prefix of one order, the same for all, and exactly one end.
 * - Ids only grow, and `seq` has no gap within an epoch; a reader that would have to skip an entry emits a {@link GapError}.
 * - The log has at most one terminal, and nothing after it.
 * - Nothing of epoch k comes after the claim of a higher epoch: a producer that was replaced can write nothing.
 * - A reader ends within a second after the lease of a producer that died: it emits a `TruncatedError`, code `producer_lost`, retryable.
 * - `read(id, after)` is what `read(id)` emits after that entry.
 * - What a stream needs is dropped `retentionMs` after its last write or renewal, or the lease if that is longer.
 *
 * A promise rejects with {@link FencedError}, {@link GapError}, {@link NotFoundError}, {@link LimitError} (a bound of the store), or with what
 * the database's client emits, for instance a lost connection.
 */
export interface StreamStore {
  /**
   * Makes the caller the producer of a stream, if it has none: of a new id, or of one whose producer let its lease run out. Atomic: of several
   * callers at once, one produces.
   *
   * A claim that is repeated by the owner that holds the lease, and has appended nothing, gives the same epoch again: its reply may have been
   * lost.
   */
  claim(id: string, claim: StreamClaim): Promise<ClaimResult>;

  /**
   * Adds events as `<epoch>-<fromSeq>` and so on, in one go: batches come one after another, each after the one before was stored. Resolves
   * when they are stored.
   *
   * Appending the same events again under the same numbers changes nothing, so that an append whose outcome is unknown may be repeated.
   *
   * @param fromSeq The number of the first event: 1 for the first append of an epoch.
   * @returns Rejects with FencedError if another producer has claimed the stream, if it has ended or is gone, or if another event has that
   * number; with GapError if an entry before `fromSeq` is missing.
   */
  append(id: string, epoch: number, fromSeq: number, events: readonly DeltaEvent[]): Promise<void>;

  /**
   * Makes the lease begin again, and the retention too. A lease that has run out is renewed as long as the stream has no other producer.
   *
   * @returns Rejects with FencedError as {@link StreamStore.append} does.
   */
  renew(id: string, epoch: number): Promise<Renewal>;

  /**
   * Ends the stream with the terminal, as the next entry of the epoch: readers complete or error. The log is kept for `retentionMs`. Ending it
   * again with the same epoch changes nothing.
   *
   * @returns Rejects with FencedError if another producer has claimed or ended the stream, or if it is gone.
   */
  finish(id: string, epoch: number, terminal: StreamTerminal): Promise<void>;

  /**
   * Emits the events of a stream: those that the log has, then those that are appended, then the end that its terminal names. Cold: each
   * subscription reads by itself. Unsubscribing ends the reading and has no effect on the producer.
   *
   * A reader whose producer let its lease run out takes over: it claims the stream and ends it with `producer_lost`, for all readers.
   *
   * @param after The id of the last entry seen: what follows is emitted. `undefined` for all.
   * @emitsError NotFoundError if there is no such stream; GapError if `after` is no id or not in the log, or if entries are lost while it
   * reads; what the terminal says.
   */
  read(id: string, after?: string): Observable<StreamEntry>;

  /**
   * Asks the producer to stop, wherever it is: it aborts its request, and emits a `finish` of reason `aborted` as the end of the log. Asking again, or
   * after the end, changes nothing.
   *
   * @param reason For the log: it becomes the `rawReason` of that `finish`.
   * @returns Resolves when the request is stored, before the producer has stopped. Rejects with NotFoundError if there is no such stream.
   */
  cancel(id: string, reason?: string): Promise<void>;

  /**
   * Emits the reason once when {@link StreamStore.cancel} is called, or at once if it was; completes without a value when the stream ends.
   * Optional: without it, a producer sees a cancel at its next renewal, a third of the lease later.
   */
  cancelled?(id: string, epoch: number): Observable<string>;

  /**
   * Whether a stream is being produced: false after its end, and for an id that is not known. Optional: a host needs it to answer that nothing is
   * there to be resumed; without it, a stream that has ended is sent again.
   */
  isOpen?(id: string): Promise<boolean>;
}

/** Who claims a stream, and for how long. */
export interface StreamClaim {
  /** Names the producer: another text for each, also within one process. */
  readonly owner: string;
  /** How long the producer may be silent before it counts as dead, in milliseconds. It renews every third of this. */
  readonly leaseMs: number;
  /** How long the log is kept after the last write, in milliseconds. */
  readonly retentionMs: number;
}

/**
 * What a claim gives: the caller is the producer (`produce`), another one is (`follow`), or the stream has ended (`done`).
 * `takeover` is whether the log has entries of a producer that was lost.
 */
export type ClaimResult =
  | { readonly role: 'produce'; readonly epoch: number; readonly takeover: boolean }
  | { readonly role: 'follow' }
  | { readonly role: 'done' };

/** What the producer learns when it renews. */
export interface Renewal {
  readonly cancelRequested: boolean;
  /** The reason that {@link StreamStore.cancel} was given, or empty text. */
  readonly reason?: string | undefined;
}

/** The end of a log: readers complete, or error with the error of this info, which has no `partial`. */
export type StreamTerminal = { readonly type: 'complete' } | { readonly type: 'error'; readonly error: ErrorInfo };

/** An event of a stream with its id in the log, `<epoch>-<seq>`. */
export interface StreamEntry {
  readonly id: string;
  readonly event: DeltaEvent;
}
