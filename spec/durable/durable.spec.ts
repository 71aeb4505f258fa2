import { describe, expect, it } from '@jest/globals';
import { asyncScheduler, concat, lastValueFrom, NEVER, Observable, of, Subject, timer } from 'rxjs';
import { createDemand, type DeltaEvent, HttpError, StreamTimeoutError, toMessage } from 'rxllm';
import { type DurableOptions, durable, memoryStore, type StreamSettlement, type StreamStore } from 'rxllm/durable';
import { finish, reset, start, streamOf, text, toolCallStart, usage, virtualTime } from 'rxllm/testing';
import { type Collected, collect } from '../support/respond.js';

const answer: readonly DeltaEvent[] = [start(), text('Hel'), text('lo'), finish()];
const wait = (milliseconds: number): Promise<unknown> => lastValueFrom(timer(milliseconds), { defaultValue: 0 });

const noReply = new Promise<never>(() => undefined);

/** Counts the requests of a source, and those that run. */
function counted(source$: Observable<DeltaEvent>): { readonly source$: Observable<DeltaEvent>; sent: number; running: number } {
  const log = {
    sent: 0,
    running: 0,
    source$: new Observable<DeltaEvent>((subscriber) => {
      log.sent++;
      log.running++;
      subscriber.add(() => log.running--);
      return source$.subscribe(subscriber);
    }),
  };
  return log;
}

/** A stream that a producer began and then died, and how long ago. */
async function lostStream(store: StreamStore, events: readonly DeltaEvent[]): Promise<void> {
  const claim = await store.claim('a', { owner: 'lost', leaseMs: 1_000, retentionMs: 100_000 });
  if (claim.role !== 'produce') throw new Error('The stream has a producer');
  await store.append('a', claim.epoch, 1, events);
  await wait(1_100);
}

