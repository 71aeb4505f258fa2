import { Observable, Subscriber } from 'rxjs';
import { FencedError, fillPartial } from '../errors.js';
import type { DeltaEvent } from '../events.js';
import { randomId } from '../kernel/randomId.js';
import { createPartialFold } from '../message/partialFold.js';
import { type DurableOptions, defaultLeaseMs, defaultRetentionMs } from './durableOptions.js';
import type { Claimed } from './logWriter.js';
import { afterLostAttempt, afterMark } from './lostAttempt.js';
import { producerLost } from './producerLost.js';
import { produce } from './production.js';
import type { ClaimResult, StreamEntry, StreamStore } from './streamStore.js';

/** A stream of a store, and how it is produced by the caller that claims it first. */
export interface OwnedStream {
  readonly store: StreamStore;
  readonly id: string;
  readonly source$: Observable<DeltaEvent>;
  readonly options: DurableOptions;
}

/**
 * Claims a stream on subscribe, produces it if that succeeds, and reads it from the store in any case, so that all readers see one order.
 * Unsubscribing ends the reading only.
 *
 * @param follows Whether it reads a stream that another caller produces; else that is an error.
 */
export function readOwned(stream: OwnedStream, follows: boolean): Observable<DeltaEvent> {
  const { store, id } = stream;
  return new Observable((subscriber) => {
    const fold = createPartialFold();
    // Made before it subscribes, so that a subscriber which unsubscribes while it catches up stops the reading at once.
    const reader = new Subscriber<StreamEntry>({
      next({ event }) {
        fold.push(event);
        subscriber.next(event);
      },
      error: (error: unknown) => subscriber.error(fillPartial(error, fold.partial)),
      complete: () => subscriber.complete(),
    });
    subscriber.add(reader);

    function read(role: ClaimResult['role']): void {
      if (role !== 'produce' && !follows) throw new FencedError('Another producer has the stream already');
      if (!reader.closed) store.read(id).subscribe(reader);
    }

    claimStream(stream)
      .then(read)
      .catch((error: unknown) => subscriber.error(error));
  });
}

/** Not unsubscribed with the reader: a claim that is on its way may succeed, and a stream without a producer is lost. */
export async function claimStream(stream: OwnedStream): Promise<ClaimResult['role']> {
  let done = (): void => undefined;
  const settled = new Promise<void>((resolve) => {
    done = resolve;
  });
  stream.options.waitUntil?.(settled);
  try {
    return await claimAndProduce(stream, done);
  } catch (error) {
    done();
    throw error;
  }
}

async function claimAndProduce({ store, id, source$, options }: OwnedStream, done: () => void): Promise<ClaimResult['role']> {
  const { leaseMs = defaultLeaseMs, retentionMs = defaultRetentionMs, onLost = 'fail' } = options;
  const result = await store.claim(id, { owner: randomId(), leaseMs, retentionMs });
  const { role } = result;
  if (role !== 'produce') {
    done();
    return role;
  }
  const claimed: Claimed = { store, id, epoch: result.epoch, leaseMs };
  if (!result.takeover) produce(source$, { ...claimed, fromSeq: 1 }, options, done);
  else if (onLost === 'reset') produce(afterLostAttempt(source$, claimed), { ...claimed, fromSeq: afterMark }, options, done);
  else {
    // Where that is fenced, another caller has taken over, and the log shows what becomes of the stream.
    await store.finish(id, result.epoch, producerLost()).catch(() => undefined);
    done();
  }
  return role;
}
