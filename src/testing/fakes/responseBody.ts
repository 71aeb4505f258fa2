import { Observable, Subscription } from 'rxjs';

/** What the SDK clients take as `fetch`. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** A body as the stream of its chunks: read from subscribe on, let go on unsubscribe. */
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
 * A stream of chunks as a body: subscribed once it is made, unsubscribed when its reader leaves. What came before an error is read before
 * it, where `controller.error` alone would throw away what nobody has read yet.
 */
export function bodyOf(chunks$: Observable<Uint8Array>, signal?: AbortSignal | null): ReadableStream<Uint8Array> {
  const waiting: ((controller: ReadableStreamDefaultController<Uint8Array>) => void)[] = [];
  const subscription = new Subscription();
  let wake = (): void => undefined;

  function put(step: (controller: ReadableStreamDefaultController<Uint8Array>) => void): void {
    waiting.push(step);
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
            next: (chunk) => put((to) => to.enqueue(chunk)),
            error: (error: unknown) => put((to) => to.error(error)),
            complete: () => put((to) => to.close()),
          }),
        );
      },
      async pull(controller) {
        if (waiting.length === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        waiting.shift()?.(controller);
      },
      cancel: () => subscription.unsubscribe(),
    },
    // Nothing is taken before somebody reads.
    { highWaterMark: 0 },
  );
}

/** The same response with another body. */
export function withBody({ status, statusText, headers }: Response, body: ReadableStream<Uint8Array> | null): Response {
  const kept = new Headers(headers);
  // They describe the body as it came, not as it is now.
  kept.delete('content-encoding');
  kept.delete('content-length');
  return new Response(body, { status, statusText, headers: kept });
}

/** The signal of a request, wherever it is. */
export function signalOf(input: string | URL | Request, init?: RequestInit): AbortSignal | null {
  if (init?.signal) return init.signal;
  return typeof input === 'object' && 'signal' in input ? input.signal : null;
}

/** A fetch whose bodies go through an operator on their chunks. */
export function mapBody(fetch: Fetch, change: (chunks$: Observable<Uint8Array>) => Observable<Uint8Array>): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (!response.body) return response;
    return withBody(response, bodyOf(change(chunksOf(response.body)), signalOf(input, init)));
  };
}
