import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect, merge, type Observable, take } from 'rxjs';
import type { DeltaEvent } from '../../src/events.js';
import type { SourceOptions } from '../../src/providers/wire/wireFormat.js';
import type { Fetch } from '../../src/testing/fakes/responseBody.js';
import { sourceContract as defineContract } from '../../src/testing/index.js';
import { collect } from './respond.js';
import { type Answer, answerStream, startServer, type TestServer } from './server.js';

export interface SourceContractOptions {
  /** A whole answer. */
  readonly whole: Uint8Array;
  /** The same answer, cut after its text and before its end. */
  readonly cut: string;
  /** The text of both. */
  readonly text: string;
  /** The source, through the SDK's own client, with this `fetch` or over HTTP. */
  source(url: string, options?: SourceOptions, fetch?: Fetch): Observable<DeltaEvent>;
}

/** The behaviour of every source over real HTTP: run it first in the wire spec of the source. */
export function sourceContract({ whole, cut, text, source }: SourceContractOptions): void {
  describe('the source contract of rxllm/testing', () =>
    defineContract(it, { whole, cut, text, source: (fetch, options) => source('http://a.example', options, fetch) }));

  describe('the source contract over HTTP', () => {
    let server: TestServer;
    let answer: Answer;

    beforeEach(async () => {
      server = await startServer((exchange) => answer(exchange));
    });
    afterEach(() => server.close());

    it('completes at the definite end, without waiting for the socket', async () => {
      answer = answerStream([whole], 'open');
      const before = performance.now();
      expect((await collect(source(server.url))).completed).toBe(true);
      expect(performance.now() - before).toBeLessThan(1_000);
    });

    it('errors with TruncatedError for a cut answer', async () => {
      answer = answerStream([cut]);
      expect((await collect(source(server.url))).error).toMatchObject({
        kind: 'truncated',
        retryable: true,
        partial: { text },
      });
      expect(server.requests).toHaveLength(1);
    });

    // A chunked body that is closed without its end is a broken connection.
    it.each(['close', 'reset'] as const)('errors with ConnectionError when the connection breaks (%s)', async (end) => {
      answer = answerStream([cut], end);
      expect((await collect(source(server.url))).error).toMatchObject({
        kind: 'connection',
        retryable: true,
        partial: { text },
      });
    });

    it('closes the request within 100 ms after unsubscribe', async () => {
      answer = answerStream([cut], 'open');
      const seen: DeltaEvent[] = [];
      const unsubscribed = await new Promise<number>((resolve, reject) => {
        const next = (event: DeltaEvent): void => {
          seen.push(event);
          if (event.type !== 'text-delta') return;
          subscription.unsubscribe();
          resolve(performance.now());
        };
        const subscription = source(server.url).subscribe({ next, error: reject });
      });
      const { at, byClient } = await (await server.received()).closed;
      expect(byClient).toBe(true);
      expect(at - unsubscribed).toBeLessThan(100);
      expect(seen.filter(({ type }) => type === 'text-delta')).toHaveLength(1);
    });

    it('emits nothing after unsubscribe in the middle of a chunk', async () => {
      answer = answerStream([cut], 'open');
      expect((await collect(source(server.url).pipe(take(1)))).events.map(({ type }) => type)).toEqual(['start']);
      expect((await (await server.received()).closed).byClient).toBe(true);
    });

    it('sends nothing before it is subscribed, and a request for each subscription', async () => {
      answer = answerStream([whole]);
      const events$ = source(server.url);
      expect(server.requests).toHaveLength(0);
      const [first, second] = await Promise.all([collect(events$), collect(events$)]);
      expect(first).toEqual(second);
      expect(server.requests).toHaveLength(2);
    });

    it('sends one request for two branches of one pipe', async () => {
      answer = answerStream([whole]);
      const twice$ = source(server.url).pipe(connect((events$) => merge(events$, events$)));
      expect((await collect(twice$)).events.filter(({ type }) => type === 'finish')).toHaveLength(2);
      expect(server.requests).toHaveLength(1);
    });

    it("errors with StreamAbortedError and the caller's reason when the signal aborts", async () => {
      answer = answerStream([cut], 'open');
      const controller = new AbortController();
      const result = collect(source(server.url, { signal: controller.signal }));
      const { closed } = await server.received();
      controller.abort('enough');
      expect((await result).error).toMatchObject({ kind: 'aborted', cause: 'enough' });
      expect((await closed).byClient).toBe(true);
    });
  });
}
