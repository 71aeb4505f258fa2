import { asyncScheduler } from 'rxjs';
import { entryId } from '../../durable/entryId.js';
import type { StreamStore, StreamTerminal } from '../../durable/streamStore.js';
import { isStreamError } from '../../errors.js';
import type { DeltaEvent } from '../../events.js';
import { randomId } from '../../kernel/randomId.js';
import { text } from '../marbles/events.js';
import { check } from './check.js';
import { checkReader, describeEnd, orderProblem, readStore, type StoreReader } from './storeReader.js';

/** Where a history is played. */
export interface HistoryWorld {
  readonly store: StreamStore;
  readonly leaseMs: number;
  readonly retentionMs: number;
  wait(milliseconds: number): Promise<void>;
}

/** A producer, which may have been replaced without knowing it. */
interface HistoryProducer {
  readonly epoch: number;
  seq: number;
  /** What it wrote last, to be written again. */
  last: { readonly fromSeq: number; readonly events: readonly DeltaEvent[] } | undefined;
  /** Its calls one after another. */
  calls: Promise<void>;
}

/** What a store stated of a write. */
interface Write {
  readonly id: string;
  readonly event: DeltaEvent;
  outcome: 'stored' | 'fenced' | 'unknown';
}

/** How much later than the lease a reader ends at most. */
const graceMs = 1_000;

/** What ids a confused or hostile client sends. */
const wrongIds: readonly string[] = [
  '',
  '0-0',
  '1',
  'x-1',
  '01-1',
  '1-1-1',
  '-1-1',
  '9007199254740991-1',
  '1e3-1',
  '+1-1',
  ' 1-1',
];

/**
 * Plays one history: producers that claim, write, renew, fall silent, come back after they were replaced, write again what they wrote; readers that join
 * anywhere and unsubscribe; cancels; time. Then checks all that was emitted against the log.
 *
 * @param choices What happens, number by number.
 * @throws ContractError
 */
