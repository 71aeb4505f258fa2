import type { LogPlace } from './logEntry.js';

/** What waits for the entries of one log: the hub asks Redis for what follows `last`. */
export interface LogFollower {
  readonly key: string;
  readonly last: LogPlace;
  /** Until when it has what follows from a producer in this process, so that it need not be asked for, as `asyncScheduler.now()` counts. */
  readonly localUntil: number;
  /** Takes what a reply has of the log: entries as Redis gives them. */
  deliver(entries: unknown): void;
  fail(error: unknown): void;
}

/** A log that the hub follows. */
export interface Following {
  /** Asks for what follows at once. */
  ask(): void;
  end(): void;
}

/** Brings what is appended, and cancels, to this process: with one connection, whatever the number of logs and readers. */
export interface Hub {
  /** Where a cancel is sent to. */
  readonly control: string;
  /** Entries after `follower.last` are delivered until the following ends. */
  follow(follower: LogFollower): Following;
  /** The listener gets the reason of each cancel of that log, until the returned function is called. */
  listen(logKey: string, listener: (reason: string) => void): () => void;
  /** Sends a cancel to the control of any process. */
  cancel(control: string, logKey: string, reason: string): Promise<void>;
}
