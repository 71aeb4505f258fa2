import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import {
  concat,
  defer,
  from,
  lastValueFrom,
  type Observable,
  type OperatorFunction,
  of,
  retry,
  Subject,
  share,
  throwError,
  toArray,
} from 'rxjs';
import {
  type HttpError,
  isStreamError,
  type ParseError,
  ProtocolError,
  type ProviderError,
  RetryExhaustedError,
  type StreamTimeoutError,
  TruncatedError,
} from '../../src/errors.js';
import type { DeltaEvent, Message, UsageEvent } from '../../src/events.js';
import { accumulateText } from '../../src/operators/accumulateText.js';
import { aggregateUsage } from '../../src/operators/aggregateUsage.js';
import { bufferToText } from '../../src/operators/bufferToText.js';
import { jsonElements } from '../../src/operators/jsonElements.js';
import { ofEvent } from '../../src/operators/ofEvent.js';
import { parseJsonOnComplete } from '../../src/operators/parseJsonOnComplete.js';
import { partialJson } from '../../src/operators/partialJson.js';
import { partialToolInput } from '../../src/operators/partialToolInput.js';
import { retryStream } from '../../src/operators/retryStream.js';
import { tapStream } from '../../src/operators/tapStream.js';
import { textDeltas } from '../../src/operators/textDeltas.js';
import { toMessage } from '../../src/operators/toMessage.js';
import { withCost } from '../../src/operators/withCost.js';
import { connectionError } from '../../src/providers/http/responseErrors.js';
import {
  blockEnd,
  finish,
  ping,
  raw,
  start,
  step,
  text,
  toolCallDelta,
  toolCallEnd,
  toolCallStart,
  usage,
} from '../../src/testing/index.js';
import { parseToonOnComplete } from '../../src/toon/parseToonOnComplete.js';
import { toonRows } from '../../src/toon/toonRows.js';
import { record } from '../support/operatorContract.js';

/** Fails in the middle of each of the first attempts. */
function failing(times: number, events: readonly DeltaEvent[], cut = events.length - 2): Observable<DeltaEvent> {
  let attempts = 0;
  return defer(() =>
    attempts++ < times
      ? concat(
          from(events.slice(0, cut)),
          throwError(() => new TruncatedError()),
        )
      : from(events),
  );
}

const json = [start(), text('[1,'), text('2]'), blockEnd({}), finish()];
const toon = [start(), text('users[1]{id}:\n'), text('  1\n'), blockEnd({}), finish()];
const call = [
  start(),
  toolCallStart('c', 'f'),
  toolCallDelta('c', '{"a":1}'),
  toolCallEnd('c', 'f', '{"a":1}'),
  finish('tool-calls'),
];

const folds: Readonly<Record<string, readonly [OperatorFunction<DeltaEvent, unknown>, readonly DeltaEvent[]]>> = {
  bufferToText: [bufferToText(), json],
  accumulateText: [accumulateText(), json],
  toMessage: [toMessage(), json],
  parseJsonOnComplete: [parseJsonOnComplete(), json],
  partialJson: [partialJson(), json],
  jsonElements: [jsonElements({ onReset: 'restart' }), json],
  partialToolInput: [partialToolInput(), call],
  parseToonOnComplete: [parseToonOnComplete(), toon],
  toonRows: [toonRows({ onReset: 'restart' }), toon],
  textDeltas: [textDeltas({ onReset: 'restart' }), json],
};

