import { BehaviorSubject, combineLatest, distinctUntilChanged, map, type Observable } from 'rxjs';
import { checkHandle } from './checkHandle.js';

/** Lets a consumer pause the sources of a stream when their events arrive too fast. Made by {@link createDemand}. */
export interface Demand {
  /** Whether the sources are paused now. */
  readonly paused: boolean;
  /** Emits the value of `paused` on subscribe, then each change. Never completes. */
  readonly paused$: Observable<boolean>;
  /** Makes the sources stop reading. Has no effect while it is paused already. */
  pause(): void;
  /** Makes the sources read on. */
  resume(): void;
}

/**
 * Creates a handle by which a slow consumer holds back the sources that read with it.
 *
 *     demand    -----pause------resume----
 *     body      [ab]-[cd]                  [ef]: stays in the TCP buffers, so that the provider waits
 *     result    (ab)-(cd)-------(ef)---    a chunk that is being emitted is emitted to its end
 *
 * Pass it to the source as `demand`, and to `timeoutBetweenChunks` too, so that a slow consumer does not count as a silent provider. One
 * handle serves all attempts of a retry, and every request that is subscribed with it. No consumer owns it: one that unsubscribes from a
 * stream which others still read calls `resume` first.
 *
 * @param parts Handles of several consumers of one stream. The new handle is paused while it is paused itself or any of them is, so that
 * the slowest consumer sets the pace.
 * @cost Holds a flag.
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

/** @throws TypeError if a value is given that is not a {@link Demand}. */
export function checkDemand(name: string, value: unknown): void {
  if (value !== undefined) checkHandle(name, value, 'createDemand', ['resume', 'paused$']);
}
