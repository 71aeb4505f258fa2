import { describe, expect, it } from '@jest/globals';
import { type Observable, retry, take, throwError } from 'rxjs';
import { ConnectionError, fromErrorInfo, HttpError, StreamAbortedError, TruncatedError } from '../../src/errors.js';
import type { DeltaEvent } from '../../src/events.js';
import { aggregateUsage } from '../../src/operators/aggregateUsage.js';
import { bufferToText } from '../../src/operators/bufferToText.js';
import { measureStream } from '../../src/operators/measureStream.js';
import { type MessageState, toMessageState } from '../../src/operators/toMessageState.js';
import { withCost } from '../../src/operators/withCost.js';
import {
  fakeProvider,
  finish,
  marbles,
  ping,
  raw,
  reset,
  start,
  step,
  streamOf,
  text,
  toolApproval,
  toolCallDelta,
  toolCallEnd,
  toolCallStart,
  toolResult,
  usage,
} from '../../src/testing/index.js';
import { observed, operatorContract, record } from '../support/operatorContract.js';
import { broken } from '../support/outcomes.js';

function statesOf(source: Observable<DeltaEvent>): readonly MessageState[] {
  const { values, end } = record(source, toMessageState());
  expect(end).toBe('complete');
  return values as readonly MessageState[];
}

function lastOf(source: Observable<DeltaEvent> | readonly DeltaEvent[]): MessageState {
  const states = statesOf(Array.isArray(source) ? streamOf(source) : (source as Observable<DeltaEvent>));
  return states.at(-1) as MessageState;
}

/** The states as marbles show them: status and text. */
const shown = (status: MessageState['status'], whole = '', more: object = {}): unknown =>
  expect.objectContaining({ status, text: whole, ...more });

const call = [toolCallStart('c', 'add', { block: 1 }), toolCallDelta('c', '{"a":', { block: 1 })];
const wholeCall = [...call, toolCallDelta('c', '1}', { block: 1 }), toolCallEnd('c', 'add', '{"a":1}', { block: 1 })];