describe('durable', () => {
  it(
    'produces for the first subscriber, and the others follow, also late and after the end',
    virtualTime(async () => {
      const store = memoryStore();
      const log = counted(streamOf('one two three', { everyMs: 100 }));
      const readers: Promise<Collected>[] = [];
      for (const joins of [0, 0, 150, 10_000]) {
        await wait(joins);
        readers.push(collect(durable(store, 'a', log.source$)));
      }
      const all = await Promise.all(readers);
      expect(all[0]?.events).toHaveLength(5);
      for (const reader of all) expect(reader).toEqual(all[0]);
      expect([log.sent, log.running]).toEqual([1, 0]);
    }),
  );

  it(
    'goes on when its subscriber unsubscribes, even before the claim has succeeded',
    virtualTime(async () => {
      for (const stays of [0, 150]) {
        const store = memoryStore();
        const log = counted(streamOf('one two three', { everyMs: 100 }));
        const first = durable(store, 'a', log.source$).subscribe();
        if (stays > 0) await wait(stays);
        first.unsubscribe();
        await wait(50);
        expect(log).toMatchObject({ sent: 1, running: 1 });
        const { events, completed } = await collect(durable(store, 'a', NEVER));
        expect([events.length, completed]).toEqual([5, true]);
        expect(log).toMatchObject({ sent: 1, running: 0 });
      }
    }),
  );

  it(
    'ends by a cancel from anywhere: aborts the request, and ends the log with the reason',
    virtualTime(async () => {
      const store = memoryStore();
      const log = counted(concat(of(start(), text('a')), NEVER));
      const settled: StreamSettlement[] = [];
      const reader = collect(durable(store, 'a', log.source$, { onSettled: (settlement) => settled.push(settlement) }));
      await wait(100);
      await store.cancel('a', 'user');
      expect(log.running).toBe(0);
      const { events, completed } = await reader;
      expect(completed).toBe(true);
      expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'aborted', rawReason: 'user' });
      await wait(1);
      expect(settled).toMatchObject([{ id: 'a', outcome: 'cancel', error: undefined }]);
      expect((await lastValueFrom(durable(store, 'a', NEVER).pipe(toMessage()))).text).toBe('a');
    }),
  );

  it(
    'ends a stream that is cancelled before its first event as one that folds can read',
    virtualTime(async () => {
      const store = memoryStore();
      const message = lastValueFrom(durable(store, 'a', NEVER).pipe(toMessage()));
      await wait(1);
      await store.cancel('a');
      expect(await message).toMatchObject({ text: '', finishReason: 'aborted' });
    }),
  );

  it(
    'sees a cancel at the next renewal where the store cannot watch',
    virtualTime(async () => {
      const store = memoryStore();
      const blind = { ...store, cancelled: undefined } as unknown as StreamStore;
      const log = counted(concat(of(start()), NEVER));
      const reader = collect(durable(blind, 'a', log.source$, { leaseMs: 3_000 }));
      await wait(100);
      await store.cancel('a');
      await wait(800);
      expect(log.running).toBe(1);
      await wait(200);
      expect(log.running).toBe(0);
      expect((await reader).events.at(-1)).toMatchObject({ reason: 'aborted' });
    }),
  );

  it.each<[string, Error]>([
    ['of a class without fields', new HttpError('Too many', { kind: 'rate-limit', status: 429, retryAfterMs: 5_000 })],
    ['of a class with fields', new StreamTimeoutError('between', 30_000)],
  ])('errors for all with the error of the source, %s, and the message so far', (_, error) =>
    virtualTime(async () => {
      const store = memoryStore();
      const failing$ = streamOf([start(), text('a')], { error });
      for (let reader = 0; reader < 2; reader++) {
        const { error: end } = await collect(durable(store, 'a', failing$));
        expect(end).toBeInstanceOf(error.constructor);
        expect(end).toMatchObject({ ...error, partial: { text: 'a' } });
      }
    })(),
  );

  it(
    'keeps the lease of a source that is silent for long',
    virtualTime(async () => {
      const store = memoryStore();
      const slow$ = streamOf('one', { firstMs: 200_000 });
      expect((await collect(durable(store, 'a', slow$))).completed).toBe(true);
    }),
  );

  it(
    'ends with producer_lost where the producer died, and asks nothing again',
    virtualTime(async () => {
      const store = memoryStore();
      await lostStream(store, [start(), text('a')]);
      const log = counted(of(...answer));
      const { events, error } = await collect(durable(store, 'a', log.source$));
      expect(events).toEqual([start(), text('a')]);
      expect(error).toMatchObject({ kind: 'truncated', code: 'producer_lost', retryable: true, partial: { text: 'a' } });
      expect((await collect(durable(store, 'a', log.source$))).error).toMatchObject({ code: 'producer_lost' });
      expect(log.sent).toBe(0);
    }),
  );

  it(
    'asks again with onLost, after a reset, and the usage of the lost attempt is paid',
    virtualTime(async () => {
      const store = memoryStore();
      const earlier = [start(), text('x'), reset(), start(), text('y'), usage({ outputTokens: 7 })];
      await lostStream(store, earlier);
      const again$ = of(start(), text('a'), usage({ outputTokens: 1 }), finish());
      const { events, completed } = await collect(durable(store, 'a', again$, { onLost: 'reset' }));
      expect(completed).toBe(true);
      expect(events.slice(0, 6)).toEqual(earlier);
      expect(events.slice(6)).toMatchObject([
        { type: 'ping' },
        { type: 'reset', attempt: 3, step: 0, cause: 'retry', error: { code: 'producer_lost' } },
        { type: 'start' },
        { type: 'text-delta', text: 'a' },
        { type: 'usage', usage: { outputTokens: 8 } },
        { type: 'finish' },
      ]);
      const message = await lastValueFrom(durable(store, 'a', NEVER).pipe(toMessage()));
      expect(message).toMatchObject({ text: 'a', usage: { outputTokens: 8 } });
    }),
  );

  it(
    'stops the source when another producer has taken over, and writes nothing more',
    virtualTime(async () => {
      const store = memoryStore();
      const source = new Subject<DeltaEvent>();
      const settled: StreamSettlement[] = [];
      // Its renewals do not arrive.
      const cut = { ...store, renew: () => new Promise<never>(() => undefined), cancelled: undefined } as unknown as StreamStore;
      durable(cut, 'a', source, { leaseMs: 1_000, onSettled: (settlement) => settled.push(settlement) })
        .subscribe({ error: () => undefined })
        .unsubscribe();
      await wait(1);
      source.next(start());
      await wait(1_100);
      const claim = await store.claim('a', { owner: 'other', leaseMs: 10_000, retentionMs: 10_000 });
      expect(claim).toMatchObject({ role: 'produce', takeover: true });
      source.next(text('zombie'));
      await wait(100);
      expect(source.observed).toBe(false);
      expect(settled).toMatchObject([{ outcome: 'fenced', error: { kind: 'fenced' } }]);
      if (claim.role === 'produce') await store.finish('a', claim.epoch, { type: 'complete' });
      expect((await collect(durable(store, 'a', NEVER))).events).toEqual([start()]);
    }),
  );

  it(
    'writes in batches of 5 ms or 32 events, one after another, and tool calls and the end at once',
    virtualTime(async () => {
      const store = memoryStore();
      const appends: [number, number, number][] = [];
      const slow = {
        ...store,
        async append(...call: Parameters<StreamStore['append']>) {
          appends.push([asyncScheduler.now(), call[2], call[3].length]);
          await wait(20);
          return store.append(...call);
        },
      };
      const events$ = new Subject<DeltaEvent>();
      durable(slow, 'a', events$).subscribe({ error: () => undefined });
      await wait(1);
      events$.next(text('a'));
      events$.next(text('b'));
      await wait(10);
      for (let count = 0; count < 40; count++) events$.next(text('c'));
      await wait(100);
      for (let count = 0; count < 33; count++) events$.next(text('d'));
      await wait(100);
      events$.next(toolCallStart('call', 'clock'));
      await wait(100);
      events$.next(text('e'));
      events$.next(finish());
      events$.complete();
      await wait(100);
      expect(appends).toEqual([
        [6, 1, 2],
        [26, 3, 40],
        [111, 43, 32],
        [131, 75, 1],
        [211, 76, 1],
        [311, 77, 2],
      ]);
    }),
  );

  it(
    'writes again what a store that was out of reach may not have, and gives up after a lease',
    virtualTime(async () => {
      const store = memoryStore();
      const settled: StreamSettlement[] = [];
      let fails = 3;
      const flaky = {
        ...store,
        async append(...call: Parameters<StreamStore['append']>) {
          await store.append(...call);
          if (fails-- > 0) throw new Error('ECONNRESET');
        },
      };
      expect((await collect(durable(flaky, 'a', of(...answer)))).events).toEqual(answer);
      const down = { ...store, append: () => Promise.reject(new Error('ECONNREFUSED')) };
      const log = counted(concat(of(start()), NEVER));
      const options: DurableOptions = { leaseMs: 1_000, onSettled: (settlement) => settled.push(settlement) };
      const reader = collect(durable(down, 'b', log.source$, options));
      await wait(3_000);
      expect(log.running).toBe(0);
      expect(settled).toMatchObject([{ id: 'b', outcome: 'error', error: { message: 'ECONNREFUSED' } }]);
      expect((await reader).error).toBeDefined();
    }),
  );

  it(
    'ends with the error of a store that is full, also where the source has completed',
    virtualTime(async () => {
      const store = memoryStore({ maxStreamChars: 1_000 });
      const settled: StreamSettlement[] = [];
      const long$ = of(start(), text('x'.repeat(2_000)), finish());
      const { error } = await collect(durable(store, 'a', long$, { onSettled: (settlement) => settled.push(settlement) }));
      expect(error).toMatchObject({ kind: 'limit', limit: 'maxStreamChars' });
      expect(asyncScheduler.now()).toBeLessThan(100);
      expect(settled).toMatchObject([{ outcome: 'error', error: { kind: 'limit' } }]);
    }),
  );

  it.each<[string, Partial<StreamStore>]>([
    ['appends', { append: () => noReply }],
    ['appends and renewals', { append: () => noReply, renew: () => noReply }],
    ['renewals, while the source is silent', { renew: () => noReply }],
    ['renewals but by an error', { renew: () => Promise.reject(new Error('ECONNREFUSED')) }],
  ])('gives up a store that never replies to %s', (_, hanging) =>
    virtualTime(async () => {
      const log = counted(concat(of(start()), NEVER));
      const settled: StreamSettlement[] = [];
      const options: DurableOptions = { leaseMs: 1_000, onSettled: (settlement) => settled.push(settlement) };
      durable({ ...memoryStore(), ...hanging }, 'a', log.source$, options).subscribe({ error: () => undefined });
      await wait(1_700);
      expect(log.running).toBe(0);
      expect(settled).toMatchObject([{ outcome: 'error', error: { kind: 'connection' } }]);
    })(),
  );

  it.each([
    ['longer than a timer can be', 7e9],
    ['infinite', Number.POSITIVE_INFINITY],
  ])('does not renew again and again where the lease is %s', async (_, leaseMs) => {
    const store = memoryStore();
    let renewals = 0;
    const counting: StreamStore = { ...store, renew: (...call) => store.renew(...call).finally(() => renewals++) };
    const reading = durable(counting, 'a', concat(of(start()), NEVER), { leaseMs }).subscribe();
    // Real time: what is checked is how the platform's timers take such a delay.
    await wait(20);
    reading.unsubscribe();
    await store.cancel('a');
    expect(renewals).toBe(0);
  });

  it(
    'holds a source back that is faster than the store, or ends it at maxPendingChars',
    virtualTime(async () => {
      const store = memoryStore();
      const slow = {
        ...store,
        async append(...call: Parameters<StreamStore['append']>) {
          await wait(1_000);
          return store.append(...call);
        },
      };
      const demand = createDemand();
      const events$ = new Subject<DeltaEvent>();
      durable(slow, 'a', events$, { demand }).subscribe({ error: () => undefined });
      await wait(1);
      events$.next(text('x'.repeat(100_000)));
      expect(demand.paused).toBe(true);
      await wait(1_100);
      expect(demand.paused).toBe(false);
      const log = counted(concat(of(start()), of(text('x'.repeat(2_000))), NEVER));
      const { error } = await collect(durable(slow, 'b', log.source$, { maxPendingChars: 1_000 }));
      expect(error).toMatchObject({ kind: 'limit', limit: 'maxPendingChars', value: 1_000 });
      expect(log.running).toBe(0);
      events$.complete();
    }),
  );

  it(
    'gives waitUntil a promise that resolves when nothing runs any more, whatever the role',
    virtualTime(async () => {
      const store = memoryStore();
      const done: string[] = [];
      const waitFor = (name: string): DurableOptions => ({ waitUntil: (promise) => void promise.then(() => done.push(name)) });
      durable(store, 'a', streamOf('one two', { everyMs: 100 }), waitFor('producer'))
        .subscribe()
        .unsubscribe();
      durable(store, 'a', NEVER, waitFor('follower')).subscribe().unsubscribe();
      await wait(50);
      expect(done).toEqual(['follower']);
      await wait(500);
      expect(done).toEqual(['follower', 'producer']);
      const down = { ...store, claim: () => Promise.reject(new Error('down')) };
      expect((await collect(durable(down, 'b', NEVER, waitFor('failed')))).error).toMatchObject({ message: 'down' });
      expect(done).toEqual(['follower', 'producer', 'failed']);
      const thrown = new Error('outside of a request');
      const throwing = (): never => {
        throw thrown;
      };
      const log = counted(of(...answer));
      expect((await collect(durable(store, 'c', log.source$, { waitUntil: throwing }))).error).toBe(thrown);
      expect(log.sent).toBe(0);
    }),
  );

  it.each<[unknown, unknown, unknown, unknown, RegExp]>([
    [{}, 'a', NEVER, {}, /store must be a store/],
    [memoryStore(), 1, NEVER, {}, /id must be a text/],
    [memoryStore(), '', NEVER, {}, /1 to 512/],
    [memoryStore(), 'x'.repeat(513), NEVER, {}, /1 to 512/],
    [memoryStore(), '\ud83d', NEVER, {}, /surrogate/],
    [memoryStore(), 'a', 'b', {}, /source\$ must be an Observable/],
    [memoryStore(), 'a', NEVER, { leasMs: 1 }, /did you mean "leaseMs"/],
    [memoryStore(), 'a', NEVER, { leaseMs: 0 }, /leaseMs must be > 0/],
    [memoryStore(), 'a', NEVER, { onLost: 'again' }, /one of fail, reset/],
  ])('throws at call time for wrong arguments: %#', (store, id, source$, options, message) => {
    expect(() => durable(store as StreamStore, id as string, source$ as typeof NEVER, options as DurableOptions)).toThrow(
      message,
    );
  });
});
