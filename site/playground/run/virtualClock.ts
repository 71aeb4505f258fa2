import { asyncScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { assertDeltas } from 'rxllm/testing';

/** The time of one run: that of RxJS is virtual while it goes, and a pace decides how long it takes. */
export interface VirtualClock {
  readonly scheduler: TestScheduler;
  /** Runs what is scheduled, until nothing is or the clock is stopped. */
  run(): Promise<void>;
  /** Ends the run in this moment. */
  stop(): void;
  /** The virtual time, in milliseconds; between two events it goes on. */
  now(): number;
}

/** With a pace above 1, a silence takes no longer than this, in milliseconds. */
const longestSilenceMs = 1_000;

/**
 * Creates a clock: from this call to the end of its run, `asyncScheduler` is virtual.
 *
 * @param pace How many milliseconds one virtual millisecond takes; 0 takes none.
 * @throws Error while another one runs.
 */
export function createVirtualClock(pace: number): VirtualClock {
  if (Object.hasOwn(asyncScheduler, 'schedule')) throw new Error('another scene is still running');
  const scheduler = new TestScheduler(assertDeltas);
  const { now } = asyncScheduler;
  const { frameTimeFactor } = TestScheduler;
  // When the last event was due, and how long the virtual time from there to the next one takes.
  let dueAt = 0;
  let silenceMs = 0;
  let stopped = false;
  let wake = (): void => undefined;

  // As in `TestScheduler.run`, but for longer than one call: a character of a marble is one millisecond.
  TestScheduler.frameTimeFactor = 1;
  Object.assign(scheduler, { runMode: true });
  asyncScheduler.now = () => scheduler.now();
  asyncScheduler.schedule = (work, delay, state) => scheduler.schedule(work, delay, state);

  function stop(): void {
    if (stopped) return;
    stopped = true;
    TestScheduler.frameTimeFactor = frameTimeFactor;
    asyncScheduler.now = now;
    Reflect.deleteProperty(asyncScheduler, 'schedule');
    wake();
  }

  function virtualNow(): number {
    const [next] = scheduler.actions;
    if (stopped || silenceMs === 0 || !next) return scheduler.frame;
    const part = Math.max(0, Math.min(1, (performance.now() - dueAt) / silenceMs));
    return scheduler.frame + (next.delay - scheduler.frame) * part;
  }

  /** Waits for the next event, counted from when the last one was due, so that late timers do not add up. */
  function wait(untilMs: number): Promise<void> {
    const lastsMs = (untilMs - scheduler.frame) * pace;
    silenceMs = pace > 1 ? Math.min(lastsMs, longestSilenceMs) : lastsMs;
    const remainingMs = dueAt + silenceMs - performance.now();
    if (remainingMs <= 1) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, remainingMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function run(): Promise<void> {
    const { settle, close } = createTurns();
    dueAt = performance.now();
    try {
      await settle();
      while (!stopped) {
        const [next] = scheduler.actions;
        if (!next) break;
        await wait(next.delay);
        // None can have come before it meanwhile: only what runs schedules.
        const action = stopped ? undefined : scheduler.actions.shift();
        if (!action) break;
        dueAt += silenceMs;
        silenceMs = 0;
        scheduler.frame = action.delay;
        const error: unknown = action.execute(action.state, action.delay);
        if (error) throw error;
        await settle();
      }
    } finally {
      close();
      stop();
    }
  }

  return { scheduler, run, stop, now: virtualNow };
}

/** Waits two turns of the event loop: every promise that can settle has settled, and the page has painted where it wants to. */
interface Turns {
  settle(): Promise<void>;
  close(): void;
}

function createTurns(): Turns {
  const { port1, port2 } = new MessageChannel();
  let resolve = (): void => undefined;
  port1.onmessage = () => resolve();
  const turn = (): Promise<void> =>
    new Promise((next) => {
      resolve = next;
      port2.postMessage(undefined);
    });
  return {
    async settle() {
      await turn();
      await turn();
    },
    close: () => port1.close(),
  };
}
