import fc from 'fast-check';
import type { TcpProxy } from './tcpProxy.js';
import type { SeenReader, Worker } from './workers.js';

/** What happens to one stream, from its claim to the end of its readers. */
export interface History {
  readonly events: number;
  readonly everyMs: number;
  readonly leaseMs: number;
  readonly fault: Fault;
  readonly readers: readonly ReaderPlan[];
}

type Fault =
  | { readonly kind: 'none' | 'second producer' }
  | { readonly kind: 'kill'; readonly at: number }
  | { readonly kind: 'cancel'; readonly at: number }
  | { readonly kind: 'stop'; readonly at: number; readonly forMs: number };

interface ReaderPlan {
  readonly joinMs: number;
  /** Leaves after this many entries, and comes back with the last id. */
  readonly leaveAt: number | undefined;
  readonly after: 'start' | 'garbage' | 'future';
}

/** What happens to Redis and to the network while some histories are played. */
export type Weather =
  | { readonly kind: 'fair' }
  | { readonly kind: 'drop'; readonly atMs: number; readonly forMs: number; readonly cuts: boolean }
  | { readonly kind: 'restart'; readonly atMs: number; readonly downMs: number; readonly lostBytes: number };

const at = fc.integer({ min: 1, max: 40 });

const faults: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constantFrom('none' as const, 'second producer' as const) }),
  fc.record({ kind: fc.constant('kill' as const), at }),
  fc.record({ kind: fc.constant('cancel' as const), at }),
  fc.record({ kind: fc.constant('stop' as const), at, forMs: fc.integer({ min: 50, max: 1_200 }) }),
);

export const histories: fc.Arbitrary<History> = fc.record({
  events: fc.integer({ min: 1, max: 80 }),
  everyMs: fc.integer({ min: 1, max: 6 }),
  leaseMs: fc.integer({ min: 300, max: 600 }),
  fault: faults,
  readers: fc.array(
    fc.record({
      joinMs: fc.integer({ min: 0, max: 500 }),
      leaveAt: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
      after: fc.constantFrom('start' as const, 'start' as const, 'start' as const, 'garbage' as const, 'future' as const),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

export const weathers: fc.Arbitrary<Weather> = fc.oneof(
  fc.record({ kind: fc.constant('fair' as const) }),
  fc.record({
    kind: fc.constant('drop' as const),
    atMs: fc.integer({ min: 20, max: 300 }),
    forMs: fc.integer({ min: 10, max: 300 }),
    cuts: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('restart' as const),
    atMs: fc.integer({ min: 20, max: 300 }),
    downMs: fc.integer({ min: 0, max: 200 }),
    lostBytes: fc.constantFrom(0, 500, 3_000),
  }),
);

/** The processes of a history, which are taken from a pool and given back. */
export interface Cast {
  take(): Promise<Worker>;
  give(worker: Worker): void;
  /** Where all readers are: in several processes. */
  readonly reading: readonly Worker[];
}

/** Plays one history, and returns its readers, which have ended or have had the time for it. */
export async function playHistory(id: string, history: History, cast: Cast): Promise<readonly SeenReader[]> {
  const { fault, events, everyMs, leaseMs } = history;
  const producer = await cast.take();
  const second = fault.kind === 'second producer' ? await cast.take() : undefined;
  const order = { kind: 'produce' as const, id, events, everyMs, leaseMs, retentionMs: 60_000 };
  producer.ask({ ...order, name: 'p', ...(fault.kind === 'kill' ? { dieAt: Math.min(fault.at, events + 2) } : {}) });
  second?.ask({ ...order, name: 'q' });

  const readers: SeenReader[] = [];
  const played = history.readers.map((plan, index) => playReader(id, plan, `${id} ${index}`, pick(cast.reading, index), readers));
  const disturbed = disturb(id, fault, producer, pick(cast.reading, 0));
  await Promise.all([...played, disturbed]);
  const limitMs = 12_000;
  for (let waited = 0; readers.some(({ ends, left }) => ends.length === 0 && !left) && waited < limitMs; waited += 10)
    await pause(10);
  for (const worker of [producer, second]) if (worker) cast.give(worker);
  return readers;
}

async function disturb(id: string, fault: Fault, producer: Worker, other: Worker): Promise<void> {
  if (fault.kind !== 'stop' && fault.kind !== 'cancel') return;
  // The stream may end before that event: then it is disturbed after its end.
  const isDue = (report: { kind: string; id?: string; seq?: number }): boolean =>
    report.id === id && (report.kind === 'settled' || (report.kind === 'emitted' && (report.seq ?? 0) >= fault.at));
  // Where the reply of its claim was late, a reader has ended the stream before it began.
  const isSeen = await producer.seen(isDue, 4_000).then(
    () => true,
    () => false,
  );
  if (!isSeen) return;
  if (fault.kind === 'cancel') return other.ask({ kind: 'cancel', id, reason: 'stop' });
  producer.signal('SIGSTOP');
  await pause(fault.forMs);
  producer.signal('SIGCONT');
}

async function playReader(id: string, plan: ReaderPlan, name: string, worker: Worker, readers: SeenReader[]): Promise<void> {
  await pause(plan.joinMs);
  const after = plan.after === 'garbage' ? 'garbage' : plan.after === 'future' ? '9007199254740990-1' : undefined;
  const first = worker.read(id, name, after);
  readers.push(first);
  if (plan.leaveAt === undefined || after !== undefined) return;
  for (let waits = 0; first.entries.length < plan.leaveAt && first.ends.length === 0 && waits < 400; waits++) await pause(5);
  if (first.ends.length > 0) return;
  worker.leave(first);
  await pause(20);
  const last = first.entries.at(-1)?.[0];
  readers.push(worker.read(id, `${name} again`, last));
}

/** In `atOnce` at a time, all with the same weather. */
export async function makeWeather(
  weather: Weather,
  proxy: TcpProxy,
  restart: (downMs: number, lostBytes: number) => Promise<void>,
): Promise<void> {
  if (weather.kind === 'fair') return;
  await pause(weather.atMs);
  if (weather.kind === 'restart') return restart(weather.downMs, weather.lostBytes);
  proxy.dropsReplies = true;
  await pause(weather.forMs);
  proxy.dropsReplies = false;
  if (weather.cuts) proxy.cut();
}

function pick<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length];
  if (item === undefined) throw new Error('The list is empty');
  return item;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
