import { describe, expect, it } from '@jest/globals';
import {
  concat,
  EMPTY,
  filter,
  from,
  lastValueFrom,
  map,
  NEVER,
  Observable,
  of,
  retry,
  Subject,
  takeWhile,
  tap,
  throwError,
  timer,
  toArray,
} from 'rxjs';
import { z } from 'zod';
import { ConnectionError, isStreamError } from '../../src/errors.js';
import type { DeltaEvent, Turn } from '../../src/events.js';
import { messageTurns } from '../../src/message/turns.js';
import { retryStream } from '../../src/operators/retryStream.js';
import { timeoutBetweenChunks } from '../../src/operators/timeoutBetweenChunks.js';
import { toMessage } from '../../src/operators/toMessage.js';
import {
  type FakeAttempt,
  type FakeProvider,
  fakeProvider,
  finish,
  marbles,
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
import { type RunToolsOptions, runTools } from '../../src/tools/runTools.js';
import { expectGrammar } from '../support/grammar.js';
import { record, recordLive } from '../support/operatorContract.js';
import { answering, callEvents, calling, outlined, outlineOf, outlineTurns, type ScriptedCall } from '../support/toolRun.js';

const question: readonly Turn[] = [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }];

type Options = Partial<RunToolsOptions<Readonly<Record<string, unknown>>>>;

interface Run {
  readonly events$: Observable<DeltaEvent>;
  readonly provider: FakeProvider;
  /** The turns of each request. */
  readonly asked: (readonly Turn[])[];
}

/** A run of a scripted model. */
function runOf(script: readonly FakeAttempt[], options: Options, each = (same$: Observable<DeltaEvent>) => same$): Run {
  const provider = fakeProvider(script);
  const asked: (readonly Turn[])[] = [];
  const ask = (turns: readonly Turn[]): Observable<DeltaEvent> => {
    asked.push(turns);
    return provider.pipe(each);
  };
  return { events$: runTools(ask, { turns: question, tools: {}, ...options }), provider, asked };
}

function eventsOf(events$: Observable<DeltaEvent>): readonly DeltaEvent[] {
  const { values, end } = record(events$, (same$) => same$);
  expect(end).toBe('complete');
  expectGrammar(values as DeltaEvent[], true);
  return values as DeltaEvent[];
}

/** Only what tools do, and the end. */
const ofTools = filter(
  (event: DeltaEvent) => event.type === 'tool-result' || event.type === 'tool-approval' || event.type === 'finish',
);

function fail(error: unknown): never {
  throw error;
}

const add = { input: z.object({ a: z.number(), b: z.number() }), run: ({ a, b }: { a: number; b: number }) => a + b };

