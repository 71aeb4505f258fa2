import type { Subscriber } from 'rxjs';
import { compareEntries, readEntryId } from '../durable/entryId.js';
import { producerLost } from '../durable/producerLost.js';
import type { StreamEntry } from '../durable/streamStore.js';
import { GapError, NotFoundError } from '../errors.js';
import { type Channel, createChannel, type WatchState } from './channel.js';
import type { Commands } from './commands.js';
import type { Hub } from './hub.js';
import type { StreamKeys } from './keys.js';
import { encodeTerminal, follows, type LogEntry, type LogPlace, lostEntries, readEntries, terminalError } from './logEntry.js';
import { pauseAfter } from './pause.js';
import { pageScript, watchScript } from './scripts.js';

/** Reads logs: page by page what they have, then what the hub brings. */
export interface LogReaders {
  read(keys: StreamKeys, after: string | undefined, subscriber: Subscriber<StreamEntry>): void;
  /** A producer in this process has stored these events, as JSON. */
  stored(log: string, epoch: number, fromSeq: number, texts: readonly string[]): void;
  /** A producer in this process stores nothing more. */
  ended(log: string): void;
}

/** The entries of one page. */
const pageSize = 512;

/** @param notify Whether what is written is published too. */
export function createLogReaders(commands: Commands, hub: Hub, notify: string): LogReaders {
  const channels = new Map<string, Channel>();
  /** The pages that are asked for, by log and first id: readers that come at the same time share them, and their events. */
  const pages = new Map<string, { readonly wanted: Set<() => boolean>; readonly entries: Promise<readonly LogEntry[]> }>();

  function page({ log }: StreamKeys, from: string, isWanted: () => boolean): Promise<readonly LogEntry[]> {
    const name = `${log} ${from}`;
    const known = pages.get(name);
    if (known) {
      known.wanted.add(isWanted);
      return known.entries;
    }
    const wanted = new Set([isWanted]);
    const reply = commands.run(pageScript, [log], [from, String(pageSize)], () =>
      [...wanted].some((isStillWanted) => isStillWanted()),
    );
    const entries = reply.then(([, page]) => readEntries(page)).finally(() => pages.delete(name));
    pages.set(name, { wanted, entries });
    return entries;
  }

  async function watch(keys: StreamKeys): Promise<WatchState> {
    const [state, detail] = await commands.run(watchScript, [keys.log, keys.meta], [notify, encodeTerminal(producerLost())]);
    if (state === 'live') return { leftMs: Number(detail) };
    return state === 'ended' ? { endId: String(detail) } : 'missing';
  }

  function channelOf(keys: StreamKeys, start: LogPlace): Channel {
    const known = channels.get(keys.log);
    if (known) return known;
    const channel = createChannel(keys.log, start, {
      watch: () => watch(keys),
      ask: () => following.ask(),
      empty() {
        channels.delete(keys.log);
        following.end();
      },
    });
    channels.set(keys.log, channel);
    const following = hub.follow(channel);
    return channel;
  }

  /** Emits what the log has, and joins the channel where both are at the same entry. */
  async function catchUp(keys: StreamKeys, after: string | undefined, subscriber: Subscriber<StreamEntry>): Promise<void> {
    const isOpen = (): boolean => !subscriber.closed;
    let last: LogPlace | undefined;
    let waits = 0;
    for (;;) {
      const from = last?.id ?? after ?? '-';
      const entries = await page(keys, from, isOpen);
      if (subscriber.closed) return;
      const [first] = entries;
      if (!first && !last) throw await missing(keys, after, isOpen);
      if (from !== '-' && first?.id !== from) throw last ? lostEntries() : unknownId();
      for (const entry of entries) {
        if (from !== '-' && entry === first) {
          last = entry;
          if (!entry.end) continue;
        } else if (!follows(last, entry)) throw lostEntries();
        last = entry;
        if (entry.end) return end(entry.end, subscriber);
        if (entry.value) subscriber.next(entry.value);
        if (subscriber.closed) return;
      }
      if (!last || entries.length === pageSize) continue;
      const channel = channelOf(keys, last);
      if (compareEntries(channel.last.place, last.place) <= 0) return channel.join(subscriber, last);
      // The log is behind its readers: Redis has lost what it had, and the producer will append it again.
      if (entries.length <= 1) await pauseAfter(waits++);
    }
  }

  /** Nothing follows an id that a log does not reach; without a log there is no stream. */
  async function missing(keys: StreamKeys, after: string | undefined, isOpen: () => boolean): Promise<Error> {
    if (after === undefined) return new NotFoundError();
    const entries = await page(keys, '-', isOpen);
    return entries.length > 0 ? unknownId() : new NotFoundError();
  }

  return {
    read(keys, after, subscriber) {
      if (after !== undefined && !readEntryId(after)) {
        return subscriber.error(new GapError('That is no id of an entry', { code: 'malformed_id' }));
      }
      catchUp(keys, after, subscriber).catch((error: unknown) => subscriber.error(error));
    },
    stored(log, epoch, fromSeq, texts) {
      channels.get(log)?.deliverLocal(epoch, fromSeq, texts);
    },
    ended: (log) => channels.get(log)?.askHub(),
  };
}

function unknownId(): GapError {
  return new GapError('The log has no such entry', { code: 'unknown_id' });
}

function end(terminal: NonNullable<LogEntry['end']>, subscriber: Subscriber<StreamEntry>): void {
  const error = terminalError(terminal);
  if (error) subscriber.error(error);
  else subscriber.complete();
}
