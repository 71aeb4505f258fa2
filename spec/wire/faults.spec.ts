import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { defer, map, Observable, of, Subject, switchMap, take, tap } from 'rxjs';
import { isStreamError, type StreamError, StreamTimeoutError } from '../../src/errors.js';
import type { DeltaEvent, Message, Usage } from '../../src/events.js';
import { createDemand } from '../../src/handles/createDemand.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { type RetryStreamOptions, retryStream } from '../../src/operators/retryStream.js';
import { timeoutBetweenChunks } from '../../src/operators/timeoutBetweenChunks.js';
import { fromMessages } from '../../src/providers/anthropic/fromMessages.js';
import { fromChatCompletions } from '../../src/providers/openai/fromChatCompletions.js';
import { fromResponses, type ResponsesOptions } from '../../src/providers/openai/fromResponses.js';
import { runTools } from '../../src/tools/runTools.js';
import { type FaultServer, type Script, startFaultServer } from '../support/faultServer.js';
import { type Act, type Completion, type Failure, type FaultLine, faultMatrix, wholeAnswer } from './faultMatrix.js';
import { type Figures, sourceNames, type WireName, wires } from './wires.js';

type Source = (url: string, options?: ResponsesOptions) => Observable<DeltaEvent>;

const apiKey = 'sk-local-0123456789abcdef';
const question = 'the secret of the prompt';
const messages = [{ role: 'user' as const, content: question }];

/** Each source, through its SDK's own client. */
const sources: Readonly<Record<WireName, Source>> = {
  chat: (baseURL, options) => fromChatCompletions(new OpenAI({ baseURL, apiKey }), { model: 'm', messages }, options),
  responses: (baseURL, options) =>
    fromResponses(
      new OpenAI({ baseURL, apiKey }),
      { model: 'm', input: question, background: options?.resume !== undefined },
      options,
    ),
  messages: (baseURL, options) =>
    fromMessages(new Anthropic({ baseURL, apiKey }), { model: 'm', max_tokens: 9, messages }, options),
};

const quick: RetryStreamOptions = { initialDelayMs: 1, jitter: 0 };

/** The notifications of a subscription, and their times. */
interface Heard {
  readonly events: readonly DeltaEvent[];
  readonly error: unknown;
  readonly completed: boolean;
  readonly subscribedAt: number;
  /** The time of the last event that is not a ping. */
  readonly eventAt: number;
  readonly endedAt: number;
}

function hear(events$: Observable<DeltaEvent>): Promise<Heard> {
  return new Promise((resolve) => {
    const events: DeltaEvent[] = [];
    const subscribedAt = performance.now();
    let eventAt = subscribedAt;
    const end = (error: unknown, completed: boolean): void =>
      resolve({ events, error, completed, subscribedAt, eventAt, endedAt: performance.now() });
    events$.subscribe({
      next(event) {
        events.push(event);
        if (event.type !== 'ping') eventAt = performance.now();
      },
      error: (error: unknown) => end(error, false),
      complete: () => end(undefined, true),
    });
  });
}