describe('runTools', () => {
  it('is one stream of all rounds: calls, results, a step, and one finish', () => {
    const { events$ } = runOf([calling([['c1', 'add', '{"a":1,"b":2}']], { id: 'r1' }), answering('3')], { tools: { add } });
    const events = eventsOf(events$);
    expect(events.map(outlineOf)).toEqual([
      'start',
      'tool-call-start',
      'call c1',
      'usage',
      'result c1 3',
      'step 1',
      '3',
      'usage',
      'finish stop',
    ]);
    expect(events).toContainEqual(step(1, { id: 'id-1', model: 'model-1', rawReason: 'tool-calls' }));
  });

  it('is cold: each subscription is a run of its own', () => {
    const script = [calling([['c1', 'add', '{"a":1,"b":2}']]), answering('3')];
    const { events$, provider } = runOf([...script, ...script], { tools: { add } });
    expect(provider.requests).toHaveLength(0);
    expect(eventsOf(events$)).toEqual(eventsOf(events$));
    expect(provider.requests).toHaveLength(4);
  });

  it('sends the answer and the results back, in turns', () => {
    const { events$, asked } = runOf(
      [calling([['c1', 'add', '{"a":1,"b":2}']]), calling([['c2', 'add', '{"a":3,"b":4}']]), answering('7')],
      { tools: { add } },
    );
    eventsOf(events$);
    expect(asked.map(outlineTurns)).toEqual([
      ['user: Hi'],
      ['user: Hi', 'assistant: call c1', 'tool: result c1 3'],
      ['user: Hi', 'assistant: call c1', 'tool: result c1 3', 'assistant: call c2', 'tool: result c2 7'],
    ]);
  });

  it('gives the turns that toMessage and messageTurns give', () => {
    const { events$, asked } = runOf([calling([['c1', 'add', '{"a":1,"b":2}']]), answering('3')], { tools: { add } });
    const messages: Turn[] = [];
    events$.pipe(toMessage()).subscribe({ next: (message) => messages.push(...messageTurns(message)), error: fail });
    expect(messages.slice(0, 2)).toEqual(asked[1]?.slice(1));
    expect(outlineTurns(messages)).toEqual(['assistant: call c1', 'tool: result c1 3', 'assistant: 3']);
  });

  it('numbers the blocks of all rounds in one series, and renames a call with an id that was used', () => {
    const { events$, asked } = runOf(
      [calling([['c', 'add', '{"a":1,"b":2}']]), calling([['c', 'add', '{"a":3,"b":4}']]), answering('7')],
      {
        tools: { add },
      },
    );
    const events = eventsOf(events$);
    expect(events.flatMap((event) => (event.type === 'tool-result' ? [event.callId] : []))).toEqual(['c', 'c-2']);
    expect(events).toContainEqual(text('7', { block: 2 }));
    expect(outlineTurns(asked[2] ?? []).at(-1)).toBe('tool: result c-2 7');
  });

  it('adds up the usage of all rounds, and lists their requests', () => {
    const { events$ } = runOf([calling([['c1', 'add', '{"a":1,"b":2}']]), answering('3')], { tools: { add } });
    const used = eventsOf(events$).findLast((event) => event.type === 'usage');
    expect(used).toMatchObject({
      usage: { inputTokens: 20, outputTokens: 10, totalTokens: 30 },
      requests: [
        { step: 0, attempt: 1, provider: 'test', usage: { totalTokens: 15 } },
        { step: 1, attempt: 1, provider: 'test', usage: { totalTokens: 15 } },
      ],
    });
  });

  describe('runs the tools', () => {
    const three: readonly ScriptedCall[] = [
      ['c1', 'first'],
      ['c2', 'second'],
      ['c3', 'third'],
    ];

    it(
      'of a round in parallel, and emits their results in the order of the calls',
      marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
        const slow = cold('----(r|)', { r: 'slow' });
        const fast = cold('--(r|)', { r: 'fast' });
        const tools = { first: { run: () => slow }, second: { run: () => fast } };
        const { events$, asked } = runOf([calling(three.slice(0, 2)), answering('Done')], { tools });
        expectObservable(events$.pipe(ofTools, outlined())).toBe('----(rRf|)', {
          r: 'result c1 "slow"',
          R: 'result c2 "fast"',
          f: 'finish stop',
        });
        expectSubscriptions(slow.subscriptions).toBe('^---!');
        expectSubscriptions(fast.subscriptions).toBe('^-!');
        flush();
        expect(outlineTurns(asked[1] ?? [])[2]).toBe('tool: result c1 "slow", result c2 "fast"');
      }),
    );

    it(
      'at most `concurrency` at a time, in the order of the calls',
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const first = cold('  10ms (r|)', { r: 1 });
        const second = cold(' 10ms (r|)', { r: 2 });
        const third = cold('  10ms (r|)', { r: 3 });
        const tools = { first: { run: () => first }, second: { run: () => second }, third: { run: () => third } };
        const { events$ } = runOf([calling(three), answering('Done')], { tools, concurrency: 2 });
        const result = '      10ms (ab) 6ms (cf|)';
        expectObservable(events$.pipe(ofTools, outlined())).toBe(result, {
          a: 'result c1 1',
          b: 'result c2 2',
          c: 'result c3 3',
          f: 'finish stop',
        });
        expectSubscriptions(third.subscriptions).toBe('10ms ^ 9ms !');
      }),
    );

    it(
      'and emits the progress of an Observable live: every value but the last, which is the result',
      marbles(({ cold, expectObservable }) => {
        const first = cold('  -p--q--(r|)', { p: '10 %', q: '50 %', r: { celsius: 21 } });
        const second = cold(' --P---------(R|)', { P: 'here too', R: null });
        const tools = { first: { run: () => first }, second: { run: () => second } };
        const { events$ } = runOf([calling(three.slice(0, 2)), answering('Done')], { tools });
        const result = '      -pP-q--r----(Rf|)';
        expectObservable(events$.pipe(ofTools, outlined())).toBe(result, {
          p: 'progress c1 "10 %"',
          P: 'progress c2 "here too"',
          q: 'progress c1 "50 %"',
          r: 'result c1 {"celsius":21}',
          R: 'result c2 null',
          f: 'finish stop',
        });
      }),
    );

    it(
      'and gives the last value of an Observable twice if it completes later',
      marbles(({ cold, expectObservable }) => {
        const tool = cold('-p-|', { p: 1 });
        const { events$ } = runOf([calling([['c1', 'first']]), answering('Done')], { tools: { first: { run: () => tool } } });
        expectObservable(events$.pipe(ofTools, outlined())).toBe('-p-(rf|)', {
          p: 'progress c1 1',
          r: 'result c1 1',
          f: 'finish stop',
        });
      }),
    );

    it('and takes a value, a promise, a synchronous Observable, or nothing as the result', async () => {
      const tools = {
        value: { run: () => ({ a: 1 }) },
        promise: { run: async () => 'later' },
        values: { run: () => of(1, 2, 3) },
        nothing: { run: () => undefined },
        empty: { run: () => EMPTY },
      };
      const calls = Object.keys(tools).map((name): ScriptedCall => [name, name]);
      const { events$ } = runOf([calling(calls), answering('Done')], { tools });
      const recorded = recordLive(events$.pipe(ofTools, outlined()), (same$) => same$);
      await Promise.resolve();
      await Promise.resolve();
      expect(recorded).toMatchObject({ end: 'complete' });
      expect(recorded.values).toEqual([
        'result value {"a":1}',
        'progress values 1',
        'progress values 2',
        'result promise "later"',
        'result values 3',
        'result nothing null',
        'result empty null',
        'finish stop',
      ]);
    });

    it('with the callId, the name, the round, the turns that the model answered, and a signal', () => {
      const contexts: unknown[] = [];
      const tool = {
        run(
          input: unknown,
          {
            callId,
            name,
            step: round,
            turns,
            signal,
          }: { callId: string; name: string; step: number; turns: readonly Turn[]; signal: AbortSignal },
        ) {
          contexts.push([input, callId, name, round, turns.length, signal.aborted]);
        },
      };
      const script = [calling([['c1', 'first', '{"x":1}']]), calling([['c2', 'first', '']]), answering('Done')];
      eventsOf(runOf(script, { tools: { first: tool } }).events$);
      expect(contexts).toEqual([
        [{ x: 1 }, 'c1', 'first', 0, 1, false],
        [{}, 'c2', 'first', 1, 3, false],
      ]);
    });

    it('only on the definite end tool-calls', () => {
      let ran = 0;
      const tools = { first: { run: () => ran++ } };
      const called = [start(), ...callEvents([['c1', 'first']])];
      for (const reason of ['length', 'content-filter', 'refusal', 'stop', 'aborted', 'budget', 'paused', 'other'] as const) {
        const { events$, provider } = runOf([[...called, finish(reason)]], { tools });
        expect(eventsOf(events$).at(-1)).toEqual(finish(reason));
        expect(provider.requests).toHaveLength(1);
      }
      const error = new ConnectionError();
      expect(record(runOf([streamOf(called, { error })], { tools }).events$, (same$) => same$).end).toBe(error);
      // Errors may come after the finish.
      const late = concat(
        from([...called, finish('tool-calls')]),
        throwError(() => error),
      );
      expect(record(runOf([late], { tools }).events$, (same$) => same$).end).toBe(error);
      // A completion without finish is an abort.
      expect(record(runOf([from(called)], { tools }).events$, (same$) => same$)).toEqual({ values: called, end: 'complete' });
      expect(ran).toBe(0);
    });

    it('never with arguments that broke off', () => {
      let ran = 0;
      const tools = { first: { run: () => ran++ } };
      const cut = [start(), toolCallStart('c1', 'first'), toolCallDelta('c1', '{"a":1'), finish('tool-calls')];
      const { events$, provider } = runOf([cut], { tools });
      expect(eventsOf(events$).at(-1)).toEqual(finish('tool-calls'));
      expect([ran, provider.requests.length]).toEqual([0, 1]);
    });

    it('never of the provider', () => {
      let ran = 0;
      const provided = { executor: 'provider' } as const;
      const events = [
        start(),
        toolCallStart('s', 'first', provided),
        toolCallEnd('s', 'first', '{}', provided),
        toolResult('s', 'first', ['found']),
        ...callEvents([['c1', 'first']], 1),
        finish('tool-calls'),
      ];
      const { events$, asked } = runOf([events, answering('Done')], { tools: { first: { run: () => ran++ } } });
      eventsOf(events$);
      expect(ran).toBe(1);
      expect(outlineTurns(asked[1] ?? [])).toEqual([
        'user: Hi',
        'assistant: call s, result s ["found"], call c1',
        'tool: result c1 0',
      ]);
    });

    it('once for each call, although a round is repeated', () => {
      let ran = 0;
      const tools = { first: { run: () => ++ran } };
      const cut = streamOf([start(), ...callEvents([['c2', 'first']])], { error: new ConnectionError() });
      const script = [calling([['c1', 'first']]), cut, calling([['c2', 'first']]), answering('Done')];
      const { events$, asked } = runOf(script, { tools }, retryStream({ initialDelayMs: 0 }));
      const recorded = recordLive(events$, (same$) => same$);
      return new Promise<void>((resolve) => timer(5).subscribe({ next: () => resolve(), error: fail })).then(() => {
        expectGrammar(recorded.values as DeltaEvent[], true);
        expect(ran).toBe(2);
        expect(asked.map((turns) => turns.length)).toEqual([1, 3, 5]);
        // The model knows the call by its own id.
        expect(outlineTurns(asked[2] ?? []).slice(3)).toEqual(['assistant: call c2', 'tool: result c2 2']);
      });
    });
  });

  describe('answers as an error, with the text that the stream has too,', () => {
    /** The answers of the stream, which are checked to be those that the model receives. */
    function answersTo(calls: readonly ScriptedCall[], options: Options): readonly string[] {
      const { events$, asked } = runOf([calling(calls), answering('Done')], options);
      const results = eventsOf(events$).filter((event) => event.type === 'tool-result');
      const sent = asked[1]?.at(-1)?.parts ?? [];
      expect(sent).toMatchObject(results.map(({ callId, name, output, isError }) => ({ callId, name, output, isError })));
      expect(results.every(({ isError }) => isError)).toBe(true);
      return results.map(({ output }) => String(output));
    }

    it('arguments that are not JSON, or not valid', () => {
      const calls: readonly ScriptedCall[] = [
        ['c1', 'add', '{"a":1'],
        ['c2', 'add', '{"a":"x"}'],
      ];
      const [broken, invalid] = answersTo(calls, { tools: { add } });
      expect(broken).toBe('The arguments of add are not valid JSON');
      expect(invalid).toMatch(/^The arguments of add are not valid: .*\(at a\); .*\(at b\)$/);
    });

    it('a tool that does not exist, whatever its name', () => {
      const calls = ['sub', 'constructor', '__proto__', 'toString'].map((name): ScriptedCall => [name, name]);
      expect(answersTo(calls, { tools: { add } })).toEqual(calls.map(([name]) => `There is no tool with the name ${name}`));
    });

    it('what a tool throws, at once or later', () => {
      const tools = {
        sync: {
          run() {
            throw new Error('No such city');
          },
        },
        stream: { run: () => throwError(() => new Error('later')) },
        silent: { run: () => throwError(() => new Error('')) },
      };
      const calls = Object.keys(tools).map((name): ScriptedCall => [name, name]);
      expect(answersTo(calls, { tools })).toEqual(['No such city', 'later', 'The tool failed']);
    });

    it('a result that is not JSON, or too long', () => {
      const circle: { self?: unknown } = {};
      circle.self = circle;
      const tools = {
        circle: { run: () => circle },
        bigint: { run: () => 1n },
        code: { run: () => () => 1 },
        long: { run: () => 'x'.repeat(91) },
        list: { run: () => Array.from({ length: 50 }, () => 1) },
        progress: { run: () => of('x'.repeat(91), 'short') },
      };
      const calls = Object.keys(tools).map((name): ScriptedCall => [name, name]);
      expect(answersTo(calls, { tools, maxResultChars: 90 })).toEqual([
        'The result cannot be represented as JSON',
        'The result cannot be represented as JSON',
        'The result cannot be represented as JSON',
        'The result is too long: it has 91 characters, and the limit is 90',
        'The result is too long: it has 101 characters, and the limit is 90',
        'The result is too long: it has 91 characters, and the limit is 90',
      ]);
    });

    it('what onToolError returns', () => {
      const tools = { first: { run: () => throwError(() => new Error('secret')) } };
      const onToolError = ({ name }: { name: string }): string => `${name} is not available`;
      expect(answersTo([['c1', 'first']], { tools, onToolError })).toEqual(['first is not available']);
    });

    it(
      'a tool that exceeds its time limit, and cancels it',
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const tool = cold('--p------', { p: 1 });
        const aborted: boolean[] = [];
        const first = {
          timeoutMs: 5,
          run(_: unknown, { signal }: { signal: AbortSignal }) {
            signal.addEventListener('abort', () => aborted.push(signal.aborted));
            return tool;
          },
        };
        const { events$ } = runOf([calling([['c1', 'first']]), answering('Done')], { tools: { first }, timeoutMs: 1 });
        expectObservable(events$.pipe(ofTools, outlined())).toBe('--p--(rf|)', {
          p: 'progress c1 1',
          r: 'error c1 "The tool did not finish within 5 ms"',
          f: 'finish stop',
        });
        expectSubscriptions(tool.subscriptions).toBe('^----!');
        timer(6).subscribe({ next: () => expect(aborted).toEqual([true]), error: fail });
      }),
    );
  });

  it('errors with what onToolError throws, after the result and once the other tools are cancelled', () => {
    const log: string[] = [];
    const other$ = new Observable<never>((subscriber) => subscriber.add(() => log.push('cancelled')));
    const failure = new Error('fatal');
    const tools = { first: { run: () => other$ }, second: { run: () => throwError(() => failure) } };
    const onToolError = ({ error }: { error: unknown }): never => {
      throw error;
    };
    const calls: readonly ScriptedCall[] = [
      ['c1', 'first'],
      ['c2', 'second'],
    ];
    const { events$ } = runOf([calling(calls)], { tools, onToolError });
    events$
      .pipe(ofTools)
      .subscribe({ next: (event) => log.push(outlineOf(event)), error: (error: unknown) => log.push(String(error)) });
    expect(log).toEqual(['cancelled', 'error c2 "fatal"', 'Error: fatal']);
  });

  describe('unsubscribed', () => {
    it(
      'while the model answers, aborts its request and its signal',
      marbles(({ stream, expectStream, expectSubscriptions }) => {
        const source = stream('s-a-b-f|');
        const aborted: boolean[] = [];
        const events$ = runTools(
          (_, { signal }) => {
            signal.addEventListener('abort', () => aborted.push(true));
            return source;
          },
          { turns: question, tools: {} },
        );
        expectStream(events$, '^--!').toBe('s-a');
        expectSubscriptions(source.subscriptions).toBe('^--!');
        timer(4).subscribe({ next: () => expect(aborted).toEqual([true]), error: fail });
      }),
    );

    it('while tools run, cancels them at once, starts none that waits, and asks no more', () => {
      const log: string[] = [];
      const running = (name: string) => ({
        run(_: unknown, { signal }: { signal: AbortSignal }) {
          log.push(`${name} runs`);
          signal.addEventListener('abort', () => log.push(`${name} aborted`));
          return new Observable((subscriber) => subscriber.add(() => log.push(`${name} unsubscribed`)));
        },
      });
      const tools = { first: running('first'), second: running('second'), third: running('third') };
      const calls = Object.keys(tools).map((name): ScriptedCall => [name, name]);
      const { events$, provider } = runOf([calling(calls)], { tools, concurrency: 2 });
      const subscription = events$.subscribe({ error: fail });
      subscription.unsubscribe();
      expect(log).toEqual([
        'first runs',
        'second runs',
        'first aborted',
        'first unsubscribed',
        'second aborted',
        'second unsubscribed',
      ]);
      expect(provider.requests).toHaveLength(1);
    });

    it('in the middle of synchronous results, runs nothing more', () => {
      let ran = 0;
      const calls = Array.from({ length: 5 }, (_, index): ScriptedCall => [`c${index}`, 'first']);
      const { events$, provider } = runOf([calling(calls), answering('Done')], { tools: { first: { run: () => ++ran } } });
      const seen = record(events$, (same$) => same$.pipe(takeWhile(({ type }) => type !== 'tool-result', true)));
      expect(outlineOf(seen.values.at(-1) as DeltaEvent)).toBe('result c0 1');
      expect([ran, provider.requests.length]).toEqual([1, 1]);
    });
  });

  describe('a repeat', () => {
    const tool = (): { run: () => number } => {
      let ran = 0;
      return { run: () => ++ran };
    };
    const shown = filter(({ type }: DeltaEvent) => type !== 'tool-call-start' && type !== 'usage');

    it(
      'within `call` repeats its round only: the reset voids that step',
      marbles(({ stream, expectObservable, expectSubscriptions }) => {
        const cut = stream('  s 9ms a 9ms #', {}, new ConnectionError());
        const again = stream('s 4ms b 4ms (f|)');
        const script = [streamOf(calling([['c1', 'first']])), cut, again];
        const { events$ } = runOf(script, { tools: { first: tool() } }, retryStream({ initialDelayMs: 5, jitter: 0 }));
        const result = '      (tcrS)  4ms a 9ms R 4ms s 4ms b 4ms (f|)';
        expectObservable(events$.pipe(shown, outlined())).toBe(result, {
          t: 'start',
          c: 'call c1',
          r: 'result c1 1',
          S: 'step 1',
          a: 'a',
          R: 'reset 2 of step 1',
          s: 'start',
          b: 'b',
          f: 'finish stop',
        });
        expectSubscriptions(cut.subscriptions).toBe('^ 19ms !');
        expectSubscriptions(again.subscriptions).toBe('25ms ^ 9ms !');
      }),
    );

    it('within `call`, before the round has begun, announces it first', () => {
      const failed = throwError(() => new ConnectionError());
      const script = [calling([['c1', 'first']]), failed, answering('Done')];
      const { events$ } = runOf(script, { tools: { first: tool() } }, retryStream({ initialDelayMs: 0 }));
      const provider = events$.pipe(shown, outlined());
      return lastValueFrom(provider.pipe(toArray())).then((outline) => {
        expect(outline).toEqual([
          'start',
          'call c1',
          'result c1 1',
          'step 1',
          'reset 2 of step 1',
          'start',
          'Done',
          'finish stop',
        ]);
      });
    });

    it('within `call` adds to the usage, and no attempt number is used twice', async () => {
      const used = usage({ inputTokens: 1, outputTokens: 1 });
      const cut = streamOf([start(), text('a'), used], { error: new ConnectionError() });
      const script = [
        cut,
        [start(), ...callEvents([['c1', 'first']]), used, finish('tool-calls')],
        cut,
        [start(), used, finish()],
      ];
      const { events$ } = runOf(script, { tools: { first: tool() } }, retryStream({ initialDelayMs: 0 }));
      const events = await lastValueFrom(events$.pipe(toArray()));
      expectGrammar(events, true);
      expect(events.filter(({ type }) => type === 'reset')).toMatchObject([
        { attempt: 2, step: 0 },
        { attempt: 3, step: 1 },
      ]);
      expect(events.findLast(({ type }) => type === 'usage')).toMatchObject({
        usage: { inputTokens: 4, outputTokens: 4 },
        requests: [
          { attempt: 1, step: 0, stands: false },
          { attempt: 2, step: 0, stands: true },
          { attempt: 2, step: 1, stands: false },
          { attempt: 3, step: 1, stands: true },
        ],
      });
      const message = await lastValueFrom(from(events).pipe(toMessage()));
      expect(message).toMatchObject({ text: '', usage: { inputTokens: 4 } });
      expect(outlineTurns(messageTurns(message))).toEqual(['assistant: call c1', 'tool: result c1 1']);
    });

    it('by an operator of RxJS within `call` is a reset of its round', () => {
      const cut = streamOf([start(), text('a')], { error: new ConnectionError() });
      const { events$ } = runOf([calling([['c1', 'first']]), cut, answering('Done')], { tools: { first: tool() } }, retry(1));
      const outline = eventsOf(events$)
        .filter(({ type }) => type !== 'usage')
        .map(outlineOf);
      expect(outline.slice(4)).toEqual(['step 1', 'a', 'reset 2 of step 1', 'start', 'Done', 'finish stop']);
    });

    it('around the run is not made once a tool has run', () => {
      const error = new ConnectionError();
      const failed = throwError(() => error);
      const { events$, provider } = runOf([calling([['c1', 'first']]), failed], { tools: { first: tool() } });
      expect(record(events$, retryStream({ initialDelayMs: 0 })).end).toBe(error);
      expect(provider.requests).toHaveLength(2);
    });

    it(
      'around the run is not made while a tool that has shown progress runs',
      marbles(({ cold, expectObservable }) => {
        const run = (): Observable<unknown> => cold('-p-');
        const { events$, provider } = runOf([calling([['c1', 'first']])], { tools: { first: { run } } });
        const limited = events$.pipe(timeoutBetweenChunks({ betweenMs: 5 }), retryStream({ initialDelayMs: 1 }));
        limited.subscribe({ error: (error: unknown) => expect(isStreamError(error, 'timeout')).toBe(true) });
        expectObservable(timer(50).pipe(map(() => provider.requests.length))).toBe('50ms (a|)', { a: 1 });
      }),
    );

    it('around the run is made while no tool has run', async () => {
      const cut = streamOf([start(), ...callEvents([['c1', 'first']])], { error: new ConnectionError() });
      const { events$ } = runOf([cut, calling([['c1', 'first']]), answering('Done')], { tools: { first: tool() } });
      const events = await lastValueFrom(events$.pipe(retryStream({ initialDelayMs: 0 }), toArray()));
      expectGrammar(events, true);
      expect(events.filter(({ type }) => type === 'tool-result')).toEqual([toolResult('c1', 'first', 1)]);
      expect(events.find(({ type }) => type === 'reset')).toMatchObject({ attempt: 2, step: 0 });
    });
  });

  describe('ends', () => {
    const tools = { first: { run: () => 1 } };
    const endless = Array.from({ length: 25 }, (_, index) => calling([[`c${index}`, 'first']]));

    it('with the reason max-steps after `maxSteps` requests, once the last calls are answered', () => {
      const { events$, provider } = runOf(endless, { tools, maxSteps: 2 });
      const events = eventsOf(events$);
      expect(events.filter(({ type }) => type === 'tool-result')).toHaveLength(2);
      expect(events.at(-1)).toMatchObject({ reason: 'max-steps', choices: [{ choice: 0, reason: 'max-steps' }] });
      expect(provider.requests).toHaveLength(2);
      const standard = runOf(endless, { tools });
      eventsOf(standard.events$);
      expect(standard.provider.requests).toHaveLength(20);
    });

    it('with the reason stop when `stopWhen` returns true', () => {
      const seen: unknown[] = [];
      const { events$ } = runOf(endless, {
        tools,
        stopWhen({ step: round, calls, turns }) {
          seen.push([round, calls.map(({ callId }) => callId), turns.length]);
          return round === 1;
        },
      });
      expect(eventsOf(events$).at(-1)).toMatchObject({ reason: 'stop', rawReason: 'tool-calls' });
      expect(seen).toEqual([
        [0, ['c0'], 3],
        [1, ['c1'], 5],
      ]);
    });

    it('with the error of a callback that throws', () => {
      const error = new Error('callback');
      const broken = (): never => {
        throw error;
      };
      const ends = [{ stopWhen: broken }, { approve: broken }, { input$: throwError(() => error) }].map(
        (options) => record(runOf(endless, { tools, ...options }).events$, (same$) => same$).end,
      );
      expect([...ends, record(runTools(broken, { turns: [], tools }), (same$) => same$).end]).toEqual([
        error,
        error,
        error,
        error,
      ]);
    });
  });

  it('sends a paused turn back, and goes on without a call', () => {
    const paused = [start(), text('Searching'), finish('paused', { rawReason: 'pause_turn' })];
    const { events$, asked } = runOf([paused, answering('Found')], {});
    expect(eventsOf(events$).map(outlineOf)).toEqual(['start', 'Searching', 'step 1', 'Found', 'usage', 'finish stop']);
    expect(outlineTurns(asked[1] ?? [])).toEqual(['user: Hi', 'assistant: Searching']);
  });

  it('does not go on where the provider waits for an approval', () => {
    const waiting = [start(), text('May I?'), toolApproval('m1'), finish('paused')];
    const { events$, provider } = runOf([waiting], {});
    expect(eventsOf(events$).at(-1)).toEqual(finish('paused'));
    expect(provider.requests).toHaveLength(1);
  });

  describe('input$', () => {
    it('sends messages that arrive while a round runs with the next request', () => {
      const input$ = new Subject<Turn | string>();
      const said: Turn = { role: 'user', parts: [{ type: 'text', text: 'As a turn' }] };
      const tools = {
        first: {
          run() {
            input$.next('In Celsius');
            input$.next(said);
          },
        },
      };
      const { events$, asked } = runOf([calling([['c1', 'first']]), answering('Done')], { tools, input$ });
      eventsOf(events$);
      expect(outlineTurns(asked[1] ?? []).slice(2)).toEqual(['tool: result c1 null', 'user: In Celsius', 'user: As a turn']);
      expect(input$.observed).toBe(false);
    });

    it('asks again for a message that arrives in the last round, but not after an answer that was cut off', () => {
      const input$ = new Subject<string>();
      const send = (event: DeltaEvent): void => {
        if (event.type === 'text-delta' && event.text !== 'Again') input$.next('Wait');
      };
      const { events$, asked } = runOf([answering('Once'), answering('Again')], { input$ }, tap(send));
      expect(eventsOf(events$).map(outlineOf)).toEqual(['start', 'Once', 'usage', 'step 1', 'Again', 'usage', 'finish stop']);
      expect(outlineTurns(asked[1] ?? [])).toEqual(['user: Hi', 'assistant: Once', 'user: Wait']);
      const cut = runOf([answering('Once', 'length')], { input$ }, tap(send));
      expect(eventsOf(cut.events$).at(-1)).toEqual(finish('length'));
    });

    it('sends what arrives before the first request with it, and does not hold the run open', () => {
      const { events$, asked } = runOf([answering('Done')], { input$: concat(of('First'), NEVER) });
      eventsOf(events$);
      expect(outlineTurns(asked[0] ?? [])).toEqual(['user: Hi', 'user: First']);
    });
  });

  it('checks its arguments at call time', () => {
    const ask = (): Observable<DeltaEvent> => EMPTY;
    const options = { turns: question, tools: {} };
    expect(() => runTools(undefined as never, options)).toThrow('runTools: call must be a function');
    expect(() => runTools(ask, { ...options, tool: {} } as never)).toThrow('did you mean "tools"?');
    expect(() => runTools(ask, { tools: {} } as never)).toThrow('turns must be an array');
    expect(() => runTools(ask, { turns: [], tools: { a: { description: '' } as never } })).toThrow('a.run must be a function');
    expect(() => runTools(ask, { turns: [], tools: { a: { run: () => 1, input: {} as never } } })).toThrow(
      'a.input must be a Standard',
    );
    expect(() => runTools(ask, { turns: [], tools: { a: { run: () => 1, timeOutMs: 1 } as never } })).toThrow('"timeoutMs"?');
    for (const name of ['maxSteps', 'concurrency', 'timeoutMs', 'maxResultChars']) {
      expect(() => runTools(ask, { ...options, [name]: 0 })).toThrow(RangeError);
    }
  });
});
