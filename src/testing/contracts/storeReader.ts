import { readEntryId } from '../../durable/entryId.js';
import type { StreamEntry, StreamStore } from '../../durable/streamStore.js';
import { check, listed } from './check.js';

/** One subscription to a stream: what it has emitted. */
export interface StoreReader {
  /** What it was asked to go on after. */
  readonly after: string | undefined;
  readonly entries: readonly StreamEntry[];
  /** `'open'`, `'complete'`, `'stopped'`, or the error. */
  readonly end: unknown;
  stop(): void;
}

/** Subscribes, and records what is emitted. */
export function readStore(store: StreamStore, id: string, after?: string): StoreReader {
  const entries: StreamEntry[] = [];
  let end: unknown = 'open';
  let afterEnd = 0;
  const close = (how: unknown): void => {
    if (end === 'open') end = how;
    else afterEnd++;
  };
  const subscription = store.read(id, after).subscribe({
    next(entry) {
      if (end === 'open') entries.push(entry);
      else afterEnd++;
    },
    error: close,
    complete: () => close('complete'),
  });
  return {
    after,
    entries,
    get end() {
      check(afterEnd === 0, `After its end a reader was called ${afterEnd} times more`);
      return end;
    },
    stop() {
      subscription.unsubscribe();
      if (end === 'open') end = 'stopped';
    },
  };
}

/** What is wrong with the order of the ids; `undefined` if nothing is. */
export function orderProblem(entries: readonly StreamEntry[], after?: string): string | undefined {
  let last = readEntryId(after);
  for (const { id } of entries) {
    const place = readEntryId(id);
    if (!place) return `${id} is no id of an entry`;
    const begins = !last || place.epoch > last.epoch;
    const expected = begins ? 1 : (last?.seq ?? 0) + 1;
    if ((last && place.epoch < last.epoch) || place.seq !== expected)
      return `after ${last ? `${last.epoch}-${last.seq}` : 'the beginning'} comes ${id}`;
    last = place;
  }
  return undefined;
}

/**
 * Checks what a reader emitted against the whole log, which is what another reader emitted from the beginning to the end.
 *
 * @param end The end of the log.
 */
export function checkReader(reader: StoreReader, log: readonly StreamEntry[], end: unknown): void {
  const { after, entries } = reader;
  const problem = orderProblem(entries, after);
  check(problem === undefined, `A reader after ${after}: ${problem}`);
  const ids = log.map(({ id }) => id);
  const from = after === undefined ? 0 : placeAfter(ids, after);
  const expected = log.slice(from, from + entries.length);
  const seen = entries.map(fingerprint);
  check(
    seen.length === expected.length && seen.every((one, index) => one === fingerprintOf(expected[index])),
    `A reader after ${after} saw ${listed(entries.map(({ id }) => id))} of the log ${listed(ids)}, which is no part of it that follows`,
  );
  if (reader.end === 'stopped') return;
  check(
    entries.length === log.length - from && describeEnd(reader.end) === describeEnd(end),
    `A reader after ${after} ended with ${describeEnd(reader.end)} after ${entries.length} of ${log.length - from} entries, and the log with ${describeEnd(end)}`,
  );
}

function placeAfter(ids: readonly string[], after: string): number {
  const last = readEntryId(after) ?? { epoch: 0, seq: 0 };
  const place = ids.findIndex((id) => {
    const { epoch, seq } = readEntryId(id) ?? { epoch: 0, seq: 0 };
    return epoch > last.epoch || (epoch === last.epoch && seq > last.seq);
  });
  return place < 0 ? ids.length : place;
}

function fingerprint({ id, event }: StreamEntry): string {
  return `${id} ${JSON.stringify(event)}`;
}

function fingerprintOf(entry: StreamEntry | undefined): string | undefined {
  return entry && fingerprint(entry);
}

/** The end of a reader, without what differs between two errors of one fault. */
export function describeEnd(end: unknown): string {
  if (typeof end === 'string') return end;
  const { name, kind, code, retryable } = Object(end) as Readonly<Record<string, unknown>>;
  return [name, kind, code, retryable].map(String).join(' ');
}
