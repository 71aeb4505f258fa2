import { asyncScheduler } from 'rxjs';
import { ConnectionError } from '../errors.js';
import { type Alarm, createAlarm } from '../kernel/alarm.js';

/** Bounds how long replies may take, with one timer for all of them. */
export interface ReplyWaits {
  /** The same reply, or a ConnectionError if it takes too long. */
  limit<T>(reply: Promise<T>): Promise<T>;
}

export function createReplyWaits(replyMs: number): ReplyWaits {
  /** What waits, the longest first. */
  const waits = new Set<{ readonly dueAt: number; readonly giveUp: () => void }>();
  let alarm: Alarm | undefined;

  function nextDue(): number {
    for (const { dueAt } of waits) return dueAt;
    return Infinity;
  }

  function giveUpLate(): void {
    const now = asyncScheduler.now();
    for (const wait of waits) {
      if (wait.dueAt > now) break;
      waits.delete(wait);
      wait.giveUp();
    }
    if (waits.size > 0) alarm?.set();
  }

  return {
    limit(reply) {
      return new Promise((resolve, reject) => {
        const wait = {
          dueAt: asyncScheduler.now() + replyMs,
          giveUp: () => reject(new ConnectionError(`Redis did not reply within ${replyMs} ms`)),
        };
        function settle(): void {
          waits.delete(wait);
          if (waits.size > 0) return;
          alarm?.clear();
          alarm = undefined;
        }
        waits.add(wait);
        alarm ??= createAlarm(nextDue, giveUpLate);
        alarm.set();
        reply.then(
          (value) => {
            settle();
            resolve(value);
          },
          (error: unknown) => {
            settle();
            reject(error);
          },
        );
      });
    },
  };
}
