import { setTimeout as sleep } from 'node:timers/promises';
import Anthropic from '@anthropic-ai/sdk';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { defer, identity, type MonoTypeOperatorFunction, Observable, pipe, Subscription, tap } from 'rxjs';
import { createDemand, type DeltaEvent, type Demand, retryStream, timeoutBetweenChunks } from 'rxllm';
import { fromMessages } from 'rxllm/anthropic';
import { fromChatCompletions, fromResponses, type SourceOptions } from 'rxllm/openai';
import { type Collected, collect } from '../support/respond.js';
import { type Answer, answerWith, startServer, type TestServer } from '../support/server.js';

const data = (payload: object): string => `data: ${JSON.stringify(payload)}\n\n`;
const piece = 'A sentence of the answer. '.repeat(400);
/** The number of pieces that the server sends: 103 MB in all. */
const times = Math.ceil(103_000_000 / piece.length);
/** The most that may be read while the consumer is paused, most of it by the buffers of the operating system. */
const mostRead = 16_000_000;
const messages = [{ role: 'user' as const, content: 'Tell me everything' }];

interface Wire {
  readonly name: string;
  readonly beginning: string;
  readonly delta: string;
  readonly end: string;
  source(url: string, options: SourceOptions): Observable<DeltaEvent>;
}

const wires: readonly Wire[] = [
  {
    name: 'fromChatCompletions',
    beginning: '',
    delta: data({ id: 'c', choices: [{ index: 0, delta: { content: piece } }] }),
    end: `${data({ id: 'c', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}data: [DONE]\n\n`,
    source: (baseURL, options) => fromChatCompletions(new OpenAI({ baseURL, apiKey: 'none' }), { model: 'm', messages }, options),
  },
  {
    name: 'fromResponses',
    beginning: data({ type: 'response.created', response: { id: 'r' } }),
    delta: data({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: piece }),
    end: data({ type: 'response.completed', response: { id: 'r', status: 'completed', output: [] } }),
    source: (baseURL, options) =>
      fromResponses(new OpenAI({ baseURL, apiKey: 'none' }), { model: 'm', input: 'Tell me everything' }, options),
  },
  {
    name: 'fromMessages',
    beginning:
      data({ type: 'message_start', message: { id: 'm' } }) +
      data({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    delta: data({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: piece } }),
    end:
      data({ type: 'content_block_stop', index: 0 }) +
      data({ type: 'message_delta', delta: { stop_reason: 'end_turn' } }) +
      data({ type: 'message_stop' }),
    source: (baseURL, options) =>
      fromMessages(new Anthropic({ baseURL, apiKey: 'none' }), { model: 'm', max_tokens: 9, messages }, options),
  },
];

/** Sends an answer as fast as the client reads it. `accepted`: how much of it the operating system has accepted. */
function fastAnswer({ beginning, delta, end }: Wire): { readonly answer: Answer; readonly accepted: () => number } {
  let accepted = 0;
  const answer: Answer = async ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    // The callback runs when the operating system has accepted the bytes.
    const write = (piece: string): Promise<unknown> => new Promise((resolve) => response.write(piece, resolve));
    await write(beginning);
    for (let time = 0; time < times && !response.closed; time++) {
      await write(delta);
      accepted += delta.length;
    }
    response.end(end);
  };
  return { answer, accepted: () => accepted };
}

/** Pauses at the first text delta, once. */
const pauseOnce =
  (demand: Demand): MonoTypeOperatorFunction<DeltaEvent> =>
  (source) =>
    defer(() => {
      let paused = false;
      return source.pipe(
        tap(({ type }) => {
          if (paused || type !== 'text-delta') return;
          paused = true;
          demand.pause();
        }),
      );
    });

describe.each(wires)('a consumer of $name that pauses', (wire) => {
  let server: TestServer | undefined;
  let demand: Demand;

  beforeEach(() => {
    demand = createDemand();
  });
  afterEach(() => server?.close());

  /** Starts a server, and a consumer that pauses at once. Returns how much the server has sent when no more is accepted. */
  async function pausedConsumer(
    options: { readonly before?: readonly Answer[]; readonly signal?: AbortSignal; readonly pipeline?: typeof pauseOnce } = {},
  ): Promise<{ readonly accepted: number; readonly result: Promise<Collected>; readonly subscription: Subscription }> {
    const { before = [], signal, pipeline = () => identity } = options;
    const { answer, accepted } = fastAnswer(wire);
    server = await startServer(...before, answer);
    const events$ = wire.source(server.url, signal ? { demand, signal } : { demand }).pipe(pipeline(demand), pauseOnce(demand));
    let subscription = Subscription.EMPTY;
    const subscribed$ = new Observable<DeltaEvent>((subscriber) => {
      subscription = events$.subscribe(subscriber);
      return subscription;
    });
    const result = collect(subscribed$);
    await server.received(before.length);
    let last = -1;
    while (last !== accepted() || last === 0) {
      last = accepted();
      await sleep(150);
    }
    return { accepted: last, result, subscription };
  }

  const lengthOf = (events: readonly DeltaEvent[]): number =>
    events.reduce((length, event) => length + (event.type === 'text-delta' ? event.text.length : 0), 0);

  it('makes the provider wait, and receives everything after it resumes', async () => {
    const { accepted, result } = await pausedConsumer();
    expect(accepted).toBeLessThanOrEqual(mostRead);
    demand.resume();
    const { completed, events } = await result;
    expect(completed).toBe(true);
    expect(lengthOf(events)).toBe(times * piece.length);
  });

  it('causes no timeout and no retry', async () => {
    const { result } = await pausedConsumer({
      before: [answerWith(503, { error: { message: 'Try again' } })],
      pipeline: (demand) =>
        pipe(timeoutBetweenChunks({ firstMs: 5_000, betweenMs: 250, demand }), retryStream({ initialDelayMs: 1 })),
    });
    await sleep(500);
    demand.resume();
    const { completed, events } = await result;
    expect(completed).toBe(true);
    expect(events.filter(({ type }) => type === 'reset')).toHaveLength(1);
    expect(server?.requests).toHaveLength(2);
  });

  it('closes the request at once when it unsubscribes', async () => {
    const { subscription } = await pausedConsumer();
    const before = performance.now();
    subscription.unsubscribe();
    const closed = await server?.requests[0]?.closed;
    expect(closed?.byClient).toBe(true);
    expect((closed?.at ?? Infinity) - before).toBeLessThan(100);
  });

  it('errors at once when its signal aborts', async () => {
    const controller = new AbortController();
    const { result } = await pausedConsumer({ signal: controller.signal });
    const before = performance.now();
    controller.abort('enough');
    expect((await result).error).toMatchObject({ kind: 'aborted', cause: 'enough' });
    expect(((await server?.requests[0]?.closed)?.at ?? Infinity) - before).toBeLessThan(100);
  });
});
