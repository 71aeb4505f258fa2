import { entryId } from '../../durable/entryId.js';
import { isStreamError } from '../../errors.js';
import type { DeltaEvent } from '../../events.js';
import { randomId } from '../../kernel/randomId.js';
import { blockEnd, finish, ping, raw, reasoning, start, text, toolCallEnd, toolResult, usage } from '../marbles/events.js';
import { check, checkSame } from './check.js';
import { checkReader, describeEnd, readStore } from './storeReader.js';
import {
  checkRejected,
  claim,
  complete,
  type DefineStoreTest,
  idsOf,
  produce,
  readToEnd,
  settled,
  textsOf,
} from './storeWorld.js';

/** Ids that a store could confuse, with one another or with names of its own. */
const unlikeIds: readonly string[] = [
  'a',
  'A',
  'a:log',
  'a:meta',
  'a ',
  ' a',
  '{a}',
  'a}',
  '*',
  'a?',
  'ä',
  'a\u0308',
  '\u{1F600}',
  'a\n',
  'a/../b',
  '__proto__',
];

export function claimTests(define: DefineStoreTest): void {
  define('gives a new stream to one of the callers that claim it at the same time', async (world) => {
    const claims = await Promise.all(Array.from({ length: 10 }, () => claim(world)));
    const roles = claims.map(({ role }) => role).sort();
    checkSame(roles, [...Array.from({ length: 9 }, () => 'follow'), 'produce'], 'The roles of ten callers:');
    const produced = claims.find(({ role }) => role === 'produce');
    checkSame(produced && 'takeover' in produced && produced.takeover, false, 'takeover of a new stream:');
  });

  define('gives the same epoch to an owner that claims again before it has appended', async (world) => {
    const owner = randomId();
    const first = await claim(world, owner);
    checkSame(await claim(world, owner), first, 'The repeated claim:');
    checkSame(await claim(world), { role: 'follow' }, 'The claim of another owner:');
  });

  define('lets nobody claim a stream that has ended', async (world) => {
    const epoch = await produce(world);
    await world.store.finish(world.id, epoch, complete);
    checkSame(await claim(world), { role: 'done' }, 'The claim:');
  });

  define('keeps a lease that is renewed', async (world) => {
    const { store, id, leaseMs, wait } = world;
    const epoch = await produce(world);
    const reader = readStore(store, id);
    for (let renewal = 0; renewal < 6; renewal++) {
      await wait(leaseMs / 3);
      checkSame((await store.renew(id, epoch)).cancelRequested, false, 'cancelRequested:');
    }
    checkSame(reader.end, 'open', 'A reader after two leases that were renewed:');
    checkSame(await claim(world), { role: 'follow' }, 'The claim after that:');
    reader.stop();
  });

  define('gives a stream to another producer when the lease has run out, with a higher epoch', async (world) => {
    const { store, id, leaseMs, wait } = world;
    const lost = await produce(world);
    await store.append(id, lost, 1, [start(), text('a')]);
    await wait(leaseMs * 1.2);
    const result = await claim(world);
    check(result.role === 'produce' && result.epoch > lost && result.takeover, `The claim gave ${JSON.stringify(result)}`);
    await store.append(id, result.epoch, 1, [text('b')]);
    await store.finish(id, result.epoch, complete);
    const reader = await readToEnd(world);
    checkSame(idsOf(reader), [entryId(lost, 1), entryId(lost, 2), entryId(result.epoch, 1)], 'The ids of the log:');
  });

  define('stores nothing more of a producer that was replaced', async (world) => {
    const { store, id, leaseMs, wait } = world;
    const zombie = await produce(world);
    await store.append(id, zombie, 1, [start()]);
    await wait(leaseMs * 1.2);
    const epoch = await produce(world);
    await checkRejected('fenced', () => store.append(id, zombie, 2, [text('zombie')]));
    await checkRejected('fenced', () => store.renew(id, zombie));
    await checkRejected('fenced', () => store.finish(id, zombie, complete));
    await store.append(id, epoch, 1, [text('b')]);
    await checkRejected('fenced', () => store.append(id, zombie, 2, [text('zombie')]));
    await store.finish(id, epoch, complete);
    const reader = await readToEnd(world);
    checkSame(idsOf(reader), [entryId(zombie, 1), entryId(epoch, 1)], 'The ids of the log:');
  });

  define('drops what has been silent for its retention, and never uses an id again', async (world) => {
    const { store, id, leaseMs, wait } = world;
    const first = await produce(world, { retentionMs: leaseMs * 1.5 });
    await store.append(id, first, 1, [start(), text('a')]);
    await store.finish(id, first, complete);
    await wait(leaseMs * 2.5);
    const gone = readStore(store, id);
    await settled(world, gone);
    check(isStreamError(gone.end, 'not-found'), `A reader after the retention ended with ${describeEnd(gone.end)}`);
    const second = await produce(world);
    check(second > first, `Epoch ${second} was claimed after ${first}`);
    await store.append(id, second, 1, [start(), text('b'), text('c')]);
    const late = readStore(store, id, entryId(first, 1));
    await settled(world, late);
    check(isStreamError(late.end, 'gap'), `A reader after an entry of the log before ended with ${describeEnd(late.end)}`);
  });
}

