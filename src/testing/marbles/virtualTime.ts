import { asyncScheduler, type VirtualTimeScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { assertDeltas } from './assertDeltas.js';
import { deltaMarbles } from './deltaMarbles.js';
import type { EventLetters } from './letters.js';
import type { MarbleHelpers } from './marbles.js';

/**
 * A test body in virtual time that may also wait for promises: what {@link marbles} is for operators, this is for sources, whose requests and
 * bodies are promises.
 *
 *     real time       |                                                    microseconds
 *     virtual time    0---step---settle---step---settle---…                the promises of a step settle before the next one
 *
 * `TestScheduler.run` is over before the first promise settles. This runs one scheduled action after the other and lets all promises settle
 * in between, so a cassette replayed at `speed: 1` needs no real time, and a time limit rings exactly when it should. The test may be async
 * and await streams; marbles are written and expectations are made before its first `await`.
 *
 * Virtual are `asyncScheduler` and all that uses it: `timer`, `delay`, `timeout`, every operator and source of rxllm. Real stay promises, the
 * network, `setTimeout`, and the time of `animationFrameScheduler` and of `timestamp()`: for these there is {@link marbles}.
 *
 * @param test Gets the helpers.
 * @param values Letters of your own, beside {@link letters} or instead of them. @defaultValue none
 * @returns What `it`, `test` or anything else runs. Its promise rejects with what the test throws, with a {@link MarbleMismatchError} where a
 * stream is not as expected, or when the test waits for something that cannot come.
 * @example it('replays', virtualTime(async ({ expectStream }) => { … }))
 */
export function virtualTime(
  test: (helpers: MarbleHelpers) => void | Promise<void>,
  values: EventLetters = {},
): () => Promise<void> {
  return async () => {
    const scheduler = new TestScheduler(assertDeltas);
    const compare = scheduler.flush;
    // The run writes the marbles; what they and the test have scheduled waits for `flushSettling`.
    scheduler.flush = () => undefined;
    const restore = divert(scheduler);
    try {
      let state: 'running' | 'done' = 'running';
      const result = scheduler.run((helpers) => Promise.resolve(test({ ...helpers, ...deltaMarbles(scheduler, values) })));
      const done = result.finally(() => {
        state = 'done';
      });
      // What it rejects with is thrown below, once time has stopped.
      done.catch(() => undefined);
      for (const hot of scheduler.hotObservables.splice(0)) hot.setup();
      await flushSettling(scheduler, () => state === 'running');
      await done;
      compare.call(scheduler);
    } finally {
      restore();
    }
  };
}

/** Makes the time of `asyncScheduler` virtual, and gives what undoes that. */
function divert(scheduler: VirtualTimeScheduler): () => void {
  const { now } = asyncScheduler;
  if (Object.hasOwn(asyncScheduler, 'schedule')) throw new Error('virtualTime: another test is still in virtual time');
  asyncScheduler.now = () => scheduler.now();
  asyncScheduler.schedule = (work, delay, state) => scheduler.schedule(work, delay, state);
  return () => {
    asyncScheduler.now = now;
    Reflect.deleteProperty(asyncScheduler, 'schedule');
  };
}

/** A test that repeats something for ever must end. */
const mostSteps = 1_000_000;

/** How many turns of the event loop real work may take in which no virtual time passes: enough for a local server. */
const mostIdleTurns = 50_000;

async function flushSettling(scheduler: VirtualTimeScheduler, waits: () => boolean): Promise<void> {
  await settle();
  for (let steps = 0, idle = 0; ; ) {
    const action = scheduler.actions.shift();
    if (action) {
      if (++steps > mostSteps) throw new Error(`virtualTime: still busy after ${mostSteps} steps, at ${scheduler.frame} ms`);
      idle = 0;
      scheduler.frame = action.delay;
      const error: unknown = action.execute(action.state, action.delay);
      if (error) throw error;
    } else if (!waits()) return;
    else if (++idle > mostIdleTurns) throw new Error('virtualTime: the test waits for something that does not come');
    await settle();
  }
}

/** Two turns of the event loop: every promise that can settle has settled, and what it began as well. */
async function settle(): Promise<void> {
  await turn();
  await turn();
}

/** Not a timer where there is another way, so that it is neither slow nor faked. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof MessageChannel === 'undefined') return void realSchedule.call(asyncScheduler, () => resolve(), 0);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

const { schedule: realSchedule } = asyncScheduler;
