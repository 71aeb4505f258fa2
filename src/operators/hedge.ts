import { asyncScheduler, isObservable, type MonoTypeOperatorFunction, Observable, Subscriber } from 'rxjs';
import { exhausted } from '../attempts/exhausted.js';
import { isStreamError } from '../errors.js';
import { type DeltaEvent, isContent, type PartialMessage, type RequestUsage, type UsageEvent } from '../events.js';
import { createAlarm } from '../kernel/alarm.js';
import { carrySignal } from '../kernel/callerAbort.js';
import { checkNotNegative, checkOptions } from '../kernel/options.js';
import { createMessageFold } from '../message/messageFold.js';
import { createRequestTracker, type RequestTracker } from '../metering/requestUsage.js';
import { sumUsage } from '../metering/usageArithmetic.js';

export interface HedgeOptions {
  /** How long the first provider has for its first content, in milliseconds; 0 asks both at once, `Infinity` the second only on failure. */
  readonly afterMs: number;
}

/** One provider's request, while it is not decided whose answer it will be. */
interface Lane {
  /** What came before its content, and leaves when it wins. */
  held: DeltaEvent[];
  /** What its requests reported. */
  tracker: RequestTracker;
  readonly request: Subscriber<DeltaEvent>;
}

/**
 * Asks a second provider when the first is slow, and takes whichever gives content first.
 *
 *     source        s-------a-b-f|     aborted at 6
 *     other             s-c---d-f|
 *     afterMs = 4
 *     result        ------(sc)d-f|     only pings leave before
 *
 * What a provider says before its content (`start`, usage, progress, resets of its own) is held, and leaves when it wins; the other is aborted
 * before that. A finish without content wins too. A provider that fails before its content is out, for whatever reason: the other goes on
 * alone, and is asked at once if it was not yet. So only two failures are one of the stream, and no `reset` is needed, because nothing had
 * left. The caller's own abort ends both. A winner stays the winner: what it does later, failing or starting over, is the stream's.
 *
 * Usage that the loser had reported is included in every later `usage`, at its own model's price for `withCost`, and told by itself when the
 * winner has reported none by then; `aggregateUsage` never takes it for the winner's. Who unsubscribes before the first content hears of no
 * usage.
 *
 * @param other The second provider's stream, cold.
 * @throws TypeError at call time if `other` is no Observable, or for an option that is missing or unknown, RangeError if `afterMs` is not ≥ 0.
 * Emits error: {@link RetryExhaustedError}, with both errors in the order in which they came, when both fail before their content; the winner's
 * own, the very object, after that. On unsubscribe: aborts both requests.
 * @example events$.pipe(hedge(other$, { afterMs: 2_000 }))
 */
export function hedge(other: Observable<DeltaEvent>, options: HedgeOptions): MonoTypeOperatorFunction<DeltaEvent> {
  if (!isObservable(other)) throw new TypeError('hedge: other must be an Observable');
  const afterMs = checkAfterMs(options);
  return (source) => {
    const result = new Observable<DeltaEvent>((destination) => {
      const lanes = new Set<Lane>();
      const errors: unknown[] = [];
      let winner: Lane | undefined;
      /** What providers reported that are out. */
      const lost: RequestUsage[] = [];
      let asked = false;
      const dueAt = asyncScheduler.now() + afterMs;
      const alarm = createAlarm(() => dueAt, askOther);

      function ask(provider$: Observable<DeltaEvent>): void {
        const request = new Subscriber<DeltaEvent>({
          next: (event) => take(lane, event),
          error: (error: unknown) => fail(lane, error),
          complete: () => complete(lane),
        });
        const lane: Lane = { held: [], tracker: createRequestTracker(), request };
        lanes.add(lane);
        destination.add(request);
        if (!request.closed) provider$.subscribe(request);
      }

      function askOther(): void {
        alarm.clear();
        asked = true;
        ask(other);
      }

      function drop(lane: Lane): void {
        lane.request.unsubscribe();
        lanes.delete(lane);
        for (const request of lane.tracker.requests) lost.push({ ...request, stands: false });
      }

      function win(lane: Lane): void {
        winner = lane;
        alarm.clear();
        for (const loser of lanes) if (loser !== lane) drop(loser);
        const { held } = lane;
        lane.held = [];
        const told = lane.tracker.requests.length > 0;
        if (lost.length > 0) lane.tracker = createRequestTracker();
        for (const event of held) leave(lane, event);
        const own = lostUsage();
        if (own && !told && held.length > 0) destination.next(own);
      }

      function leave(lane: Lane, event: DeltaEvent): void {
        if (lost.length === 0) return destination.next(event);
        lane.tracker.push(event);
        if (event.type !== 'usage') return destination.next(event);
        const usage = sumUsage([{ usage: event.usage }], sumUsage(lost)) ?? event.usage;
        destination.next({ ...event, usage, requests: [...lost, ...lane.tracker.requests] });
      }

      function lostUsage(): UsageEvent | undefined {
        const usage = sumUsage(lost);
        return usage && { type: 'usage', usage, requests: [...lost] };
      }

      function take(lane: Lane, event: DeltaEvent): void {
        if (lane === winner || event.type === 'ping') return leave(lane, event);
        if (isContent(event) || event.type === 'finish') {
          win(lane);
          leave(lane, event);
          return;
        }
        lane.tracker.push(event);
        lane.held.push(event);
      }

      function fail(lane: Lane, error: unknown): void {
        drop(lane);
        if (lane === winner || isStreamError(error, 'aborted')) return end(error);
        errors.push(error);
        if (!asked) askOther();
        else if (lanes.size === 0) end(errors.length > 1 ? exhausted(errors, partial) : error);
      }

      function end(error: unknown): void {
        alarm.clear();
        for (const lane of lanes) lane.request.unsubscribe();
        destination.error(error);
      }

      /** Nothing was delivered, but money was spent. */
      function partial(): PartialMessage {
        const fold = createMessageFold();
        const usage = lostUsage();
        if (usage) fold.push(usage);
        return fold.partial();
      }

      /** Without content it is no answer: another that runs may have one. */
      function complete(lane: Lane): void {
        if (lane !== winner) {
          if (lanes.size > 1) return drop(lane);
          if (errors.length > 0) return end(errors[0]);
          win(lane);
        }
        destination.complete();
      }

      destination.add(() => alarm.clear());
      alarm.set();
      ask(source);
    });
    return carrySignal(source, result);
  };
}

function checkAfterMs(options: HedgeOptions): number {
  checkOptions('hedge', options, ['afterMs']);
  const { afterMs } = options;
  if (afterMs === undefined) throw new TypeError('hedge: give afterMs');
  checkNotNegative('afterMs', afterMs);
  return afterMs;
}