async function serve<T>(scripts: readonly Script[], use: (server: FaultServer) => Promise<T>): Promise<T> {
  const server = await startFaultServer(...scripts);
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

/** A port on which no server listens. */
async function deadUrl(): Promise<string> {
  const server = await startFaultServer();
  await server.close();
  return server.url;
}

/** The first request meets the fault, the second one succeeds. */
async function meet(line: FaultLine, server: FaultServer, retried: boolean): Promise<Heard> {
  const { address, limits, options, source } = line;
  const dead = address === 'unknown' ? 'http://nowhere.invalid' : await deadUrl();
  let attempts = 0;
  const events$ = defer(() => sources[source](address !== undefined && attempts++ === 0 ? dead : server.url, options));
  const limited$ = limits ? events$.pipe(timeoutBetweenChunks(limits)) : events$;
  return hear(retried ? limited$.pipe(retryStream(quick)) : limited$);
}

function messageOf(events: readonly DeltaEvent[]): Message {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.message();
}

const figuresOf = (usage: Usage | undefined): Figures =>
  usage?.outputTokens === undefined ? undefined : [usage.inputTokens, usage.outputTokens];

const add = (left: Figures, right: Figures): Figures =>
  left && right ? [(left[0] ?? 0) + (right[0] ?? 0), left[1] + right[1]] : (left ?? right);

const withoutPings = (events: readonly DeltaEvent[]): readonly DeltaEvent[] => events.filter(({ type }) => type !== 'ping');

/** ping* (start (delta | …)*)? for each attempt, and `finish` once and last. */
function expectGrammar({ events, completed }: Heard): void {
  let started = false;
  for (const [index, { type }] of events.entries()) {
    if (type === 'reset') started = false;
    else if (type === 'start') {
      expect(started).toBe(false);
      started = true;
    } else if (type !== 'ping') expect({ type, started }).toEqual({ type, started: true });
    if (type === 'finish') expect({ last: index === events.length - 1, completed }).toEqual({ last: true, completed: true });
  }
  if (completed) expect(events.at(-1)?.type).toBe('finish');
}

const usageOf = (line: FaultLine, { usage }: Failure): Figures => (usage === 'so far' ? wires[line.source].usageSoFar : usage);

function expectFailure(line: FaultLine, expected: Failure, { error, events }: Heard): void {
  expect(isStreamError(error)).toBe(true);
  const { name, kind, retryable, partial, message } = error as StreamError;
  expect([expected.error].flat()).toContain(name);
  expect([expected.kind].flat()).toContain(kind);
  expect(retryable).toBe(expected.retryable);
  expect(error).toMatchObject(expected.fields ?? {});
  if (expected.phase) expect((error as StreamTimeoutError).phase).toBe(expected.phase);
  // The message so far is kept, whatever the fault.
  const { finishReason: _, ...soFar } = { ...messageOf(events) };
  expect(partial).toMatchObject(JSON.parse(JSON.stringify(soFar)));
  if (expected.partial !== undefined) {
    expect(partial?.text).toBe(expected.partial);
    expect(figuresOf(partial?.usage)).toEqual(usageOf(line, expected));
  }
  expect(message.length).toBeLessThanOrEqual(200);
  expect(JSON.stringify({ ...(error as object), message })).not.toMatch(/sk-local|the secret/);
  const { snippet } = error as { readonly snippet?: string };
  expect(Buffer.byteLength(snippet ?? '')).toBeLessThanOrEqual(1_024);
}

function expectCompletion(line: FaultLine, expected: Completion, heard: Heard): void {
  const { error, completed, events } = heard;
  expect({ error, completed }).toEqual({ error: undefined, completed: true });
  const message = messageOf(events);
  expect(message.text === expected.text || message.text.slice(0, 100)).toBe(true);
  expect(message.finishReason).toBe(expected.finish);
  expect(message).toMatchObject(expected.message ?? {});
  expect(figuresOf(message.usage)).toEqual('usage' in expected ? expected.usage : wires[line.source].usage);
  expect(events.some(({ type }) => type === 'raw')).toBe(expected.raw ?? false);
  if (expected.same) expect(withoutPings(events)).toEqual(wholeEvents[line.source]);
}

const undisturbed = async (source: WireName): Promise<readonly DeltaEvent[]> =>
  serve([wholeAnswer(source)], async ({ url }) => withoutPings((await hear(sources[source](url))).events));

/** The events without a fault. Collected before the specs, because the first request of a client takes long. */
const wholeEvents: Readonly<Record<WireName, readonly DeltaEvent[]>> = {
  chat: await undisturbed('chat'),
  responses: await undisturbed('responses'),
  messages: await undisturbed('messages'),
};

/** A request is over: its socket is closed, or its response was whole, so that the connection can be reused. */
async function expectOver(server: FaultServer, endedAt: number, withinMs = 100): Promise<void> {
  for (const exchange of server.exchanges) expect((await exchange.over) - endedAt).toBeLessThan(withinMs);
}

async function meetAlone(line: FaultLine): Promise<void> {
  await serve([line.script(), line.rest()], async (server) => {
    const heard = await meet(line, server, false);
    const { outcome, limits, address } = line;
    expectGrammar(heard);
    if (outcome.ends === 'error') {
      expectFailure(line, outcome, heard);
      expect(server.exchanges).toHaveLength(address ? 0 : 1);
      await expectOver(server, heard.endedAt);
      if (outcome.withinMs) expect(heard.endedAt - heard.subscribedAt).toBeLessThan(outcome.withinMs);
      if (heard.error instanceof StreamTimeoutError && limits) await expectLimit(server, heard.error, heard);
    } else if (outcome.ends === 'complete') {
      expectCompletion(line, outcome, heard);
      expect(server.exchanges).toHaveLength(outcome.requests ?? 1);
      if (line.row === 19) {
        expect(heard.endedAt - (server.exchanges[0]?.sentAt ?? 0)).toBeLessThan(50);
        // The body is read for 100 ms more, because only a body that was read to its end frees its connection.
        await expectOver(server, heard.endedAt, 200);
      }
    }
  });
}

/** A time limit as the server sees it: from the event that started it until the socket is closed. */
async function expectLimit(server: FaultServer, { phase, limitMs }: StreamTimeoutError, heard: Heard): Promise<void> {
  const since = phase === 'between' ? heard.eventAt : heard.subscribedAt;
  const closed = await server.exchanges[0]?.closed;
  expect((closed ?? Infinity) - since - limitMs).toBeLessThan(50);
  expect((closed ?? 0) - since - limitMs).toBeGreaterThan(-50);
}

async function meetRetried(line: FaultLine): Promise<void> {
  const script = line.script();
  await serve([script, line.rest()], async (server) => {
    const heard = await meet(line, server, true);
    const { outcome, address, source } = line;
    const { events, completed } = heard;
    const resets = events.filter((event) => event.type === 'reset');
    expectGrammar(heard);
    if (outcome.ends === 'error' && outcome.requests === 2) {
      expect({ error: heard.error, completed }).toEqual({ error: undefined, completed: true });
      const message = messageOf(events);
      expect(message).toMatchObject({ text: 'Hello', finishReason: 'stop' });
      expect(resets.map(({ attempt }) => attempt)).toEqual([2]);
      expect([outcome.kind].flat()).toContain(resets[0]?.error.kind);
      if (outcome.partial !== undefined) {
        expect(figuresOf(message.usage)).toEqual(add(usageOf(line, outcome), wires[source].usage));
      }
      expect(server.exchanges).toHaveLength(address ? 1 : 2);
      expectWait(server, script, resets[0]?.delayMs ?? Infinity);
    } else if (outcome.ends === 'error') {
      expectFailure(line, outcome, heard);
      expect(resets).toEqual([]);
      expect(server.exchanges).toHaveLength(address ? 0 : 1);
    } else if (outcome.ends === 'complete') {
      expectCompletion(line, outcome, heard);
      expect(resets).toEqual([]);
      expect(server.exchanges).toHaveLength(outcome.requests ?? 1);
    }
  });
}

/** The wait is at least as long as Retry-After and at most 250 ms longer, on the server's clock. */
function expectWait({ exchanges }: FaultServer, script: Script, delayMs: number): void {
  const told = script.flatMap((step) =>
    step.do === 'send' ? [...String(step.bytes).matchAll(/retry-after(-ms)?: (.*)\r/g)] : [],
  );
  if (told.length === 0) return;
  const [first, second] = exchanges;
  if (!first || !second) throw new Error('There was no second request');
  const [, milliseconds, value = ''] = told[0] ?? [];
  const date = value.includes('GMT') ? Date.parse(value) : undefined;
  if (date === undefined && !/^\d+$/.test(value)) return expect(delayMs).toBe(quick.initialDelayMs);
  const waited = date === undefined ? second.at - first.sentAt : second.date - date;
  const asked = date === undefined ? Number(value) * (milliseconds ? 1 : 1_000) : 0;
  // A timer may be a millisecond early by another clock.
  expect(waited - asked).toBeGreaterThan(-1.5);
  expect(waited - asked).toBeLessThan(250);
}

/** Waits longer than any pending work could take. */
const settle = (): Promise<void> => sleep(50);

interface Stage {
  readonly server: FaultServer;
  readonly source: (options?: ResponsesOptions) => Observable<DeltaEvent>;
}

const isText = ({ type }: DeltaEvent): boolean => type === 'text-delta';

/** Unsubscribes at a stage, and expects that nothing is emitted after it and that the request is over. */
async function leave({ server, source }: Stage, moment: (event?: DeltaEvent) => boolean, afterMs?: number): Promise<void> {
  const heard: unknown[] = [];
  let leftAt = 0;
  let count = 0;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      subscription.unsubscribe();
      leftAt = performance.now();
      count = heard.length;
      resolve();
    };
    const subscription = source().subscribe({
      next(event) {
        heard.push(event);
        if (moment(event)) afterMs === undefined ? go() : setTimeout(go, afterMs);
      },
      error: (error: unknown) => heard.push(error),
      complete: () => heard.push('complete'),
    });
    if (moment()) void server.received().then(() => setTimeout(go, afterMs));
  });
  await expectOver(server, leftAt);
  await settle();
  expect(heard).toHaveLength(count);
}

