import { asyncScheduler, Subject } from 'rxjs';
import type { RecordedLane } from 'rxllm/testing';

/** What a server sends, by the millisecond in which it does. */
export type Script = Readonly<Record<number, string | { readonly type?: string; readonly [field: string]: unknown }>>;

type Respond = () => Promise<Response>;

/** Makes `sse`, a client for sources that answers from a script, and draws what was read of the body into a row. */
export function createSse(body: RecordedLane): (script: Script) => Respond {
  return (script) => () => {
    const read$ = new Subject<unknown>();
    const lane = read$.pipe(body.record()).subscribe();
    const lines = Object.entries(script);
    const begunAtMs = asyncScheduler.now();
    const stream = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const [atMs, payload] = lines.shift() ?? [];
          if (payload === undefined) {
            read$.complete();
            return controller.close();
          }
          await waitUntil(begunAtMs + Number(atMs));
          const data = typeof payload === 'string' ? payload : JSON.stringify(payload);
          const name = typeof payload === 'object' && payload.type ? `event: ${payload.type}\n` : '';
          read$.next(payload);
          controller.enqueue(new TextEncoder().encode(`${name}data: ${data}\n\n`));
        },
        cancel: () => lane.unsubscribe(),
      },
      { highWaterMark: 0 },
    );
    return Promise.resolve(new Response(stream, { headers: { 'content-type': 'text/event-stream' } }));
  };
}

/** In virtual time. */
function waitUntil(atMs: number): Promise<void> {
  return new Promise((resolve) => {
    asyncScheduler.schedule(() => resolve(), Math.max(0, atMs - asyncScheduler.now()));
  });
}
