import { Observable, Subject } from 'rxjs';
import type { Renewal, StreamTerminal } from '../durable/streamStore.js';
import { FencedError, GapError } from '../errors.js';
import type { DeltaEvent } from '../events.js';
import type { Appends, Refusal } from './appends.js';
import type { Commands } from './commands.js';
import type { Hub } from './hub.js';
import { createKeptEvents } from './keptEvents.js';
import type { StreamKeys } from './keys.js';
import { encodeEvent, encodeTerminal } from './logEntry.js';
import { finishScript, listenScript, renewScript, type Script } from './scripts.js';

/** One producer of one stream: what a store remembers between its calls. */
export interface Producing {
  append(fromSeq: number, events: readonly DeltaEvent[]): Promise<void>;
  renew(): Promise<Renewal>;
  finish(terminal: StreamTerminal): Promise<void>;
  /** Emits the reason of a cancel. A producer that has given up unsubscribes: nothing is kept for it any more. */
  readonly cancelled: Observable<string>;
}

/** The most events of one call of the script. */
const maxBatch = 512;

/** What all producers of a process share. */
export interface ProducingRoom {
  readonly commands: Commands;
  readonly appends: Appends;
  readonly hub: Hub;
  /** Whether what is written is published too. */
  readonly notify: string;
}

export interface ProducingHandlers {
  /** Redis has stored these events, as JSON. */
  stored(fromSeq: number, texts: readonly string[]): void;
  /** Nothing more of this producer can be added. */
  ended(): void;
}

export function createProducing(
  { commands, appends, hub, notify }: ProducingRoom,
  keys: StreamKeys,
  epoch: number,
  handlers: ProducingHandlers,
): Producing {
  const both = [keys.log, keys.meta];
  const ended = new Subject<never>();
  const kept = createKeptEvents();
  /** How many subscribers `cancelled` has. */
  let watching = 0;

  function end(): void {
    ended.complete();
    handlers.ended();
  }

  /** Stores again what Redis has lost of what it had stored, so that the work which was refused is repeated. */
  async function mend([state, lastSeq]: Refusal): Promise<void> {
    if (state === 'behind') return appendAgain(Number(lastSeq) + 1);
    end();
    throw new FencedError(state === 'gone' ? 'The stream is gone' : undefined);
  }

  /** Runs a script of the holder of the stream. */
  async function hold(script: Script, args: readonly string[]): Promise<readonly unknown[]> {
    for (;;) {
      appends.flush();
      const reply = await commands.run(script, both, [String(epoch), ...args]);
      if (reply[0] === 'ok') return reply;
      await mend(reply);
    }
  }

  async function appendAgain(fromSeq: number): Promise<void> {
    const again = kept.from(fromSeq);
    if (again.length === 0) throw new GapError('Events before these were not stored', { code: 'lost' });
    await appendTexts(fromSeq, again);
  }

  async function appendTexts(fromSeq: number, texts: readonly string[]): Promise<void> {
    for (let done = 0; done < texts.length; done += maxBatch) {
      const batch = texts.length > maxBatch ? texts.slice(done, done + maxBatch) : texts;
      for (;;) {
        const refusal = await appends.run(keys, epoch, fromSeq + done, batch);
        if (!refusal) break;
        await mend(refusal);
      }
      handlers.stored(fromSeq + done, batch);
    }
  }

  return {
    async append(fromSeq, events) {
      const texts = events.map(encodeEvent);
      await appendTexts(fromSeq, texts);
      kept.add(fromSeq, texts);
    },
    async renew() {
      const [, lastSeq, cancelled, reason] = await hold(renewScript, []);
      if (Number(lastSeq) + 1 < kept.nextSeq) await appendAgain(Number(lastSeq) + 1);
      return { cancelRequested: Number(cancelled) === 1, reason: Number(cancelled) === 1 ? String(reason) : undefined };
    },
    async finish(terminal) {
      try {
        await hold(finishScript, [String(kept.nextSeq), notify, encodeTerminal(terminal)]);
      } catch (error) {
        // What may be tried again still has to know what was stored.
        if (error instanceof GapError) end();
        throw error;
      }
      end();
    },
    cancelled: new Observable((subscriber) => {
      let isCancelled = false;
      /** It does not complete before the stream ends, so that who gives up after a cancel unsubscribes too. */
      function emit(reason: string): void {
        if (isCancelled) return;
        isCancelled = true;
        subscriber.next(reason);
      }
      watching++;
      subscriber.add(hub.listen(keys.log, emit));
      subscriber.add(ended.subscribe(subscriber));
      let hasFailed = false;
      subscriber.add(() => {
        watching--;
        if (watching === 0 && !hasFailed) end();
      });
      commands
        .run(listenScript, both, [String(epoch), hub.control], () => !subscriber.closed)
        .then(([state, cancelled, reason]) => {
          if (state !== 'ok') subscriber.complete();
          else if (Number(cancelled) === 1) emit(String(reason));
        })
        .catch((error: unknown) => {
          hasFailed = true;
          subscriber.error(error);
        });
    }),
  };
}