describe("RxJS's retry below a fold", () => {
  it.each(Object.entries(folds))('never doubles what %s reads', async (_, [fold, events]) => {
    const whole = (await lastValueFrom(from(events).pipe(fold, toArray()))).at(-1);
    for (const cut of [1, 2, 3]) {
      const repeated = await lastValueFrom(failing(3, events, cut).pipe(retry(3), fold, toArray()));
      expect(repeated.at(-1)).toEqual(whole);
    }
  });

  it('ends what cannot take back its text with an error that names the cure', () => {
    const { end } = record(failing(1, toon, 3).pipe(retry(3)), toonRows());
    expect(end).toMatchObject({ kind: 'protocol', retryable: false, message: expect.stringContaining('retryStream') });
    expect(record(failing(1, json, 3).pipe(retry(3)), jsonElements()).end).toBeInstanceOf(ProtocolError);
    expect(record(failing(1, json, 3).pipe(retry(3)), textDeltas()).end).toBeInstanceOf(ProtocolError);
    // Nothing was emitted, so nothing has to be taken back.
    expect(record(failing(2, json, 1).pipe(retry(3)), textDeltas())).toMatchObject({ values: ['[1,', '2]'], end: 'complete' });
  });

  it('adds up the usage', async () => {
    const events = [start(), text('a'), usage({ inputTokens: 10, outputTokens: 5 }), finish()];
    const totals = async (events$: Observable<DeltaEvent>): Promise<Message> => lastValueFrom(events$.pipe(toMessage()));
    const cut = events.length - 1;
    expect((await totals(failing(2, events, cut).pipe(retry(3)))).usage).toMatchObject({ inputTokens: 30, outputTokens: 15 });
    const aggregated = failing(2, events, cut).pipe(retry(3), aggregateUsage({ countTokens: 'auto' }));
    expect((await totals(aggregated)).usage).toMatchObject({ inputTokens: 30, outputTokens: 15 });
    const price = () => ({ total: 1, currency: 'USD' }) as never;
    const usages = await lastValueFrom(
      failing(1, events, cut).pipe(retry(1), withCost(price), ofEvent('usage'), toArray()) as Observable<UsageEvent[]>,
    );
    expect(usages.at(-1)?.requests?.map(({ attempt, stands }) => [attempt, stands])).toEqual([
      [1, false],
      [2, true],
    ]);
    const seen: (number | undefined)[] = [];
    await totals(
      failing(1, events, cut).pipe(retry(1), tapStream({ complete: (message) => seen.push(message.usage?.inputTokens) })),
    );
    expect(seen).toEqual([20]);
  });
});

describe('a start after a start', () => {
  it('is no repeat after a finish, a step or a reset', async () => {
    const answer = [start(), text('a'), finish()];
    const text$ = (events$: Observable<DeltaEvent>): Promise<string> => lastValueFrom(events$.pipe(bufferToText()));
    expect(await text$(concat(from(answer), from(answer)))).toBe('aa');
    expect(await text$(of(start(), text('a'), step(1), start(), text('b'), finish()))).toBe('ab');
    expect(
      await text$(failing(2, [start(), text('a'), text('b'), finish()]).pipe(retryStream({ initialDelayMs: 0, jitter: 0 }))),
    ).toBe('ab');
  });
});

describe('a fold that joins in the middle', () => {
  it.each(Object.entries(folds))('ends %s with an error that names the cure', (_, [fold, events]) => {
    const source = new Subject<DeltaEvent>();
    const shared = source.pipe(share());
    shared.subscribe();
    for (const event of events.slice(0, 2)) source.next(event);
    const values: unknown[] = [];
    let end: unknown;
    shared.pipe(fold).subscribe({ next: (value) => values.push(value), error: (error: unknown) => (end = error) });
    for (const event of events.slice(2)) source.next(event);
    source.complete();
    expect(values).toEqual([]);
    expect(end).toMatchObject({
      kind: 'protocol',
      retryable: false,
      message: expect.stringMatching(/begins with [\w-]+, .*shareStream/),
    });
  });

  it('is none behind pings and raw events, and an empty stream is none', () => {
    const early = [ping(), raw('x'), ping(), start(), text('a'), finish()];
    expect(record(from(early), bufferToText())).toMatchObject({ values: ['a'], end: 'complete' });
    expect(record(from([]), bufferToText())).toMatchObject({ values: [], end: 'complete' });
    expect(record(from([ping()]), bufferToText())).toMatchObject({ end: 'complete' });
  });

  it('is passed on by a mirror', () => {
    const tail = [text('b'), finish()];
    expect(record(from(tail), tapStream()).values).toEqual(tail);
    expect(
      record(
        from(tail),
        withCost(() => undefined),
      ).values,
    ).toEqual(tail);
  });
});

