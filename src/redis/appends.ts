import { asyncScheduler } from 'rxjs';
import { type Commands, isPassing } from './commands.js';
import type { StreamKeys } from './keys.js';
import { appendScript } from './scripts.js';

/** The appends of all producers in this process. */
export interface Appends {
  /**
   * Appends events, as JSON, to one log.
   *
   * @returns Nothing if all are stored; else `gone`, `fenced`, or `behind` and the last `seq`.
   */
  run(keys: StreamKeys, epoch: number, fromSeq: number, texts: readonly string[]): Promise<Refusal | null | undefined>;
  /** Sends what is pending, so that the next command comes after it. */
  flush(): void;
}

/** Why Redis did not do what the producer of a stream asked for. */
export type Refusal = readonly unknown[];

/** With this many producers or more their appends wait `gatherMs` for each other: else each of them would be a command. */
const manyProducers = 16;
const gatherMs = 4;

/** A batch of this many characters is sent at once: Redis runs a call without interruption. */
const manyChars = 2 ** 14;

interface Pending {
  readonly keys: StreamKeys;
  readonly epoch: number;
  readonly fromSeq: number;
  readonly texts: readonly string[];
  readonly resolve: (refusal: Refusal | null | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers what is appended to several logs at about the same time into one call: a command for each costs several times what it stores.
 *
 * @param notify Whether what is written is published too, as in a cluster: the logs are on different nodes, so that each needs a call of its own.
 * @param producers How many there are.
 */
export function createAppends(commands: Commands, notify: string, producers: () => number): Appends {
  let pending: Pending[] = [];
  let chars = 0;
  let isArmed = false;

  function arm(): void {
    if (isArmed) return;
    isArmed = true;
    if (producers() >= manyProducers) asyncScheduler.schedule(flush, gatherMs);
    else queueMicrotask(flush);
  }

  function flush(): void {
    isArmed = false;
    if (pending.length === 0) return;
    const batch = pending;
    pending = [];
    chars = 0;
    void send(batch);
  }

  async function send(batch: readonly Pending[]): Promise<void> {
    const keys: string[] = [];
    const args: string[] = [notify];
    for (const { keys: own, epoch, fromSeq, texts } of batch) {
      keys.push(own.log, own.meta);
      args.push(String(epoch), String(fromSeq), String(texts.length));
      for (const text of texts) args.push(text);
    }
    try {
      const states = await commands.run(appendScript, keys, args);
      for (const [index, { resolve }] of batch.entries()) resolve(states[index] as Refusal | null | undefined);
    } catch (error) {
      // Each may be repeated: the fault of one log is not that of the others.
      if (batch.length > 1 && !isPassing(error)) for (const append of batch) void send([append]);
      else for (const { reject } of batch) reject(error);
    }
  }

  return {
    run(keys, epoch, fromSeq, texts) {
      return new Promise((resolve, reject) => {
        pending.push({ keys, epoch, fromSeq, texts, resolve, reject });
        for (const text of texts) chars += text.length;
        if (notify || chars >= manyChars) flush();
        else arm();
      });
    },
    flush,
  };
}
