import { BehaviorSubject, combineLatest, distinctUntilChanged, map, type Observable } from 'rxjs';

/** Tells a source whether its events are wanted: whoever takes them pauses it when they come too fast. */
export interface Demand {
  /** Whether it is paused now. */
  readonly paused: boolean;
  /** The same as an Observable: what it is now, then each change. */
  readonly paused$: Observable<boolean>;
  /** Stops reading. To pause what is paused changes nothing. */
  pause(): void;
  /** Reads on. */
  resume(): void;
}

/**
 * A handle by which a slow consumer holds back the sources that were given it.
 *
 *     demand    -----pause------resume----
 *     body      [ab]-[cd]                  [ef]: left to TCP, so that the provider waits
 *     result    (ab)-(cd)-------(ef)---    the chunk that is being pushed is pushed to its end
 *
 * Give it to the source as `demand`, and to `timeoutBetweenChunks` too, so that a slow consumer is not taken for a silent provider. One handle
 * serves all attempts of a retry, and every request that is subscribed with it. It has no owner: a sink that leaves a stream which others
 * still read resumes first.
 *
 * @param parts Handles of several consumers of one stream: the new handle is paused while any of them is, or while it is paused itself, so
 * that the slowest sets the pace.
 * @example
 * const demand = createDemand();
 * response.on('drain', demand.resume);
 * fromMessages(client, params, { demand }).pipe(textDeltas()).subscribe((text) => response.write(text) || demand.pause());
 */
export function createDemand(...parts: readonly Demand[]): Demand {
  const own = new BehaviorSubject(false);
  const all = [own, ...parts.map(({ paused$ }) => paused$)];
  return {
    get paused() {
      return own.value || parts.some(({ paused }) => paused);
    },
    paused$: combineLatest(all).pipe(
      map((states) => states.includes(true)),
      distinctUntilChanged(),
    ),
    pause: () => own.next(true),
    resume: () => own.next(false),
  };
}