describe('what is no stream of events', () => {
  it('is named by the operators that read events', () => {
    for (const operator of [bufferToText(), toMessage(), textDeltas(), aggregateUsage(), tapStream()] as OperatorFunction<
      DeltaEvent,
      unknown
    >[]) {
      const { end } = record(from(['Hel', 'lo']) as unknown as Observable<DeltaEvent>, operator);
      expect(end).toBeInstanceOf(TypeError);
      expect(String(end)).toMatch(
        /^TypeError: \w+ reads events, and its source emitted a value of type string: apply it to the events, not to their text$/,
      );
      expect(String(record(of(undefined) as unknown as Observable<DeltaEvent>, operator).end)).toContain(
        'a value of type undefined',
      );
    }
    expect(record(from(['[1', ']']), parseJsonOnComplete())).toMatchObject({ values: [[1]], end: 'complete' });
  });

  it('is an operator that was not called', () => {
    const uncalled = [
      bufferToText,
      toMessage,
      textDeltas,
      aggregateUsage,
      retryStream,
      partialJson,
      ofEvent,
      withCost,
      partialToolInput,
    ];
    for (const operator of uncalled as unknown as OperatorFunction<DeltaEvent, unknown>[]) {
      const message = `${operator.name} must be called in a pipe: .pipe(${operator.name}(…))`;
      expect(() => from(json).pipe(operator)).toThrow(new TypeError(message));
    }
  });
});

describe('the messages of errors', () => {
  it('say why the last attempt failed', () => {
    const error = new RetryExhaustedError([new Error('secret'), new TruncatedError()]);
    expect(error.message).toBe('All 2 attempts failed: The stream ended before the answer was complete');
    expect(new RetryExhaustedError([new TypeError('secret')]).message).toBe('All 1 attempts failed: TypeError');
  });

  it('say what failed of a connection', () => {
    const messages = {
      ECONNREFUSED: 'The server refused the connection (ECONNREFUSED)',
      ECONNRESET: 'The connection was closed before the answer was complete (ECONNRESET)',
      ENOTFOUND: 'The name of the server was not found (ENOTFOUND)',
      UND_ERR_CONNECT_TIMEOUT: 'The server did not answer in time (UND_ERR_CONNECT_TIMEOUT)',
      DEPTH_ZERO_SELF_SIGNED_CERT: "The server's certificate was not accepted (DEPTH_ZERO_SELF_SIGNED_CERT)",
      EWHATEVER: 'The connection failed (EWHATEVER)',
    };
    for (const [code, message] of Object.entries(messages)) {
      expect(connectionError(new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) }))).toMatchObject({
        message,
        code,
      });
    }
    expect(connectionError(new TypeError('Failed to fetch')).message).toBe('The connection failed');
  });
});

describe('isStreamError with a kind', () => {
  it('narrows to the class or the classes of that kind', () => {
    const error: unknown = new TruncatedError();
    if (isStreamError(error, 'rate-limit')) expectTypeOf(error).toExtend<HttpError | ProviderError>();
    if (isStreamError(error, 'rate-limit')) expectTypeOf(error.kind).toEqualTypeOf<'rate-limit'>();
    if (isStreamError(error, 'timeout')) expectTypeOf(error).toEqualTypeOf<StreamTimeoutError>();
    if (isStreamError(error, 'parse')) expectTypeOf(error).toEqualTypeOf<ParseError>();
    if (isStreamError(error, 'timeout')) expectTypeOf(error.phase).toEqualTypeOf<'first' | 'between' | 'total'>();
    expect(isStreamError(error, 'truncated')).toBe(true);
  });
});