describe('toMessageState', () => {
  operatorContract(() => toMessageState(), { kind: 'fold', errors: 'own', empty: 'own', first: 1 });

  it(
    'emits a state at once, and one for each change',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const source = stream(' --s-a-p-b-u-f|');
      const result = '        p-s-a---b-u-f|';
      expectObservable(source.pipe(toMessageState())).toBe(result, {
        p: shown('pending'),
        s: shown('streaming', '', { model: 'model-1' }),
        a: shown('streaming', 'a'),
        b: shown('streaming', 'ab', { usage: undefined }),
        u: shown('streaming', 'ab', { usage: expect.objectContaining({ totalTokens: 15 }) }),
        f: shown('done', 'ab', { finishReason: 'stop' }),
      });
      expectSubscriptions(source.subscriptions).toBe('^------------!');
    }),
  );

  it(
    'shows the delay of a retry, without the void text',
    marbles(({ stream, expectObservable }) => {
      const R = reset({ attempt: 2, delayMs: 4, cause: 'fallback' });
      const source = stream(' --s-a-R---s-b-f|', { R });
      const result = '        p-s-a-r---t-b-f|';
      expectObservable(source.pipe(toMessageState())).toBe(result, {
        p: shown('pending'),
        s: shown('streaming'),
        a: shown('streaming', 'a'),
        r: shown('retrying', '', {
          retry: { attempt: 2, delayMs: 4, cause: 'fallback', error: R.error },
          parts: [],
          id: undefined,
        }),
        t: shown('streaming', '', { retry: undefined }),
        b: shown('streaming', 'b'),
        f: shown('done', 'b'),
      });
    }),
  );

  it(
    'ends as aborted when the stream completes without finish, and when it finishes so',
    marbles(({ stream, expectObservable }) => {
      const source = stream(' --s-a-b-f|');
      const result = '        p-s-(ax|)';
      const states = { p: shown('pending'), s: shown('streaming'), a: shown('streaming', 'a') };
      const x = shown('aborted', 'a', { finishReason: 'aborted' });
      expectObservable(source.pipe(take(2), toMessageState())).toBe(result, { ...states, x });
      const finished = stream('--s-a-x|', { x: finish('aborted') });
      expectObservable(finished.pipe(toMessageState())).toBe('p-s-a-x|', { ...states, x });
    }),
  );

  it(
    'emits an error as a state, and completes',
    marbles(({ stream, expectObservable }) => {
      const error = new TruncatedError();
      const source = stream(' --s-a-#', {}, error);
      const result = '        p-s-a-(x|)';
      expectObservable(source.pipe(toMessageState())).toBe(result, {
        p: shown('pending'),
        s: shown('streaming'),
        a: shown('streaming', 'a'),
        x: shown('error', 'a', {
          error: expect.objectContaining({ name: 'TruncatedError', kind: 'truncated', retryable: true }),
        }),
      });
    }),
  );

  it(
    'cancels the request when it is unsubscribed',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const source = stream('     --s-a-b-f|');
      const unsubscribed = '      ^----!';
      const result = '            p-s-a';
      const values = { p: shown('pending'), s: shown('streaming'), a: shown('streaming', 'a') };
      expectObservable(source.pipe(toMessageState()), unsubscribed).toBe(result, values);
      expectSubscriptions(source.subscriptions).toBe(unsubscribed);
    }),
  );

  it('emits the first state before it subscribes', () => {
    const { source, log } = observed();
    expect(record(source.pipe(toMessageState()), take(1)).values).toMatchObject([{ status: 'pending' }]);
    expect(log).toEqual([]);
  });

  it('ends an empty stream as aborted', () => {
    expect(statesOf(streamOf([])).map(({ status }) => status)).toEqual(['pending', 'aborted']);
  });

  it('keeps the partial answer, its usage and its error as plain data', () => {
    const error = new HttpError('Too many requests', {
      kind: 'rate-limit',
      status: 429,
      retryAfterMs: 1_000,
      cause: new Error(),
    });
    const state = lastOf(broken([start(), text('Hel'), usage({ inputTokens: 3 })], error));
    expect(state).toMatchObject({
      status: 'error',
      text: 'Hel',
      usage: { inputTokens: 3 },
      error: { name: 'HttpError', kind: 'rate-limit', status: 429, retryAfterMs: 1_000, partial: { text: 'Hel' } },
    });
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    const back = fromErrorInfo(JSON.parse(JSON.stringify(state.error)));
    expect(back).toBeInstanceOf(HttpError);
    expect(back.partial?.text).toBe('Hel');
  });

  it('reads a usage that only the error knows', () => {
    const partial = lastOf([
      start(),
      usage({ inputTokens: 7, cost: { total: 1, currency: 'USD', input: 1, output: 0, cacheSavings: 0 } }),
    ]);
    const state = lastOf(throwError(() => new ConnectionError('lost', { partial: { ...partial, finishReason: undefined } })));
    expect(state).toMatchObject({ status: 'error', usage: { inputTokens: 7 }, cost: { total: 1 } });
  });

  it("ends as aborted when the caller's signal aborts", () => {
    expect(lastOf(broken([start(), text('a')], new StreamAbortedError()))).toMatchObject({
      status: 'aborted',
      text: 'a',
      finishReason: 'aborted',
      error: undefined,
    });
  });

  it('shows a stream that was joined in the middle, and what is no event, as an error', () => {
    expect(lastOf([text('a')]).error).toMatchObject({ kind: 'protocol' });
    expect(lastOf([text('a')]).error?.message).toMatch(/shareStream/);
    // @ts-expect-error: text, not events
    expect(record(streamOf('Hi').pipe(bufferToText()), toMessageState()).values.at(-1)).toMatchObject({ status: 'error' });
  });

  it('begins again when retry of RxJS repeats the request, and adds up what both have used', () => {
    const used = (inputTokens: number): DeltaEvent => usage({ inputTokens, outputTokens: 1, totalTokens: inputTokens + 1 });
    const provider = fakeProvider([broken([start(), text('void'), used(3)]), streamOf([start(), text('a'), used(4), finish()])]);
    const states = statesOf(provider.pipe(retry(1)));
    expect(states.map(({ status }) => status)).toContain('retrying');
    expect(states.at(-1)).toMatchObject({ status: 'done', text: 'a', usage: { inputTokens: 7 } });
  });

  it('reads usage, cost and timing of the operators before it', () => {
    const price = () => ({ total: 2, currency: 'USD', input: 1, output: 1, cacheSavings: undefined });
    const state = lastOf(streamOf('Hello').pipe(aggregateUsage(), withCost(price), measureStream()));
    expect(state).toMatchObject({ cost: { total: 2 }, timing: { deltas: 1 }, usage: { cost: { total: 2 } } });
    expect(state.cost).toBe(state.usage?.cost);
  });

  it('keeps the text of an answer that is continued', () => {
    const events = [start(), text('Hello'), reset({ step: 1 }), start(), text(', world'), finish()];
    expect(statesOf(streamOf(events)).map((state) => state.text)).toEqual([
      '',
      '',
      'Hello',
      'Hello',
      'Hello',
      'Hello, world',
      'Hello, world',
    ]);
  });

  it('reads the given choice', () => {
    const events = [start(), text('a'), text('b', { choice: 1 }), finish()];
    expect(record(streamOf(events), toMessageState({ choice: 1 })).values.at(-1)).toMatchObject({ text: 'b' });
  });

  it('emits nothing for an event that changes nothing', () => {
    const quiet = [ping(), raw('queued', {}), text(''), text('x', { choice: 1 }), toolResult('unknown', 'add', 1, false, true)];
    const events = [start(), text('a'), ...quiet, finish()];
    expect(statesOf(streamOf(events)).map(({ status, text: whole }) => `${status} ${whole}`)).toEqual([
      'pending ',
      'streaming ',
      'streaming a',
      'done a',
    ]);
  });

  describe('tools', () => {
    const rounds = [
      start({ id: 'one' }),
      text('Adding.', { block: 0 }),
      ...wholeCall,
      toolApproval('c'),
      toolApproval('c', true),
      toolResult('c', 'add', { percent: 50 }, false, true),
      toolResult('c', 'add', 2),
      step(1, { id: 'two', model: 'model-2', reason: 'tool-calls' }),
      text('It is 2.', { block: 2 }),
      finish(),
    ];

    it('are shown with their arguments, progress, result and approval, in their rounds', () => {
      const states = statesOf(streamOf(rounds));
      const tools = states.flatMap(({ tools: [tool] }) => tool ?? []);
      const statuses = tools.map(({ status }) => status);
      expect(statuses.filter((status, index) => status !== statuses[index - 1])).toEqual([
        'writing',
        'called',
        'waiting',
        'called',
        'running',
        'done',
      ]);
      expect(tools.map(({ argumentsText }) => argumentsText).slice(0, 3)).toEqual(['', '{"a":', '{"a":1}']);
      const last = states.at(-1);
      expect(last?.tools).toEqual([
        {
          callId: 'c',
          name: 'add',
          argumentsText: '{"a":1}',
          input: { a: 1 },
          executor: 'client',
          format: 'json',
          ended: true,
          step: 0,
          status: 'done',
          progress: { percent: 50 },
          output: 2,
          isError: false,
          approved: true,
        },
      ]);
      expect(last?.steps).toEqual([
        { step: 0, id: 'one', model: 'model-1', reason: 'tool-calls', tools: last?.tools },
        { step: 1, id: 'two', model: 'model-2', reason: 'stop', tools: [] },
      ]);
      expect(last?.text).toBe('Adding.It is 2.');
    });

    it('that failed or were denied are shown so', () => {
      const failing = [start(), ...wholeCall, toolResult('c', 'add', 'no', true)];
      expect(lastOf(failing).tools[0]).toMatchObject({ status: 'failed', isError: true, output: 'no' });
      expect(lastOf([start(), ...wholeCall, toolApproval('c', false)]).tools[0]).toMatchObject({
        status: 'denied',
        approved: false,
      });
    });

    it('go back to where they were at a reset of a later round', () => {
      const [first, second] = ['c', 'd'].map((callId) => [
        toolCallStart(callId, 'add', { block: 1 }),
        toolCallEnd(callId, 'add', '', { block: 1 }),
        toolResult(callId, 'add', callId),
      ]) as [DeltaEvent[], DeltaEvent[]];
      const events = [
        start(),
        ...first,
        step(1),
        ...second,
        step(2),
        text('void'),
        reset({ step: 1 }),
        start(),
        text('a'),
        finish(),
      ];
      const states = statesOf(streamOf(events));
      const [before, after] = ['streaming', 'retrying'].map((status) => states.filter((state) => state.status === status));
      const last = states.at(-1);
      expect(last?.tools.map(({ callId }) => callId)).toEqual(['c']);
      expect(last?.tools[0]).toBe(before?.find(({ tools }) => tools[0]?.output)?.tools[0]);
      expect(after?.[0]?.steps.map(({ step: round, reason }) => [round, reason])).toEqual([
        [0, 'tool-calls'],
        [1, undefined],
      ]);
    });
  });
});
