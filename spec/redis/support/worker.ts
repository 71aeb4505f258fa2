import { createClient } from 'redis';
import { Observable, type Subscription } from 'rxjs';
import { type DeltaEvent, isStreamError } from 'rxllm';
import { durable, resumeFrom } from 'rxllm/durable';
import { type RedisClient, redisStore } from 'rxllm/redis';
import { finish, start, text } from 'rxllm/testing';
import type { WorkerReport, WorkerRequest } from './protocol.js';

// A process of its own: it produces and reads what its parent asks for. Its clock may be wrong.
const skewMs = Number(process.env['SKEW_MS'] ?? 0);
const now = Date.now;
Date.now = () => now() + skewMs;

function report(message: WorkerReport): void {
  if (process.connected) process.send?.(message);
}

/** A source that emits `events` texts, one every `everyMs`. */
function timedAnswer({ id, name, events, everyMs, dieAt }: Extract<WorkerRequest, { kind: 'produce' }>): Observable<DeltaEvent> {
  return new Observable((subscriber) => {
    let seq = 0;
    const timer = setInterval(() => {
      seq++;
      if (seq === dieAt) process.kill(process.pid, 'SIGKILL');
      report({ kind: 'emitted', id, seq });
      if (seq === 1) subscriber.next(start());
      if (seq <= events) return subscriber.next(text(`${name} ${seq}`));
      subscriber.next(finish());
      subscriber.complete();
    }, everyMs);
    return () => clearInterval(timer);
  });
}

function describeEnd(error: unknown): string {
  if (!isStreamError(error)) return `error ${String(error)}`;
  return error.code === undefined ? error.kind : `${error.kind} ${error.code}`;
}

/** A client awaits the reply to its greeting for ever, which a proxy may drop. */
async function connectClient(): Promise<RedisClient> {
  for (let attempt = 0; attempt < 15; attempt++) {
    const client = createClient({ url: process.env['REDIS_URL'] ?? '', disableClientInfo: true });
    client.on('error', () => undefined);
    const late = new Promise<boolean>((resolve) => setTimeout(resolve, 1_000, false));
    const connected = client.connect().then(
      () => true,
      () => false,
    );
    if (await Promise.race([connected, late])) return client;
    if (client.isOpen) client.destroy();
  }
  throw new Error('Redis cannot be reached');
}

async function run(): Promise<void> {
  const client = await connectClient();
  const store = redisStore(client, { replyTimeoutMs: 500 });
  const readers = new Map<string, Subscription>();

  function read({ id, name, after }: Extract<WorkerRequest, { kind: 'read' }>): void {
    let seen: (readonly [string, string])[] = [];
    let flush: NodeJS.Immediate | undefined;
    function send(): void {
      clearImmediate(flush);
      flush = undefined;
      if (seen.length > 0) report({ kind: 'entries', name, entries: seen });
      seen = [];
    }
    function end(how: string): void {
      send();
      report({ kind: 'end', name, end: how });
    }
    const subscription = resumeFrom(store, id, { after }).subscribe({
      next(entry) {
        seen.push([entry.id, JSON.stringify(entry.event)]);
        flush ??= setImmediate(send);
      },
      error: (error: unknown) => end(describeEnd(error)),
      complete: () => end('complete'),
    });
    readers.set(name, subscription);
  }

  process.on('message', (request: WorkerRequest) => {
    if (request.kind === 'read') read(request);
    else if (request.kind === 'leave') readers.get(request.name)?.unsubscribe();
    else if (request.kind === 'cancel') {
      store.cancel(request.id, request.reason).then(
        () => report({ kind: 'cancelled', id: request.id, outcome: 'stored' }),
        (error: unknown) => report({ kind: 'cancelled', id: request.id, outcome: describeEnd(error) }),
      );
    } else {
      const { id, name, leaseMs, retentionMs } = request;
      durable(store, id, timedAnswer(request), {
        leaseMs,
        retentionMs,
        onSettled: ({ outcome }) => report({ kind: 'settled', id, name, outcome }),
      }).subscribe({ error: () => undefined });
    }
  });
  report({ kind: 'ready' });
}

process.on('disconnect', () => process.exit());
void run();
