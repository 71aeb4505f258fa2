import { asyncScheduler, catchError, defer, EMPTY, exhaustMap, interval, Observable, Subscriber, Subscription, tap } from 'rxjs';
import { ConnectionError, isStreamError, LimitError, toErrorInfo } from '../errors.js';
import type { DeltaEvent, StartEvent } from '../events.js';
import { longestTimerMs } from '../kernel/alarm.js';
import { localFinish } from '../message/localFinish.js';
import { type DurableOptions, defaultMaxPendingChars, type StreamSettlement } from './durableOptions.js';
import { type Claimed, createLogWriter } from './logWriter.js';
import type { Renewal, StreamTerminal } from './streamStore.js';

type Outcome = Pick<StreamSettlement, 'outcome' | 'error'>;

/** The lease is renewed so often within it. */
const renewals = 3;

/** From where on a source that can be held back is. */
const holdBackAt = 64 * 1024;

/**
 * Subscribes to the source and writes what it emits into the store. Nothing owns this subscription: it ends with the source, by a cancel, when
 * another producer has taken over, or when the store cannot be reached.
 *
 * @param settled Is called once, at the end.
 */
export function produce(
  source$: Observable<DeltaEvent>,
  claimed: Claimed & { readonly fromSeq: number },
  options: DurableOptions,
  settled: () => void,
): void {
  const { store, id, epoch, leaseMs, fromSeq } = claimed;
  const { demand, maxPendingChars = defaultMaxPendingChars, onSettled } = options;
  const owned = new Subscription();
  /** How the stream ends, once that is known. */
  let ending: Outcome | undefined;
  let begun = false;
  let finished = false;
  let held = false;
  /** Since when no renewal has succeeded, as `asyncScheduler.now()` counts; `Infinity` if the last one has. */
  let lapsingSince = Infinity;

  const upstream = new Subscriber<DeltaEvent>({
    next(event) {
      begun ||= event.type === 'start';
      finished = event.type === 'finish';
      writer.push(event);
      if (writer.pendingChars > maxPendingChars) fail(new LimitError('maxPendingChars', maxPendingChars));
      else holdBack();
    },
    error: fail,
    complete: () => end({ outcome: 'complete', error: undefined }, { type: 'complete' }),
  });

  const writer = createLogWriter(claimed, fromSeq, {
    stored: holdBack,
    failed(error, wasTerminal) {
      if (isStreamError(error, 'fenced')) settle({ outcome: 'fenced', error });
      else if (wasTerminal) settle({ outcome: 'error', error });
      else {
        // However the source has ended: the log does not have all of it.
        ending = undefined;
        writer.discard();
        fail(error);
      }
    },
    ended: () => ending && settle(ending),
  });

  function holdBack(): void {
    const wanted = !ending && writer.pendingChars > holdBackAt;
    if (wanted === held) return;
    held = wanted;
    if (held) demand?.pause();
    else demand?.resume();
  }

  function end(outcome: Outcome, terminal: StreamTerminal): void {
    if (ending) return;
    ending = outcome;
    upstream.unsubscribe();
    holdBack();
    writer.end(terminal);
  }

  function fail(error: unknown): void {
    end({ outcome: 'error', error }, { type: 'error', error: { ...toErrorInfo(error), partial: undefined } });
  }

  function cancel(reason: string | undefined): void {
    if (ending) return;
    // The request is aborted before the end of the log is written.
    upstream.unsubscribe();
    if (!begun) writer.push(emptyStart);
    if (!finished) writer.push({ ...localFinish('aborted'), rawReason: reason || undefined });
    end({ outcome: 'cancel', error: undefined }, { type: 'complete' });
  }

  function settle(outcome: Outcome): void {
    if (owned.closed) return;
    ending = outcome;
    owned.unsubscribe();
    holdBack();
    // RxJS reports what an Observable without an error handler throws as unhandled.
    if (onSettled) new Observable(() => onSettled({ id, epoch, ...outcome })).subscribe();
    settled();
  }

  /** A store that does not reply for a whole lease is out of reach, whatever the source emits: another producer may have taken over. */
  function checkReach(): void {
    if (asyncScheduler.now() - Math.min(writer.waitsSince, lapsingSince) > leaseMs) giveUp();
  }

  function giveUp(): void {
    settle({ outcome: 'error', error: new ConnectionError('The store did not reply in time') });
  }

  async function renew(): Promise<Renewal> {
    lapsingSince = Math.min(lapsingSince, asyncScheduler.now());
    const renewal = await store.renew(id, epoch);
    lapsingSince = Infinity;
    return renewal;
  }

  const renewed$ = interval(Math.min(leaseMs / renewals, longestTimerMs)).pipe(
    // Before `exhaustMap`, which ignores every tick while a renewal has no reply.
    tap(checkReach),
    exhaustMap(() => defer(renew).pipe(catchError(passRenewal))),
  );

  function passRenewal(error: unknown): Observable<never> {
    if (isStreamError(error, 'fenced') && !ending) settle({ outcome: 'fenced', error });
    return EMPTY;
  }

  owned.add(upstream);
  owned.add(writer.subscription);
  owned.add(renewed$.subscribe({ next: ({ cancelRequested, reason }) => cancelRequested && cancel(reason), error: fail }));
  // A store that cannot watch has its renewals.
  owned.add(store.cancelled?.(id, epoch).subscribe({ next: cancel, error: () => undefined }));
  if (!upstream.closed) source$.subscribe(upstream);
}

/** A stream that was cancelled before its first event begins too, so that folds can read it. */
const emptyStart: StartEvent = { type: 'start', id: undefined, model: undefined, provider: 'rxllm' };
