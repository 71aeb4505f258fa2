import { asyncScheduler, take } from 'rxjs';
import { entryId } from '../../durable/entryId.js';
import { isStreamError, StreamTimeoutError, toErrorInfo } from '../../errors.js';
import { finish, start, text } from '../marbles/events.js';
import { check, checkSame } from './check.js';
import { checkReader, describeEnd, readStore, type StoreReader } from './storeReader.js';
import {
  type ContractWorld,
  checkRejected,
  claim,
  complete,
  type DefineStoreTest,
  graceMs,
  produce,
  readToEnd,
  settled,
  textsOf,
} from './storeWorld.js';

export function readTests(define: DefineStoreTest): void {
  define('emits what follows any entry', async (world) => {
    const { store, id } = world;
    const epoch = await produce(world);
    await store.append(
      id,
      epoch,
      1,
      Array.from({ length: 20 }, (_, index) => text(`${index}`)),
    );
    const live = Array.from({ length: 20 }, (_, index) => readStore(store, id, entryId(epoch, index + 1)));
    await store.append(id, epoch, 21, [text('last')]);
    await store.finish(id, epoch, complete);
    for (const reader of live) await settled(world, reader);
    const { entries, end } = await readToEnd(world);
    checkSame(entries.length, 21, 'The number of entries:');
    for (const reader of live) checkReader(reader, entries, end);
    for (let seq = 0; seq <= 22; seq++) checkReader(await readToEnd(world, entryId(epoch, seq)), entries, end);
  });

  define('gives the end of a source that failed, of the same class and kind', async (world) => {
    const { store, id } = world;
    const epoch = await produce(world);
    const fault = new StreamTimeoutError('between', 30_000);
    const live = readStore(store, id);
    await store.append(id, epoch, 1, [start(), text('a')]);
    await store.finish(id, epoch, { type: 'error', error: { ...toErrorInfo(fault), partial: undefined } });
    await settled(world, live);
    for (const { end } of [live, await readToEnd(world), await readToEnd(world, entryId(epoch, 2))]) {
      check(isStreamError(end, 'timeout'), `It ended with ${describeEnd(end)}`);
      checkSame({ phase: end.phase, limitMs: end.limitMs }, { phase: 'between', limitMs: 30_000 }, 'The error:');
    }
  });

  define('errors for a stream that is not there', async (world) => {
    const reader = readStore(world.store, world.id);
    await settled(world, reader);
    check(isStreamError(reader.end, 'not-found'), `It ended with ${describeEnd(reader.end)}`);
  });

  define('errors for what is no id, and for an entry that is not in the log', async (world) => {
    const { store, id, leaseMs, wait } = world;
    const lost = await produce(world);
    await store.append(id, lost, 1, [start(), text('a')]);
    await wait(leaseMs * 1.2);
    const epoch = await produce(world);
    await store.append(id, epoch, 1, [text('b')]);
    const missing = [
      entryId(lost, 3),
      entryId(epoch, 2),
      entryId(epoch + 1, 0),
      entryId(epoch + 1, 1),
      entryId(Math.max(lost - 1, 1), 7),
    ];
    const garbage = [
      '',
      '1',
      '-',
      'a-b',
      '01-1',
      `${epoch}-01`,
      `${epoch}-1-1`,
      `${epoch}-1 `,
      '1'.repeat(10_000),
      '\u0000',
      '1e9-1',
      '__proto__',
    ];
    for (const after of [...missing, ...garbage]) {
      const reader = readStore(store, id, after);
      await settled(world, reader);
      check(
        reader.entries.length === 0 && isStreamError(reader.end, 'gap'),
        `After ${JSON.stringify(after.slice(0, 40))} it emitted ${reader.entries.length} entries and ended with ${describeEnd(reader.end)}`,
      );
    }
  });

  define('emits nothing after unsubscribe, and has no effect on the other readers', async (world) => {
    const { store, id, leaseMs, wait } = world;
    const epoch = await produce(world);
    await store.append(id, epoch, 1, [start(), text('a'), text('b')]);
    let seen = 0;
    store
      .read(id)
      .pipe(take(1))
      .subscribe({ next: () => seen++, error: () => undefined });
    const [left, stays] = [readStore(store, id), readStore(store, id)];
    for (let waits = 0; left.entries.length < 3 && waits < 10; waits++) await wait(leaseMs / 20);
    left.stop();
    await store.append(id, epoch, 4, [text('c')]);
    await store.finish(id, epoch, complete);
    await settled(world, stays);
    checkSame(
      [seen, left.entries.length, stays.entries.length],
      [1, 3, 4],
      'What take(1), a reader that left and one that stays saw:',
    );
  });

  define('gives a hundred readers the same, whenever they join', async (world) => {
    const { store, id } = world;
    const epoch = await produce(world);
    const readers: StoreReader[] = [];
    for (let seq = 1; seq <= 100; seq++) {
      await store.append(id, epoch, seq, [text(`${seq}`)]);
      readers.push(readStore(store, id));
    }
    await store.finish(id, epoch, complete);
    for (const reader of readers) await settled(world, reader);
    const { entries, end } = await readToEnd(world);
    for (const reader of readers) checkReader(reader, entries, end);
  });
}

