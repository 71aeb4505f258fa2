import { Observable, Subscription } from 'rxjs';

/** The `fetch` option of SDK clients. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Emits the chunks of a body: reads it on subscribe, cancels it on unsubscribe. */
export function chunksOf(body: ReadableStream<Uint8Array>): Observable<Uint8Array> {
  return new Observable((subscriber) => {
    const reader = body.getReader();
    const run = async (): Promise<void> => {
      while (!subscriber.closed) {
        const { done, value } = await reader.read();
        if (done) return subscriber.complete();
        subscriber.next(value);
      }
    };
    run().catch((error: unknown) => subscriber.error(error));
    return () => void reader.cancel().catch(() => undefined);
  });
}

/**
 * Turns a stream of chunks into a body: it subscribes at once and unsubscribes when the body is cancelled or the signal aborts. Chunks and the end
 * are queued here, because `controller.error` would discard the chunks that have not been read yet.
 */
export function bodyOf(chunks$: Observable<Uint8Array>, signal?: AbortSignal | null): ReadableStream<Uint8Array> {
  const queue: ((controller: ReadableStreamDefaultController<Uint8Array>) => void)[] = [];
  const subscription = new Subscription();
  let wake = (): void => undefined;

  function enqueue(step: (controller: ReadableStreamDefaultController<Uint8Array>) => void): void {
    queue.push(step);
    wake();
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const abort = (): void => {
          subscription.unsubscribe();
          controller.error(signal?.reason);
          wake();
        };
        if (signal?.aborted) return abort();
        signal?.addEventListener('abort', abort);
        subscription.add(() => signal?.removeEventListener('abort', abort));
        subscription.add(
          chunks$.subscribe({
            next: (chunk) => enqueue((to) => to.enqueue(chunk)),
            error: (error: unknown) => enqueue((to) => to.error(error)),
            complete: () => enqueue((to) => to.close()),
          }),
        );
      },
      async pull(controller) {
        if (queue.length === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        queue.shift()?.(controller);
      },
      cancel: () => subscription.unsubscribe(),
    },
    // No `pull` before the first read.
    { highWaterMark: 0 },
  );
}

/** Copies a response with another body. */
export function withBody({ status, statusText, headers }: Response, body: ReadableStream<Uint8Array> | null): Response {
  const remaining = new Headers(headers);
  // These two describe the original body.
  remaining.delete('content-encoding');
  remaining.delete('content-length');
  return new Response(body, { status, statusText, headers: remaining });
}

/** The signal of a request, from `init` or from the `Request`. */
export function signalOf(input: string | URL | Request, init?: RequestInit): AbortSignal | null {
  if (init?.signal) return init.signal;
  return typeof input === 'object' && 'signal' in input ? input.signal : null;
}

/** Wraps a fetch to apply an operator to the chunks of each body. */
export function mapBody(fetch: Fetch, change: (chunks$: Observable<Uint8Array>) => Observable<Uint8Array>): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (!response.body) return response;
    return withBody(response, bodyOf(change(chunksOf(response.body)), signalOf(input, init)));
  };
}