export function appendTests(define: DefineStoreTest): void {
  define('numbers the events of an epoch from 1, and ends with its terminal', async (world) => {
    const { store, id } = world;
    const epoch = await produce(world);
    const live = readStore(store, id);
    await store.append(id, epoch, 1, [start(), text('a')]);
    await store.append(id, epoch, 3, [finish()]);
    await store.finish(id, epoch, complete);
    await settled(world, live);
    const reader = await readToEnd(world);
    checkSame(
      reader.entries,
      [start(), text('a'), finish()].map((event, index) => ({ id: entryId(epoch, index + 1), event })),
      'The log:',
    );
    checkSame(reader.end, 'complete', 'The end:');
    checkReader(live, reader.entries, reader.end);
  });

  define('keeps every event as it is', async (world) => {
    const { store, id } = world;
    const events = anyEvents();
    const epoch = await produce(world);
    await store.append(id, epoch, 1, events);
    await store.finish(id, epoch, complete);
    const reader = await readToEnd(world);
    checkSame(
      reader.entries.map(({ event }) => event),
      events,
      'The events:',
    );
  });

  define('changes nothing when the same events are appended again', async (world) => {
    const { store, id } = world;
    const epoch = await produce(world);
    const [first, second] = [
      [start(), text('a')],
      [text('b'), text('c')],
    ];
    await store.append(id, epoch, 1, first);
    await store.append(id, epoch, 1, first);
    await store.append(id, epoch, 3, second);
    await store.append(id, epoch, 3, second);
    await store.finish(id, epoch, complete);
    await store.finish(id, epoch, complete);
    const reader = await readToEnd(world);
    checkSame(textsOf(reader), ['a', 'b', 'c'], 'The texts:');
  });

  define('accepts no other event under a number that is taken', async (world) => {
    const { store, id } = world;
    const epoch = await produce(world);
    await store.append(id, epoch, 1, [start(), text('a')]);
    await checkRejected('fenced', () => store.append(id, epoch, 2, [text('b')]));
    await store.finish(id, epoch, complete);
    checkSame(textsOf(await readToEnd(world)), ['a'], 'The texts:');
  });

  define('accepts no event with a gap before it', async (world) => {
    const { store, id } = world;
    const epoch = await produce(world);
    await store.append(id, epoch, 1, [start()]);
    await checkRejected('gap', () => store.append(id, epoch, 3, [text('b')]));
  });

  define('accepts nothing after the end, and nothing of a stream that is not there', async (world) => {
    const { store, id } = world;
    const epoch = await produce(world);
    await store.append(id, epoch, 1, [start()]);
    await store.finish(id, epoch, complete);
    await checkRejected('fenced', () => store.append(id, epoch, 2, [text('a')]));
    await checkRejected('fenced', () => store.append(`${id}-unknown`, 1, 1, [text('a')]));
    await checkRejected('fenced', () => store.finish(`${id}-unknown`, 1, complete));
    checkSame(textsOf(await readToEnd(world)), [], 'The texts:');
  });

  define('keeps streams apart, whatever their ids contain', async (world) => {
    const { store } = world;
    const ids = unlikeIds.map((unlike) => `${unlike}${world.id}${unlike}`);
    for (const id of ids) {
      const epoch = await produce({ ...world, id });
      await store.append(id, epoch, 1, [start(), text(id)]);
      await store.finish(id, epoch, complete);
    }
    for (const id of ids) checkSame(textsOf(await readToEnd({ ...world, id })), [id], `The texts of ${JSON.stringify(id)}:`);
  });
}

/** Events with what a format could lose. */
function anyEvents(): readonly DeltaEvent[] {
  const odd = JSON.parse('{"__proto__":{"a":1},"constructor":"c","":"empty","\\u0000":null,"deep":[[[{"a":-1.5e-7}]]]}');
  return [
    ping(),
    start({ id: '\u{1F600}\n\r\u2028"\\' }),
    reasoning('\u0000\u001f'),
    text(''),
    text('\ud83d'),
    text('\ude00'),
    text('x'.repeat(300_000)),
    toolCallEnd('call', 'tool', '{"a":1}'),
    toolResult('call', 'tool', odd),
    blockEnd(odd),
    raw('odd', odd),
    usage({ inputTokens: 0, outputTokens: 1 }),
    finish(),
  ];
}
