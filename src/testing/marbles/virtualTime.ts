import { asyncScheduler, type VirtualTimeScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { assertDeltas } from './assertDeltas.js';
import { deltaMarbles } from './deltaMarbles.js';
import type { EventLetters } from './letters.js';
import type { MarbleHelpers } from './marbles.js';

/**
 * Runs a test body in virtual time that may also await promises: {@link marbles} is for operators, this for sources, because requests and bodies
 * are promises.
 *
 *     real time       |                                                    microseconds
 *     virtual time    0---step---settle---step---settle---…                the promises of a step settle before the next one
 *
 * `TestScheduler.run` returns before the first promise settles. `virtualTime` runs one scheduled action after the other and lets all promises
 * settle in between: a cassette replayed at `speed: 1` takes no real time, and a time limit errors exactly on time. The test may be async and await
 * streams; write marbles and expectations before its first `await`. One test at a time.
 *
 * Time is virtual for `asyncScheduler` and everything that uses it: `timer`, `delay`, `timeout`, every operator and source of rxllm. It is real for
 * promises, the network, `setTimeout`, `animationFrameScheduler` and `timestamp()`; {@link marbles} covers the last two.
 *
 * @param test Receives the helpers.
 * @param values Letters to add to {@link letters}, or to replace. @defaultValue none
 * @returns An async function for `it`, `test` or any other runner. Its promise rejects with the error that the test throws, with a
 * {@link MarbleMismatchError} if a stream does not emit what is expected, or with an Error if the test waits for something that never happens.
 * @example it('replays', virtualTime(async ({ expectStream }) => { … }))
 */
export function virtualTime(
  test: (helpers: MarbleHelpers) => void | Promise<void>,
  values: EventLetters = {},
): () => Promise<void> {
  return async () => {
    const scheduler = new TestScheduler(assertDeltas);
    const compare = scheduler.flush;
    // `run` flushes at its end; the scheduled actions must wait for `flushSettling` instead.
    scheduler.flush = () => undefined;
    const restore = makeTimeVirtual(scheduler);
    try {
      let state: 'running' | 'done' = 'running';
      const result = scheduler.run((helpers) => Promise.resolve(test({ ...helpers, ...deltaMarbles(scheduler, values) })));
      const done = result.finally(() => {
        state = 'done';
      });
      // A rejection is thrown below, after the flush.
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

/** Makes `asyncScheduler` use virtual time; returns a function that undoes it. */
function makeTimeVirtual(scheduler: VirtualTimeScheduler): () => void {
  const { now } = asyncScheduler;
  if (Object.hasOwn(asyncScheduler, 'schedule')) throw new Error('virtualTime: another test is still in virtual time');
  asyncScheduler.now = () => scheduler.now();
  asyncScheduler.schedule = (work, delay, state) => scheduler.schedule(work, delay, state);
  return () => {
    asyncScheduler.now = now;
    Reflect.deleteProperty(asyncScheduler, 'schedule');
  };
}

/** Scheduled actions; a test that repeats something forever fails after these. */
const mostSteps = 1_000_000;

/** Turns of the event loop without a scheduled action, while the test awaits real work: enough for a local server. */
const mostIdleTurns = 50_000;

async function flushSettling(scheduler: VirtualTimeScheduler, isRunning: () => boolean): Promise<void> {
  await settle();
  for (let steps = 0, idle = 0; ; ) {
    const action = scheduler.actions.shift();
    if (action) {
      if (++steps > mostSteps) throw new Error(`virtualTime: still busy after ${mostSteps} steps, at ${scheduler.frame} ms`);
      idle = 0;
      scheduler.frame = action.delay;
      const error: unknown = action.execute(action.state, action.delay);
      if (error) throw error;
    } else if (!isRunning()) return;
    else if (++idle > mostIdleTurns) throw new Error('virtualTime: the test waits for something that never happens');
    await settle();
  }
}

/** Waits two turns of the event loop: every promise that can settle has settled, and so have those that it started. */
async function settle(): Promise<void> {
  await turn();
  await turn();
}

/** A message instead of a timer where possible: a timer is slow, and a test runner may fake it. */
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
