import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import OpenAI from 'openai';
import { lastValueFrom, Subject } from 'rxjs';
import { ConnectionError, HttpError } from '../../../src/errors.js';
import { aggregateUsage } from '../../../src/operators/aggregateUsage.js';
import { bufferToText } from '../../../src/operators/bufferToText.js';
import { retryStream } from '../../../src/operators/retryStream.js';
import { timeoutBetweenChunks } from '../../../src/operators/timeoutBetweenChunks.js';
import { toMessage } from '../../../src/operators/toMessage.js';
import { fromChatCompletions } from '../../../src/providers/openai/index.js';
import {
  cutAfter,
  duplicateUsage,
  type Fault,
  type Fetch,
  failWith,
  fakeProvider,
  heartbeatOnly,
  httpThenOk,
  marbles,
  reasoning,
  rechunk,
  refusal,
  splitBytes,
  stallAfter,
  streamOf,
  text,
  toolCallDelta,
  virtualTime,
} from '../../../src/testing/index.js';
import { anyText } from '../../support/chunks.js';
import { observed, record } from '../../support/operatorContract.js';
import { collect } from '../../support/respond.js';

const payload = (fields: object): string =>
  `data: ${JSON.stringify({ id: 'x', model: 'm', choices: [{ index: 0, ...fields }] })}\n\n`;
const wire = [
  payload({ delta: { content: 'Hel' } }),
  payload({ delta: { content: 'lö 😀' } }),
  payload({ delta: {}, finish_reason: 'stop' }),
  'data: [DONE]\n\n',
].map((chunk) => new TextEncoder().encode(chunk));
const length = wire.reduce((sum, chunk) => sum + chunk.length, 0);

/** A fetch that responds with the chunks above. */
const answering: Fetch = async () => {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of wire) controller.enqueue(chunk);
      controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
};
const ask = (fetch: Fetch): ReturnType<typeof fromChatCompletions> =>
  fromChatCompletions(new OpenAI({ apiKey: 'none', fetch }), { model: 'm', messages: [] });

async function chunksOf(fetch: Fetch): Promise<readonly number[]> {
  const sizes: number[] = [];
  for await (const chunk of (await fetch('http://localhost/')).body as unknown as AsyncIterable<Uint8Array>)
    sizes.push(chunk.length);
  return sizes;
}

describe('cutAfter', () => {
  it(
    'completes after `count` events, and unsubscribes from its source',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('s-a-b-c-f|');
      expectStream(source.pipe(cutAfter(3))).toBe('s-a-(b|)');
      expectSubscriptions(source.subscriptions).toBe('^---!');
      expectStream(stream('s-a|').pipe(cutAfter(3))).toBe('s-a|');
      expectStream(stream('s-a|').pipe(cutAfter(0))).toBe('|');
    }),
  );

  it('ends a body after `count` bytes', async () => {
    const [first = 0] = wire.map((chunk) => chunk.length);
    expect(await chunksOf(cutAfter(first + 5)(answering))).toEqual([first, 5]);
    expect((await collect(ask(cutAfter(first + 5)(answering)))).error).toMatchObject({
      kind: 'truncated',
      partial: { text: 'Hel' },
    });
    expect((await collect(ask(cutAfter(length + 1)(answering)))).completed).toBe(true);
    expect((await collect(ask(cutAfter(0)(answering)))).error).toMatchObject({ kind: 'empty' });
  });

  it('cancels the body that it cuts', async () => {
    let cancelled = false;
    const endless: Fetch = async () =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(10)),
          cancel: () => {
            cancelled = true;
          },
        }),
      );
    expect(await chunksOf(cutAfter(25)(endless))).toEqual([10, 10, 5]);
    expect(cancelled).toBe(true);
  });
});

describe('stallAfter', () => {
  it(
    'holds back the events after the first ones',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      expectStream(stream('s-a-b-c-f|').pipe(stallAfter(3, 5))).toBe('s-a-b------(cf|)');
      const source = stream('s-a-b-c-f|');
      expectStream(source.pipe(stallAfter(2)), '^---------------!').toBe('s-a');
      expectSubscriptions(source.subscriptions).toBe('^--------!');
      expectStream(stream('s-a-f|').pipe(stallAfter(1), timeoutBetweenChunks({ betweenMs: 4 }))).toBe(
        's---#',
        {},
        { kind: 'timeout' },
      );
    }),
  );

  it(
    'stalls every subscription',
    marbles(({ stream, expectStream }) => {
      const stalled$ = stream('s-a|').pipe(stallAfter(1, 3));
      expectStream(stalled$).toBe('s----(a|)');
      expectStream(stalled$, '---^').toBe('---s----(a|)');
    }),
  );

  it(
    'holds back the bytes of a body, also in virtual time',
    virtualTime(async () => {
      const stalled$ = ask(stallAfter(70)(answering)).pipe(timeoutBetweenChunks({ firstMs: 50, betweenMs: 30_000 }));
      expect((await collect(stalled$)).error).toMatchObject({ kind: 'timeout' });
      const [first = 0] = wire.map((chunk) => chunk.length);
      expect(await chunksOf(stallAfter(first + 5, 60_000)(answering))).toEqual([
        first,
        5,
        ...wire.slice(1).map((c, i) => c.length - (i === 0 ? 5 : 0)),
      ]);
      expect((await collect(ask(stallAfter(70, 60_000)(answering)))).completed).toBe(true);
    }),
  );
});

