/* eslint-disable rxjs-x/no-internal -- TestScheduler.run sets the same delegates, but for no longer than one call. */
import { animationFrameProvider } from 'rxjs/internal/scheduler/animationFrameProvider';
import { performanceTimestampProvider } from 'rxjs/internal/scheduler/performanceTimestampProvider';
import { TestScheduler } from 'rxjs/testing';

/**
 * Gives RxJS the animation frames of a marble instead of those of the page, as `TestScheduler.run` does; returns a function that undoes it.
 * Without a marble there are none, as on a server.
 */
export function scheduleFrames(scheduler: TestScheduler, marble: string | undefined): () => void {
  const waiting = new Map<number, FrameRequestCallback>();
  let last = 0;
  animationFrameProvider.delegate = {
    requestAnimationFrame(callback) {
      if (marble === undefined) throw new ReferenceError('requestAnimationFrame is not defined');
      waiting.set(++last, callback);
      return last;
    },
    cancelAnimationFrame: (handle) => void waiting.delete(handle),
  };
  performanceTimestampProvider.delegate = scheduler;
  for (const { frame } of TestScheduler.parseMarbles(marble ?? '', undefined, undefined, undefined, true)) {
    scheduler.schedule(() => {
      const callbacks = [...waiting.values()];
      waiting.clear();
      for (const callback of callbacks) callback(scheduler.now());
    }, frame);
  }
  return () => {
    animationFrameProvider.delegate = undefined;
    performanceTimestampProvider.delegate = undefined;
  };
}