export function lossTests(define: DefineStoreTest): void {
  define('ends every reader within a second after the lease of a producer that died', async (world) => {
    const { store, id, leaseMs, wait } = world;
    const epoch = await produce(world);
    await store.append(id, epoch, 1, [start(), text('a')]);
    const readers = [readStore(store, id), readStore(store, id, entryId(epoch, 2)), readStore(store, id, entryId(epoch, 0))];
    await wait(leaseMs / 2);
    for (const { end } of readers) checkSame(end, 'open', 'A reader within the lease:');
    await wait(leaseMs / 2 + graceMs);
    readers.push(readStore(store, id));
    await settled(world, readers.at(-1));
    for (const { end } of readers) {
      check(isStreamError(end, 'truncated'), `It ended with ${describeEnd(end)}`);
      checkSame({ code: end.code, retryable: end.retryable }, { code: 'producer_lost', retryable: true }, 'The error:');
    }
    checkSame(await claim(world), { role: 'done' }, 'The claim after that:');
    await checkRejected('fenced', () => store.append(id, epoch, 3, [text('zombie')]));
  });

  define('ends a reader that joins a stream whose producer died long ago', async (world) => {
    const { store, id, leaseMs, wait } = world;
    const epoch = await produce(world);
    await store.append(id, epoch, 1, [start(), text('a')]);
    await wait(leaseMs * 2);
    const joined = asyncScheduler.now();
    const reader = readStore(store, id);
    await settled(world, reader);
    check(isStreamError(reader.end, 'truncated'), `It ended with ${describeEnd(reader.end)}`);
    check(asyncScheduler.now() - joined <= graceMs, `It ended ${asyncScheduler.now() - joined} ms after it had joined`);
    checkSame(textsOf(reader), ['a'], 'The texts:');
  });
}

export function cancelTests(define: DefineStoreTest): void {
  define('asks the producer to stop, with the reason', async (world) => {
    const { store, id, leaseMs, wait } = world;
    const epoch = await produce(world);
    checkSame((await store.renew(id, epoch)).cancelRequested, false, 'Before the cancel, cancelRequested:');
    const early = watchCancel(world, epoch);
    await store.cancel(id, 'the reason');
    await store.cancel(id, 'another');
    const renewal = await store.renew(id, epoch);
    checkSame(renewal, { cancelRequested: true, reason: 'the reason' }, 'The renewal:');
    await wait(leaseMs / 3);
    const late = watchCancel(world, epoch);
    await wait(leaseMs / 3);
    for (const seen of [early, late]) if (seen) checkSame(seen, ['the reason'], 'What cancelled() emitted:');
    await store.append(id, epoch, 1, [start(), finish('aborted')]);
    await store.finish(id, epoch, complete);
    checkSame((await readToEnd(world)).end, 'complete', 'The end:');
  });

  define('keeps a cancel for the producer that takes over', async (world) => {
    const { store, id, leaseMs, wait } = world;
    await produce(world);
    await store.cancel(id, 'the reason');
    await wait(leaseMs * 1.2);
    const epoch = await produce(world);
    const seen = watchCancel(world, epoch);
    checkSame(await store.renew(id, epoch), { cancelRequested: true, reason: 'the reason' }, 'The renewal:');
    await wait(leaseMs / 3);
    if (seen) checkSame(seen, ['the reason'], 'What cancelled() emitted:');
  });

  define('has nothing to cancel after the end, nor of a stream that is not there', async (world) => {
    const { store, id } = world;
    await checkRejected('not-found', () => store.cancel(id, 'too early'));
    const epoch = await produce(world);
    await store.finish(id, epoch, complete);
    await store.cancel(id, 'too late');
    checkSame((await readToEnd(world)).end, 'complete', 'The end:');
  });

  define('reports whether a stream is being produced, if it can', async (world) => {
    const { store, id } = world;
    if (!store.isOpen) return;
    checkSame(await store.isOpen(id), false, 'A stream that is not there:');
    const epoch = await produce(world);
    checkSame(await store.isOpen(id), true, 'A stream that is being produced:');
    await store.finish(id, epoch, complete);
    checkSame(await store.isOpen(id), false, 'A stream that has ended:');
  });
}

/** What `cancelled` emits; `undefined` if the store does not have it. */
function watchCancel({ store, id }: ContractWorld, epoch: number): readonly string[] | undefined {
  if (!store.cancelled) return undefined;
  const seen: string[] = [];
  store
    .cancelled(id, epoch)
    .subscribe({ next: (reason) => seen.push(reason), error: (error: unknown) => seen.push(describeEnd(error)) });
  return seen;
}