export async function playHistory(world: HistoryWorld, choices: readonly number[]): Promise<void> {
  const { store, leaseMs, retentionMs, wait } = world;
  const id = `history-${randomId()}`;
  const producers: HistoryProducer[] = [];
  const readers: StoreReader[] = [];
  const strays: StoreReader[] = [];
  const writes: Write[] = [];
  const terminals: { readonly epoch: number; readonly terminal: StreamTerminal }[] = [];
  const pending: Promise<unknown>[] = [];
  let cancelled = false;
  let events = 0;

  await claim();

  async function claim(): Promise<void> {
    const result = await store.claim(id, { owner: randomId(), leaseMs, retentionMs });
    if (result.role !== 'produce') return;
    for (const { epoch } of producers) check(result.epoch > epoch, `Epoch ${result.epoch} was claimed after ${epoch}`);
    check(result.takeover === producers.length > 0, `The claim of epoch ${result.epoch} reports takeover: ${result.takeover}`);
    producers.push({ epoch: result.epoch, seq: 1, last: undefined, calls: Promise.resolve() });
  }

  /** Its error is thrown where all are awaited. */
  function run(work: Promise<unknown>): void {
    work.catch(() => undefined);
    pending.push(work);
  }

  /** A call of a producer, after its other calls. */
  function call(producer: HistoryProducer, work: () => Promise<void>): void {
    producer.calls = producer.calls.then(work);
    run(producer.calls);
  }

  function append(producer: HistoryProducer, count: number): void {
    call(producer, async () => {
      const batch = Array.from({ length: count }, () => text(`${++events}`));
      const fromSeq = producer.seq;
      const own = batch.map(
        (event, index): Write => ({ id: entryId(producer.epoch, fromSeq + index), event, outcome: 'unknown' }),
      );
      writes.push(...own);
      const outcome = await outcomeOf(() => store.append(id, producer.epoch, fromSeq, batch));
      for (const write of own) write.outcome = outcome;
      if (outcome !== 'stored') return;
      producer.last = { fromSeq, events: batch };
      producer.seq += count;
    });
  }

  function appendAgain(producer: HistoryProducer): void {
    call(producer, async () => {
      const { last } = producer;
      if (last) await outcomeOf(() => store.append(id, producer.epoch, last.fromSeq, last.events));
    });
  }

  function finish(producer: HistoryProducer): void {
    call(producer, async () => {
      const terminal: StreamTerminal = { type: 'complete' };
      const outcome = await outcomeOf(() => store.finish(id, producer.epoch, terminal));
      if (outcome === 'stored') terminals.push({ epoch: producer.epoch, terminal });
    });
  }

  function renew(producer: HistoryProducer): void {
    call(producer, async () => {
      const asked = cancelled;
      await outcomeOf(async () => {
        const { cancelRequested } = await store.renew(id, producer.epoch);
        check(cancelRequested || !asked, 'A renewal does not report the cancel before it');
      });
    });
  }

  function read(choice: number): void {
    const known = readers.flatMap(({ entries }) => entries.map((entry) => entry.id));
    const after = choice % 2 === 0 ? undefined : known[choice % Math.max(known.length, 1)];
    readers.push(readStore(store, id, after));
  }

  /** The steps of a history, those that matter most more than once. */
  function step(action: number, choice: number): unknown {
    const producer = producers[choice % producers.length];
    if (!producer) return undefined;
    switch (action) {
      case 0:
        return claim();
      case 1:
      case 2:
      case 3:
        return append(producer, 1 + (choice % 4));
      case 4:
        return append(producers.at(-1) ?? producer, 1 + (choice % 40));
      case 5:
        return renew(producer);
      case 6:
        return finish(producer);
      case 7:
      case 8:
        return read(choice);
      case 9:
        return readers[choice % Math.max(readers.length, 1)]?.stop();
      case 10:
        return wait((leaseMs * (1 + (choice % 8))) / 6);
      case 11:
        return appendAgain(producer);
      case 12:
        return strays.push(readStore(store, id, wrongIds[choice % wrongIds.length]));
      case 13:
        return Promise.all([claim(), claim()]);
      default:
        cancelled = true;
        return store.cancel(id, 'history');
    }
  }

  for (const choice of choices) {
    // Some steps are awaited, others run at the same time.
    const done = Promise.resolve(step(choice % actions, Math.floor(choice / actions)));
    run(done);
    if (choice % 3 !== 0) await done;
  }
  await Promise.all(pending);

  // Silence: every reader ends, because no producer renews.
  const whole = readStore(store, id);
  readers.push(whole);
  const silentSince = asyncScheduler.now();
  const isOpen = ({ end }: StoreReader): boolean => end === 'open';
  while ([...readers, ...strays].some(isOpen) && asyncScheduler.now() - silentSince <= leaseMs + graceMs) await wait(leaseMs / 5);
  const stuck = [...readers, ...strays].filter(isOpen).length;
  check(stuck === 0, `${stuck} readers have not ended ${graceMs} ms after the lease of a silent producer`);

  const { entries: log, end } = whole;
  const problem = orderProblem(log);
  check(problem === undefined, `The log: ${problem}`);
  for (const reader of readers) checkReader(reader, log, end);
  checkWrites();
  for (const stray of strays) {
    check(
      stray.entries.length === 0 && isStreamError(stray.end, 'gap'),
      `A reader after "${stray.after}" ended with ${describeEnd(stray.end)}`,
    );
  }
  const again = readStore(store, id);
  for (let waits = 0; isOpen(again) && waits < 10; waits++) await wait(leaseMs / 5);
  checkReader(again, log, end);

  function checkWrites(): void {
    const stored = new Map(log.map((entry) => [entry.id, JSON.stringify(entry.event)]));
    for (const { id: written, event, outcome } of writes) {
      const isThere = stored.get(written) === JSON.stringify(event);
      if (outcome === 'stored') check(isThere, `${written} was stored and is not in the log`);
      if (outcome === 'fenced') check(!isThere, `${written} was fenced and is in the log`);
    }
    const known = new Set(writes.map((write) => write.id));
    for (const entry of log) check(known.has(entry.id), `${entry.id} is in the log, and was never written`);
    for (const { epoch } of terminals) {
      check(
        end === 'complete' && epoch === Math.max(...producers.map((each) => each.epoch)),
        `Epoch ${epoch} ended a log that another one goes on with`,
      );
    }
    if (terminals.length === 0)
      check(describeEnd(end) === lost, `Nothing ended the stream, and a reader ended with ${describeEnd(end)}`);
  }
}

const actions = 15;
const lost = 'TruncatedError truncated producer_lost true';

async function outcomeOf(work: () => Promise<void>): Promise<Write['outcome']> {
  try {
    await work();
    return 'stored';
  } catch (error) {
    if (isStreamError(error, 'fenced')) return 'fenced';
    if (isStreamError(error)) throw error;
    return 'unknown';
  }
}
