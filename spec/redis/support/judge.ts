import type { RedisClient } from 'rxllm/redis';
import { compareIds } from './ids.js';
import type { SeenEntry } from './protocol.js';
import type { SeenReader } from './workers.js';

/** What a log has, as Redis gives it. */
export interface StoredLog {
  readonly events: readonly SeenEntry[];
  readonly terminals: number;
  /** Problems of the log itself. */
  readonly problems: readonly string[];
}

/** Reads a log without any code of the store. */
export async function readLog(client: RedisClient, id: string): Promise<StoredLog> {
  const reply = (await client.sendCommand(['XRANGE', `rxllm:{${id}}:log`, '-', '+'])) as readonly [string, readonly string[]][];
  const events: SeenEntry[] = [];
  const problems: string[] = [];
  let terminals = 0;
  let before = [0, 0];
  for (const [entry, [field, value]] of reply) {
    const [epoch = 0, seq = 0] = entry.split('-').map(Number);
    const isNext =
      field === 'claim' ? epoch > (before[0] ?? 0) && seq === 0 : epoch === before[0] && seq === (before[1] ?? 0) + 1;
    if (!isNext) problems.push(`${entry} follows ${before.join('-')}`);
    if (terminals > 0) problems.push(`${entry} is after the terminal`);
    if (field === 'end') terminals++;
    if (field === 'event') events.push([entry, value ?? '']);
    before = [epoch, seq];
  }
  if (terminals > 1) problems.push(`${terminals} terminals`);
  return { events, terminals, problems };
}

/** The problems of what readers saw, beside what the log has in the end: a prefix of one order, and one end. */
export function judgeReaders(readers: readonly SeenReader[], log: StoredLog): readonly string[] {
  const problems = [...log.problems];
  const texts = new Map(log.events.map(([id, event]) => [id, canonical(event)]));
  for (const { name, after, entries, ends, left } of readers) {
    if (ends.length !== 1 && !(left && ends.length === 0)) problems.push(`${name} has ${ends.length} ends: ${ends.join(', ')}`);
    const from = after === undefined ? 0 : log.events.findIndex(([id]) => compareIds(id, after) > 0);
    const expected = from < 0 ? [] : log.events.slice(from, from + entries.length);
    const got = entries.map(([id]) => id).join(' ');
    if (got !== expected.map(([id]) => id).join(' ')) problems.push(`${name} saw ${got.slice(0, 300)}`);
    for (const [id, event] of entries) {
      if (texts.has(id) && texts.get(id) !== canonical(event)) problems.push(`${name} saw another ${id}`);
    }
    const isWhole = from < 0 || from + entries.length === log.events.length;
    if (ends[0] === 'complete' && log.terminals > 0 && !isWhole) problems.push(`${name} is complete without its end`);
  }
  return problems;
}

/** The problems of readers whose log Redis has lost, or the end of it: what any of them has seen is the one order. */
export function judgeTogether(readers: readonly SeenReader[], problems: readonly string[] = []): readonly string[] {
  const seen = new Map(readers.flatMap(({ entries }) => entries));
  const events = [...seen].sort(([a], [b]) => compareIds(a, b));
  return judgeReaders(readers, { events, terminals: 0, problems });
}

/** Keys that never expire. */
export async function keysWithoutTtl(client: RedisClient): Promise<readonly string[]> {
  const keys = (await client.sendCommand(['KEYS', 'rxllm:*'])) as readonly string[];
  const found: string[] = [];
  for (const key of keys) if ((await client.sendCommand(['PTTL', key])) === -1) found.push(key);
  return found;
}

/** JSON has no `undefined`, which readers have again. */
function canonical(event: string): string {
  return JSON.stringify(JSON.parse(event));
}