const reason = new Error('changed my mind');

async function abort({ server, source }: Stage, when: (go: () => void) => (event: DeltaEvent) => void): Promise<Heard> {
  const controller = new AbortController();
  let abortedAt = Infinity;
  const next = when(() => {
    abortedAt = performance.now();
    controller.abort(reason);
  });
  const heard = await hear(
    source({ signal: controller.signal }).pipe(
      map((event) => {
        next(event);
        return event;
      }),
    ),
  );
  expect((heard.error as Error).cause).toBe(reason);
  expect(heard.endedAt - abortedAt).toBeLessThan(100);
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  await expectOver(server, abortedAt);
  return heard;
}

const acts: Readonly<Record<Act, (stage: Stage) => Promise<unknown>>> = {
  async 'unsubscribes before it has subscribed'({ source }) {
    const heard: unknown[] = [];
    const note = (notification: unknown): unknown => heard.push(notification);
    new Observable<DeltaEvent>((subscriber) => {
      subscriber.unsubscribe();
      source().subscribe(subscriber);
    }).subscribe({ next: note, error: note, complete: () => note('complete') });
    await settle();
    expect(heard).toEqual([]);
  },
  'unsubscribes before the headers': (stage) => leave(stage, (event) => event === undefined, 20),
  'unsubscribes in the middle': (stage) => leave(stage, (event) => event !== undefined && isText(event)),
  'unsubscribes in a stall': (stage) => leave(stage, (event) => event !== undefined && isText(event), 30),
  'unsubscribes in the wait before a repeat': ({ server, source }) =>
    leave(
      { server, source: () => source().pipe(retryStream({ initialDelayMs: 30, jitter: 0 })) },
      (event) => event?.type === 'reset',
      5,
    ),
  'aborts before it subscribes': ({ source }) => hear(source({ signal: AbortSignal.abort(reason) })),
  'aborts before the headers': (stage) =>
    abort(stage, (go) => {
      void stage.server.received().then(() => setTimeout(go, 20));
      return () => undefined;
    }),
  'aborts in the middle': (stage) => {
    let texts = 0;
    return abort(stage, (go) => (event) => {
      if (isText(event) && ++texts === 2) setTimeout(go, 10);
    });
  },
  'aborts in the wait before a repeat': ({ server, source }) =>
    abort(
      // A wait that is longer than the spec.
      { server, source: (options) => source(options).pipe(retryStream({ initialDelayMs: 20_000, jitter: 0 })) },
      (go) =>
        ({ type }) =>
          void (type === 'reset' && setTimeout(go, 20)),
    ),
  async 'pauses, and goes on when nothing more is sent'({ server, source }) {
    const demand = createDemand();
    let paused = false;
    const heard = hear(
      source({ demand }).pipe(
        tap((event) => {
          if (paused || !isText(event)) return;
          paused = true;
          demand.pause();
        }),
      ),
    );
    const exchange = await server.received();
    for (let last = -1; !paused || last !== exchange.sentBytes; ) {
      last = exchange.sentBytes;
      await sleep(200);
    }
    expect(exchange.sentBytes).toBeLessThanOrEqual(16_000_000);
    demand.resume();
    return heard;
  },
  async 'throws in an operator'({ server, source }) {
    const thrown = new Error('a bug');
    const { error, events, endedAt } = await hear(
      source().pipe(
        map((event) => {
          if (isText(event)) throw thrown;
          return event;
        }),
      ),
    );
    expect(error).toBe(thrown);
    expect(events.map(({ type }) => type)).toContain('start');
    await expectOver(server, endedAt);
    await settle();
  },
  async 'takes the first two events'({ server, source }) {
    const { events, completed, endedAt } = await hear(source().pipe(take(2)));
    expect({ completed, count: events.length }).toEqual({ completed: true, count: 2 });
    await expectOver(server, endedAt);
    await settle();
  },
  async 'switches to another stream'({ server, source }) {
    const others$ = new Subject<Observable<DeltaEvent>>();
    const events: DeltaEvent[] = [];
    const other: DeltaEvent = { type: 'ping' };
    let switchedAt = 0;
    const subscription = others$.pipe(switchMap((events$) => events$)).subscribe({
      next(event) {
        events.push(event);
        if (!isText(event) || switchedAt !== 0) return;
        switchedAt = performance.now();
        others$.next(of(other));
      },
      error: (error: unknown) => events.push(error as never),
    });
    others$.next(source());
    await (await server.received()).over;
    await expectOver(server, switchedAt);
    await settle();
    expect(events.filter(isText)).toHaveLength(1);
    expect(events.at(-1)).toBe(other);
    subscription.unsubscribe();
  },
};