describe('failWith', () => {
  const error = new ConnectionError();

  it(
    'emits the given error after `after` events, and unsubscribes from its source',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('s-a-b-c-f|');
      expectStream(source.pipe(failWith(error, { after: 3 }))).toBe('s-a-(b#)', {}, error);
      expectSubscriptions(source.subscriptions).toBe('^---!');
      const unasked = stream('s|');
      expectStream(unasked.pipe(failWith(error))).toBe('#', {}, error);
      expectSubscriptions(unasked.subscriptions).toBe([]);
      expectStream(stream('s-a|').pipe(failWith(error, { after: 3 }))).toBe('s-a|');
    }),
  );

  it('rejects the request, or errors its body after `after` bytes', async () => {
    expect((await collect(ask(failWith(error)(answering)))).error).toBe(error);
    const [first = 0] = wire.map((chunk) => chunk.length);
    const broken = await collect(ask(failWith(new TypeError('terminated'), { after: first })(answering)));
    expect(broken.error).toMatchObject({ kind: 'connection', partial: { text: 'Hel' } });
  });
});

describe('rechunk', () => {
  it('cuts deltas at the same places for the same seed, and keeps the message', () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 6 }), fc.nat(), (texts, seed) => {
        const events = texts.flatMap((each) => [
          text(each),
          reasoning(each, { block: 1 }),
          refusal(each, { block: 2 }),
          toolCallDelta('c', each, { block: 3 }),
        ]);
        const source = streamOf([...events]);
        const cut = record(source, rechunk(seed));
        expect(record(source, rechunk(seed))).toEqual(cut);
        const messageOf = (values: readonly unknown[]): unknown => record(streamOf(values as typeof events), toMessage()).values;
        expect(messageOf(cut.values)).toEqual(messageOf(events));
      }),
      { numRuns: 1_000 },
    );
    expect(record(streamOf('abcdefghijklmnopqrstuvwxyz'), rechunk(1)).values.length).toBeGreaterThan(4);
  });

  it('cuts a body at the same places for the same seed, and keeps the events', async () => {
    const whole = await collect(ask(answering));
    for (let seed = 0; seed < 50; seed++) expect(await collect(ask(rechunk(seed)(answering)))).toEqual(whole);
    const sizes = await chunksOf(rechunk(3)(answering));
    expect(sizes).toEqual(await chunksOf(rechunk(3)(answering)));
    expect(sizes).not.toEqual(await chunksOf(rechunk(4)(answering)));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(24);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(length);
  });
});

describe('splitBytes', () => {
  it('emits a body one byte at a time, and keeps the events', async () => {
    expect(await chunksOf(splitBytes()(answering))).toEqual(Array.from({ length }, () => 1));
    expect(await collect(ask(splitBytes()(answering)))).toEqual(await collect(ask(answering)));
  });
});

describe('duplicateUsage', () => {
  it(
    'emits every usage event twice',
    marbles(({ stream, expectStream }) => {
      expectStream(stream('s-a-u---f|').pipe(duplicateUsage())).toBe('s-a-(uu)f|');
      expectStream(stream('s-a-u---(f|)').pipe(duplicateUsage(), aggregateUsage())).toBe('s-a-----(uf|)', {});
    }),
  );
});

describe('heartbeatOnly', () => {
  it(
    'emits only pings, and stays subscribed to its source',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('s-a-b-f|');
      expectStream(source.pipe(heartbeatOnly({ everyMs: 4 })), '^------------!').toBe('p---p---p---p');
      expectSubscriptions(source.subscriptions).toBe('^------!');
      expectStream(stream('s-a|').pipe(heartbeatOnly(), timeoutBetweenChunks({ firstMs: 20_000 }))).toBe(
        'p 14999ms p 4999ms #',
        {},
        { phase: 'first' },
      );
    }),
  );

  it(
    'responds with comments only',
    virtualTime(async () => {
      const silent$ = ask(heartbeatOnly()(answering)).pipe(timeoutBetweenChunks({ firstMs: 20_000 }));
      const { events, error } = await collect(silent$);
      expect(events.map(({ type }) => type)).toEqual(['ping', 'ping']);
      expect(error).toMatchObject({ kind: 'timeout', phase: 'first' });
    }),
  );
});

