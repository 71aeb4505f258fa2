import type { Observable } from 'rxjs';
import type { DeltaEvent } from '../../src/events.js';

/** Creates a client function that responds with an event stream of these bytes, in chunks of `chunkSize` bytes. */
export function respondWith(
  bytes: Uint8Array | string,
  chunkSize: number = Infinity,
  headers: Readonly<Record<string, string>> = {},
): () => Promise<Response> {
  const whole = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  return async () => {
    let offset = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (offset >= whole.length) return controller.close();
        // Several at a time, because a pull costs more than a chunk.
        for (let chunk = 0; chunk < 16 && offset < whole.length; chunk++) {
          controller.enqueue(whole.slice(offset, offset + chunkSize));
          offset += chunkSize;
        }
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream', ...headers } });
  };
}

export interface Collected {
  readonly events: readonly DeltaEvent[];
  readonly error: unknown;
  readonly completed: boolean;
}

/** Subscribes, and resolves with the events and the end. Never rejects. */
export function collect(events$: Observable<DeltaEvent>): Promise<Collected> {
  return new Promise((resolve) => {
    const events: DeltaEvent[] = [];
    events$.subscribe({
      next: (event) => events.push(event),
      error: (error: unknown) => resolve({ events, error, completed: false }),
      complete: () => resolve({ events, error: undefined, completed: true }),
    });
  });
}
