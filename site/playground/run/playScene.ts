import { Observable, type Subscription, tap } from 'rxjs';
import { deltaMarbles, type MarbleLane } from 'rxllm/testing';
import type { Scene } from '../scene/scene.js';
import { compileScene, scriptOf } from './compileScene.js';
import { scheduleFrames } from './frames.js';
import { createVirtualClock } from './virtualClock.js';

/** How a run ended: `idle` if nothing is scheduled any more and the result is open, `limit` after too many values. */
export type RunEnd = 'complete' | 'error' | 'idle' | 'stopped' | 'limit';

/** A run of a scene. Its lanes grow while it goes. */
export interface SceneRun {
  readonly lanes: readonly MarbleLane[];
  readonly ended: Promise<RunEnd>;
  /** The time of the run, in milliseconds. */
  now(): number;
  /** Unsubscribes: nothing is emitted after this call. */
  stop(): void;
}

/** Values of the result. */
const mostValues = 20_000;

/**
 * Plays a scene once, in virtual time at its pace.
 *
 * @throws SceneError for a scene that cannot be played.
 */
export function playScene(scene: Scene): SceneRun {
  const script = scriptOf(scene);
  const clock = createVirtualClock(scene.pace);
  let restoreFrames = (): void => undefined;
  let end: RunEnd = 'idle';
  let subscription: Subscription | undefined;

  function finish(reason: RunEnd): void {
    if (end === 'idle') end = reason;
  }

  function start(): readonly MarbleLane[] {
    restoreFrames = scheduleFrames(clock.scheduler, script.frames);
    const { answer, stream } = deltaMarbles(clock.scheduler);
    const cold = clock.scheduler.createColdObservable.bind(clock.scheduler);
    const { lanes, result$ } = compileScene(scene, script, { answer, stream, cold });
    subscription = result$.pipe(limited(mostValues, () => finish('limit'))).subscribe({
      error: () => finish('error'),
      complete: () => finish('complete'),
    });
    return lanes;
  }

  function stop(reason: RunEnd): void {
    finish(reason);
    clock.stop();
    restoreFrames();
  }

  try {
    const lanes = start();
    const ended = clock.run().then(
      () => end,
      () => 'error' as const,
    );
    return {
      lanes,
      ended: ended.finally(() => restoreFrames()),
      now: clock.now,
      stop() {
        const atMs = clock.now();
        clock.scheduler.frame = atMs;
        subscription?.unsubscribe();
        stop('stopped');
      },
    };
  } catch (error) {
    stop('error');
    throw error;
  }
}

/** Unsubscribes after a number of values, also within a synchronous burst. */
function limited(most: number, reached: () => void): (source$: Observable<unknown>) => Observable<unknown> {
  return (source$) =>
    new Observable((subscriber) => {
      let count = 0;
      subscriber.add(
        source$.pipe(tap(() => void count++)).subscribe({
          next(value) {
            subscriber.next(value);
            if (count < most) return;
            reached();
            subscriber.unsubscribe();
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      );
    });
}