describe('httpThenOk', () => {
  it(
    'errors the first subscriptions, and subscribes to its source only after them',
    marbles(({ stream, expectStream, expectSubscriptions, expectObservable }) => {
      const source = stream('s-a-f|');
      const faulty$ = source.pipe(httpThenOk(429, { retryAfterMs: 30 }));
      const R = expect.objectContaining({ type: 'reset', delayMs: 30 }) as never;
      expectStream(faulty$.pipe(retryStream({ initialDelayMs: 1, jitter: 0 }))).toBe('R 29ms s-a-f|', { R });
      expectSubscriptions(source.subscriptions).toBe('30ms ^----!');
      const error = new HttpError('', { kind: 'rate-limit', status: 429, retryAfterMs: 30 });
      expectObservable(stream('s|').pipe(httpThenOk(429, { retryAfterMs: 30 }))).toBe('#', {}, error);
    }),
  );

  it('responds to the first requests with the status', async () => {
    const send = httpThenOk(529, { times: 2, retryAfterMs: 5 })(answering);
    for (let request = 0; request < 2; request++) {
      expect((await collect(ask(send))).error).toMatchObject({ kind: 'overloaded', status: 529, retryAfterMs: 5 });
    }
    expect((await collect(ask(send))).completed).toBe(true);
  });
});

describe('Fault', () => {
  it('can be combined with others', async () => {
    const send = rechunk(1)(httpThenOk(503)(answering));
    expect(await lastValueFrom(ask(send).pipe(retryStream({ initialDelayMs: 1 }), bufferToText()))).toBe('Hellö 😀');
    const provider = fakeProvider([streamOf('a b c'), streamOf('a b c')]);
    const faulty$ = provider.pipe(failWith(new ConnectionError(), { after: 2 }), rechunk(2));
    expect(record(faulty$, (same) => same).end).toBeInstanceOf(ConnectionError);
  });

  const faults: readonly (readonly [string, Fault])[] = [
    ['cutAfter', cutAfter(9)],
    ['stallAfter', stallAfter(9)],
    ['failWith', failWith(new Error(), { after: 9 })],
    ['rechunk', rechunk(9)],
    ['heartbeatOnly', heartbeatOnly()],
    ['httpThenOk', httpThenOk(500, { times: 0 })],
  ];

  it.each(faults)('unsubscribes from its source when it is unsubscribed: %s', (_name, fault) => {
    const { source, log } = observed(new Subject());
    source.pipe(fault).subscribe().unsubscribe();
    expect(log).toEqual(['subscribe', 'unsubscribe']);
  });

  it.each(faults)('emits the error of its source: %s', (_name, fault) => {
    const error = new Error('from the source');
    expect(record(streamOf([], { error }), fault).end).toBe(error);
  });

  it('cancels the original body when its own is cancelled', async () => {
    let cancelled = false;
    const held: Fetch = async () =>
      new Response(
        new ReadableStream({
          cancel: () => {
            cancelled = true;
          },
        }),
      );
    const response = await stallAfter(3)(held)('http://localhost/');
    await response.body?.cancel();
    expect(cancelled).toBe(true);
  });

  it.each<readonly [string, () => unknown, RegExp]>([
    ['a negative count', () => cutAfter(-1), /cutAfter: count must be >= 0/],
    // @ts-expect-error: the count is missing.
    ['no count', () => cutAfter(), /cutAfter: count is required/],
    // @ts-expect-error: the count is missing.
    ['no count to stall after', () => stallAfter(), /stallAfter: count is required/],
    // @ts-expect-error: the seed is missing.
    ['no seed', () => rechunk(), /rechunk: seed is required/],
    ['a fractional count', () => stallAfter(0.5), /stallAfter: count must be a whole number/],
    ['a stall of 0 ms', () => stallAfter(1, 0), /stallAfter: stallMs must be > 0/],
    ['an unknown option', () => failWith(1, { afte: 1 } as object), /did you mean "after"/],
    // @ts-expect-error: a seed is a number.
    ['a seed that is not a number', () => rechunk('a'), /rechunk: seed must be a number/],
    ['an interval of 0 ms', () => heartbeatOnly({ everyMs: 0 }), /everyMs must be > 0/],
    ['a status of success', () => httpThenOk(200), /status must be from 400 to 599/],
    ['a negative wait', () => httpThenOk(429, { retryAfterMs: -1 }), /retryAfterMs must be >= 0/],
  ])('rejects %s at call time', (_name, call, message) => {
    expect(call).toThrow(message);
  });
});
