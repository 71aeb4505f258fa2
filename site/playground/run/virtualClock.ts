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
  /** Virtual, in milliseconds. */
  now(): number;
}

const { schedule: scheduleReal } = asyncScheduler;

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
  let begunAt = 0;
  let stopped = false;
  let wake = (): void => undefined;

  // As in `TestScheduler.run`, but for longer than one call: a character of a marble is one millisecond.
  TestScheduler.frameTimeFactor = 1;
  Object.assign(scheduler, { runMode: true });
  asyncScheduler.now = () => scheduler.now();
  asyncScheduler.schedule = (work, delay, state) => scheduler.schedule(work, delay, state);

  const elapsed = (): number => (pace === 0 ? scheduler.frame : (performance.now() - begunAt) / pace);

  function stop(): void {
    if (stopped) return;
    stopped = true;
    TestScheduler.frameTimeFactor = frameTimeFactor;
    asyncScheduler.now = now;
    Reflect.deleteProperty(asyncScheduler, 'schedule');
    wake();
  }

  /** Waits until a virtual time has come, or the clock is stopped. */
  function wait(untilMs: number): Promise<void> {
    const leftMs = pace === 0 ? 0 : begunAt + untilMs * pace - performance.now();
    if (leftMs <= 1) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = scheduleReal.call(asyncScheduler, () => resolve(), leftMs);
      wake = () => {
        timer.unsubscribe();
        resolve();
      };
    });
  }

  async function run(): Promise<void> {
    begunAt = performance.now();
    try {
      await settle();
      while (!stopped) {
        const [next] = scheduler.actions;
        if (!next) break;
        await wait(next.delay);
        // An earlier action cannot have come meanwhile: only actions schedule.
        const action = stopped ? undefined : scheduler.actions.shift();
        if (!action) break;
        scheduler.frame = action.delay;
        const error: unknown = action.execute(action.state, action.delay);
        if (error) throw error;
        await settle();
      }
    } finally {
      stop();
    }
  }

  return {
    scheduler,
    run,
    stop() {
      // What ends now is recorded in this moment, and not in that of the last event.
      if (!stopped) scheduler.frame = Math.max(scheduler.frame, elapsed());
      stop();
    },
    now: () => (stopped ? scheduler.frame : Math.max(scheduler.frame, elapsed())),
  };
}

/** Waits two turns of the event loop: every promise that can settle has settled, and the page has painted where it wants to. */
async function settle(): Promise<void> {
  await turn();
  await turn();
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