async function act(line: FaultLine, does: Act, retried: boolean): Promise<void> {
  const { outcome, source, options } = line;
  await serve([line.script(), wholeAnswer(source)], async (server) => {
    const events = (more?: ResponsesOptions): Observable<DeltaEvent> => {
      const events$ = sources[source](server.url, { ...options, ...more });
      return retried ? events$.pipe(retryStream({ initialDelayMs: 30, jitter: 0 })) : events$;
    };
    const heard = await acts[does]({ server, source: events });
    if (outcome.ends === 'error') expectFailure(line, outcome, { ...(heard as Heard), events: validEvents(heard as Heard) });
    if (outcome.ends === 'complete') expectCompletion(line, outcome, heard as Heard);
    await settle();
    const requests = does === 'aborts before it subscribes' || (outcome.ends === 'silence' && outcome.requests === 0) ? 0 : 1;
    expect(server.exchanges).toHaveLength(requests);
  });
}

/** The events after the last reset: the source knows only its own attempt. */
const validEvents = ({ events }: Heard): readonly DeltaEvent[] =>
  events.slice(events.findLastIndex(({ type }) => type === 'reset') + 1);

const titleOf = ({ row, source, fault, form, outcome }: FaultLine): string => {
  const gives = outcome.ends === 'error' ? [outcome.error].flat().join(' or ') : outcome.ends;
  return `row ${row}, ${sourceNames[source]}: ${fault}${form ? ` (${form})` : ''}: ${gives}`;
};

