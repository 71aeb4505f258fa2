import { Observable, Subject } from 'rxjs';
import type { Renewal, StreamTerminal } from '../durable/streamStore.js';
import { FencedError, GapError } from '../errors.js';
import type { DeltaEvent } from '../events.js';
import type { Commands } from './commands.js';
import type { Hub } from './hub.js';
import type { StreamKeys } from './keys.js';
import { encodeEvent, encodeTerminal } from './logEntry.js';
import { appendScript, finishScript, listenScript, renewScript, type Script } from './scripts.js';

/** One producer of one stream: what a store remembers between its calls. */
export interface Producing {
  append(fromSeq: number, events: readonly DeltaEvent[]): Promise<void>;
  renew(): Promise<Renewal>;
  finish(terminal: StreamTerminal): Promise<void>;
  /** Emits the reason of a cancel. A producer that has given up unsubscribes: nothing is kept for it any more. */
  readonly cancelled: Observable<string>;
}

/** The most events, and the most of their characters, that are kept for the case that Redis loses what it had stored. */
const maxKept = 1_024;
const maxKeptChars = 2 ** 20;

/** The most events of one call of the script. */
const maxBatch = 512;

/** @param onEnd Called when nothing more of this producer can be added. */
export function createProducing(
  commands: Commands,
  hub: Hub,
  keys: StreamKeys,
  epoch: number,
  notify: string,
  onEnd: () => void,
): Producing {
  const both = [keys.log, keys.meta];
  const ended = new Subject<never>();
  /** The last events that Redis has stored, the first of them as `<epoch>-<keptFrom>`. */
  let kept: string[] = [];
  let keptFrom = 1;
  let keptChars = 0;
  /** How many subscribers `cancelled` has. */
  let watching = 0;

  function end(): void {
    ended.complete();
    onEnd();
  }

  /** Runs a script of the holder of the stream. Where Redis has lost events that it had stored, they are appended again first. */
  async function hold(script: Script, args: readonly string[]): Promise<readonly unknown[]> {
    for (;;) {
      const reply = await commands.run(script, both, [String(epoch), ...args]);
      const [state, lastSeq] = reply;
      if (state === 'ok') return reply;
      if (state !== 'behind') {
        end();
        throw new FencedError(state === 'gone' ? 'The stream is gone' : undefined);
      }
      await appendAgain(Number(lastSeq) + 1);
    }
  }

  async function appendAgain(fromSeq: number): Promise<void> {
    const again = kept.slice(Math.max(fromSeq - keptFrom, 0));
    if (fromSeq < keptFrom || again.length === 0) throw new GapError('Events before these were not stored', { code: 'lost' });
    await appendTexts(fromSeq, again);
  }

  async function appendTexts(fromSeq: number, texts: readonly string[]): Promise<void> {
    for (let done = 0; done < texts.length; done += maxBatch) {
      await hold(appendScript, [String(fromSeq + done), notify, ...texts.slice(done, done + maxBatch)]);
    }
  }

  function keep(fromSeq: number, texts: readonly string[]): void {
    const next = keptFrom + kept.length;
    if (fromSeq > next) {
      kept = [];
      keptChars = 0;
      keptFrom = fromSeq;
    }
    for (const text of texts.slice(Math.max(next - fromSeq, 0))) {
      kept.push(text);
      keptChars += text.length;
    }
    if (kept.length <= maxKept && keptChars <= maxKeptChars) return;
    // Halved, so that events are moved rarely.
    const dropped = kept.splice(0, Math.ceil(kept.length / 2));
    keptFrom += dropped.length;
    for (const text of dropped) keptChars -= text.length;
  }

  return {
    async append(fromSeq, events) {
      const texts = events.map(encodeEvent);
      await appendTexts(fromSeq, texts);
      keep(fromSeq, texts);
    },
    async renew() {
      const [, lastSeq, cancelled, reason] = await hold(renewScript, []);
      const nextSeq = keptFrom + kept.length;
      if (Number(lastSeq) + 1 < nextSeq) await appendAgain(Number(lastSeq) + 1);
      return { cancelRequested: Number(cancelled) === 1, reason: Number(cancelled) === 1 ? String(reason) : undefined };
    },
    async finish(terminal) {
      try {
        await hold(finishScript, [String(keptFrom + kept.length), notify, encodeTerminal(terminal)]);
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
