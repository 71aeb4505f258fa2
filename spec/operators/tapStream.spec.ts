import { afterEach, describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import { config, type MonoTypeOperatorFunction, Subject, take, tap } from 'rxjs';
import type { ContentEvent, DeltaEvent, Message } from '../../src/events.js';
import { type TapStreamOptions, tapStream } from '../../src/operators/tapStream.js';
import {
  finish,
  marbles,
  ping,
  raw,
  reasoning,
  reset,
  start,
  step,
  streamOf,
  text,
  toolApproval,
  toolCallEnd,
  toolCallStart,
  toolResult,
  usage,
} from '../../src/testing/index.js';
import { observed, operatorContract, record, recordLive } from '../support/operatorContract.js';

const throwIt = (error: unknown) => () => {
  throw error;
};

describe('tapStream', () => {
  operatorContract(() => tapStream(), { kind: 'mirror' });
  operatorContract(() => tapStream(logging().callbacks), {
    kind: 'mirror',
    throwing: (error) => tapStream({ complete: throwIt(error) }),
  });

  it(
    'calls back at each stage and forwards all events',
    marbles(({ stream, expectStream, expectObservable, expectSubscriptions }) => {
      const source = stream(' s-a-b-f|');
      const result = '        s-a-b-f|';
      const called = '        s-d-d--c';
      const calls = new Subject<string>();
      expectObservable(calls).toBe(called);
      const callbacks = { start: () => calls.next('s'), delta: () => calls.next('d'), complete: () => calls.next('c') };
      expectStream(source.pipe(tapStream(callbacks))).toBe(result);
      expectSubscriptions(source.subscriptions).toBe('^------!');
    }),
  );

  it('calls back for tools: each call, approval, result and round', () => {
    const log: unknown[] = [];
    const note = (name: string) => (event: DeltaEvent) => log.push([name, event.type]);
    const callbacks = {
      delta: note('delta'),
      toolCall: note('toolCall'),
      toolApproval: note('toolApproval'),
      toolResult: note('toolResult'),
      step: note('step'),
    };
    const call = toolCallEnd('c', 'add', '{}');
    record(streamOf([start(), call, toolApproval('c'), toolResult('c', 'add', 1), step(1), finish()]), tapStream(callbacks));
    expect(log).toEqual([
      ['delta', 'tool-call-end'],
      ['toolCall', 'tool-call-end'],
      ['delta', 'tool-approval'],
      ['toolApproval', 'tool-approval'],
      ['delta', 'tool-result'],
      ['toolResult', 'tool-result'],
      ['step', 'step'],
    ]);
  });

  it('calls the callback of each kind of event before the event is emitted', () => {
    const { callbacks, log } = logging();
    const events = [ping(), start(), reasoning('Hm'), toolCallStart('c', 'add'), step(1), raw('x'), usage(), reset(), finish()];
    const order: string[] = [];
    const watched$ = streamOf(events).pipe(tapStream({ ...callbacks, start: () => order.push('called') }));
    record(
      watched$,
      tap((event) => order.push(event.type)),
    );
    expect(log.map(([name, value]) => [name, (value as DeltaEvent).type])).toEqual([
      ['delta', 'reasoning-delta'],
      ['delta', 'tool-call-start'],
      ['usage', 'usage'],
      ['reset', 'reset'],
      ['complete', undefined],
    ]);
    expect(order.slice(0, 3)).toEqual(['ping', 'called', 'start']);
  });

  it('calls complete with the message', () => {
    let message: Message | undefined;
    const callbacks: TapStreamOptions = {
      complete: (value) => {
        message = value;
      },
    };
    record(streamOf([start(), text('void'), reset(), start(), text('a'), text('b'), finish('length')]), tapStream(callbacks));
    expect(message).toMatchObject({ text: 'ab', finishReason: 'length' });
    record(streamOf([start(), text('a')]), tapStream(callbacks));
    expect(message).toMatchObject({ text: 'a', finishReason: 'aborted' });
  });

  it('calls error with the same error', () => {
    const { callbacks, log } = logging();
    const { source, subject } = observed();
    const error = new Error('from the source');
    const recorded = recordLive(source, tapStream(callbacks));
    subject.error(error);
    expect(recorded.end).toBe(error);
    expect(log.map(([name, value]) => [name, value])).toEqual([['error', error]]);
  });

  it('calls unsubscribe only if the stream has not ended', () => {
    const { callbacks, log } = logging();
    const names = (): string[] => log.splice(0).map(([name]) => name);
    const { source, log: done, subject } = observed();
    const recorded = recordLive(source, tapStream({ ...callbacks, unsubscribe: () => callbacks.unsubscribe?.() }));
    subject.next(start());
    recorded.unsubscribe();
    recorded.unsubscribe();
    expect(names()).toEqual(['start', 'unsubscribe']);
    expect(done).toEqual(['subscribe', 'unsubscribe']);
    record(streamOf([start(), finish()]), tapStream(callbacks));
    expect(names()).toEqual(['start', 'complete']);
    streamOf([start(), text('a')])
      .pipe(tapStream(callbacks), take(1))
      .subscribe();
    expect(names()).toEqual(['start', 'unsubscribe']);
  });

  it.each(['start', 'delta', 'usage', 'reset', 'complete'] as const)(
    'errors with what %s throws, and calls no other callback',
    (name) => {
      const error = new Error('from the callback');
      const { callbacks, log } = logging();
      const events = [start(), text('a'), usage(), reset(), start(), finish()];
      const { end } = record(streamOf(events), tapStream({ ...callbacks, [name]: throwIt(error) }));
      expect(end).toBe(error);
      expect(log.map(([called]) => called)).not.toContain('unsubscribe');
      expect(log.map(([called]) => called)).not.toContain('error');
    },
  );

  it('errors with what error throws', () => {
    const thrown = new Error('from the callback');
    const { source, subject } = observed();
    const recorded = recordLive(source, tapStream({ error: throwIt(thrown) }));
    subject.error(new Error('from the source'));
    expect(recorded.end).toBe(thrown);
  });

  describe('with onUnhandledError', () => {
    afterEach(() => {
      config.onUnhandledError = null;
    });

    it('reports what unsubscribe throws, and still unsubscribes the source', async () => {
      const error = new Error('from the callback');
      const reported = new Promise<unknown>((resolve) => {
        config.onUnhandledError = resolve;
      });
      const { source, log } = observed();
      const recorded = recordLive(source, tapStream({ unsubscribe: throwIt(error) }));
      expect(() => recorded.unsubscribe()).not.toThrow();
      expect(log).toEqual(['subscribe', 'unsubscribe']);
      expect(await reported).toBe(error);
    });
  });

  it('rejects unknown callbacks and values that are no functions', () => {
    // @ts-expect-error: a wrong name
    expect(() => tapStream({ deltas: () => undefined })).toThrow(
      new TypeError('tapStream: unknown option "deltas", did you mean "delta"?'),
    );
    // @ts-expect-error: a wrong type
    expect(() => tapStream({ complete: 'log' })).toThrow(new TypeError('complete must be a function'));
  });

  it('keeps the type of its source', () => {
    expectTypeOf(tapStream<DeltaEvent>()).toEqualTypeOf<MonoTypeOperatorFunction<DeltaEvent>>();
    expectTypeOf<Parameters<NonNullable<TapStreamOptions['delta']>>>().toEqualTypeOf<[event: ContentEvent]>();
  });
});

function logging(): { readonly callbacks: TapStreamOptions; readonly log: [name: string, value: unknown][] } {
  const log: [string, unknown][] = [];
  const note = (name: string) => (value?: unknown) => void log.push([name, value]);
  const names = ['start', 'delta', 'usage', 'reset', 'complete', 'error', 'unsubscribe'];
  return { callbacks: Object.fromEntries(names.map((name) => [name, note(name)])), log };
}