const titled = (lines: readonly FaultLine[]): [string, FaultLine][] => lines.map((line) => [titleOf(line), line]);

/** Rows that measure time, or that need much of it, run alone. */
const measured: ReadonlySet<number> = new Set([3, 4, 5, 6, 7, 19, 36]);
const provided = faultMatrix.filter(({ act: does }) => does === undefined);

describe('the fault matrix', () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): unknown => unhandled.push(error);
  beforeAll(() => void process.on('unhandledRejection', note));
  afterAll(() => {
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  it('has every row of the specification', () => {
    const rows = new Set(faultMatrix.map(({ row }) => row));
    expect([...rows].sort((a, b) => a - b)).toEqual(Array.from({ length: 62 }, (_, index) => index + 1));
  });

  describe('without a repeat: one request', () => {
    it.concurrent.each(titled(provided.filter(({ row }) => !measured.has(row))))('%s', (_, line) =>
      bestOf(2, () => meetAlone(line)),
    );
  });

  describe('through retryStream: one request more if the fault is transient', () => {
    it.concurrent.each(titled(provided.filter(({ row }) => !measured.has(row))))('%s', (_, line) =>
      bestOf(2, () => meetRetried(line)),
    );
  });

  describe('on the clock', () => {
    it.each(titled(provided.filter(({ row }) => measured.has(row))))('%s', async (_, line) => {
      await bestOf(3, () => meetAlone(line));
      await meetRetried(line);
    });
  });

  describe('in a tool loop: a call that is cut runs no tool', () => {
    const cut = provided.filter(({ row, fault }) => row === 62 || (row === 52 && fault.startsWith('Arguments')));

    it.concurrent.each(titled(cut))('%s', async (_, { script, source, limits, outcome }) => {
      await serve([script(), wholeAnswer(source)], async ({ url, exchanges }) => {
        const ran: string[] = [];
        const tools = Object.fromEntries(['weather', 'clock'].map((name) => [name, { run: () => ran.push(name) }]));
        const ask = (): Observable<DeltaEvent> => sources[source](url).pipe(timeoutBetweenChunks(limits ?? { totalMs: 10_000 }));
        const { error, completed, events } = await hear(runTools(ask, { turns: [], tools }));
        expect(ran).toEqual([]);
        if (outcome.ends === 'error') expect(isStreamError(error)).toBe(true);
        else expect(completed).toBe(true);
        // Where the definite end is there, the model learns that its arguments are wrong.
        const answered = events.flatMap((event) => (event.type === 'tool-result' ? [event.isError] : []));
        const calls = outcome.ends === 'complete' && outcome.finish === 'tool-calls';
        expect(answered).toEqual(calls ? [true] : []);
        expect(exchanges).toHaveLength(calls ? 2 : 1);
      });
    });
  });

  const acting = faultMatrix.flatMap((line): [string, Act, FaultLine][] => (line.act ? [[titleOf(line), line.act, line]] : []));
  const isSlow = ([, , { row }]: [string, Act, FaultLine]): boolean => row === 60;

  describe('when the consumer unsubscribes', () => {
    it.concurrent.each(acting.filter((each) => !isSlow(each)))('%s', async (_, does, line) => {
      await bestOf(3, () => act(line, does, false));
      await bestOf(3, () => act(line, does, true));
    });
  });

  // One after another, because each reads much data.
  describe('when the consumer is slow', () => {
    it.each(acting.filter(isSlow))('%s', async (_, does, line) => {
      await act(line, does, false);
      await act(line, does, true);
    });
  });
});

/** A busy machine may be late once; wrong code fails each time. */
async function bestOf(times: number, measure: () => Promise<void>): Promise<void> {
  for (let left = times - 1; ; left--) {
    try {
      return await measure();
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}
