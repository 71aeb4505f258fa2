import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import { EMPTY, type MonoTypeOperatorFunction, NEVER, of, Subject } from 'rxjs';
import type { DeltaEvent } from '../../src/events.js';
import { bufferToText } from '../../src/operators/bufferToText.js';
import { stopOn } from '../../src/operators/stopOn.js';
import { tapStream } from '../../src/operators/tapStream.js';
import { toMessage } from '../../src/operators/toMessage.js';
import { finish, marbles, start, streamOf, text } from '../../src/testing/index.js';
import { observed, operatorContract, record, recordLive } from '../support/operatorContract.js';

const aborted = finish('aborted', { rawReason: undefined, choices: [{ choice: 0, reason: 'aborted', rawReason: undefined }] });

function fail(error: unknown): never {
  throw error;
}

describe('stopOn', () => {
  operatorContract(() => stopOn(NEVER), { kind: 'mirror' });
  operatorContract(() => stopOn(EMPTY), { kind: 'mirror' });

  it(
    'emits finish and completes when the notifier emits',
    marbles(({ stream, cold, expectStream, expectSubscriptions }) => {
      const source = stream(' s-a-b-c-d-f|');
      const notifier = cold(' -----x');
      const result = '        s-a-b(f|)';
      expectStream(source.pipe(stopOn(notifier))).toBe(result, { f: aborted });
      expectSubscriptions(source.subscriptions).toBe('^----!');
      expectSubscriptions(notifier.subscriptions).toBe('^----!');
    }),
  );

  it(
    'mirrors the source while the notifier does not emit',
    marbles(({ stream, cold, expectStream, expectSubscriptions }) => {
      const source = stream(' s-a-R-b-f|');
      const notifier = cold(' -|');
      const endless = cold('  -');
      const result = '        s-a-R-b-f|';
      expectStream(source.pipe(stopOn(notifier))).toBe(result);
      expectStream(source.pipe(stopOn(endless))).toBe(result);
      expectSubscriptions(endless.subscriptions).toBe('^--------!');
    }),
  );

  it(
    'errors with the error of the notifier, and unsubscribes the source',
    marbles(({ stream, cold, expectStream, expectSubscriptions }) => {
      const source = stream(' s-a-b-f|');
      const notifier = cold(' ---#');
      const result = '        s-a#';
      expectStream(source.pipe(stopOn(notifier))).toBe(result);
      expectSubscriptions(source.subscriptions).toBe('^--!');
    }),
  );

  it(
    'errors with the error of the source, and unsubscribes the notifier',
    marbles(({ stream, cold, expectStream, expectSubscriptions }) => {
      const source = stream(' s-a#');
      const notifier = cold(' -----x');
      expectStream(source.pipe(stopOn(notifier))).toBe('s-a#');
      expectSubscriptions(notifier.subscriptions).toBe('^--!');
    }),
  );

  it(
    'sends no request when the notifier emits on subscribe',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream(' s-a-b-f|');
      expectStream(source.pipe(stopOn(of(1)))).toBe('(f|)', { f: aborted });
      expectSubscriptions(source.subscriptions).toBe([]);
    }),
  );

  it(
    'emits no second finish when the notifier emits after the first',
    marbles(({ stream, cold, expectStream }) => {
      const source = stream(' s-a-f---|');
      const notifier = cold(' ------x');
      expectStream(source.pipe(stopOn(notifier))).toBe('s-a-f-|');
    }),
  );

  it('stops synchronously, triggered upstream or by its subscriber', () => {
    const button = new Subject<void>();
    const stop = (event: DeltaEvent): void => {
      if (event.type === 'text-delta' && event.text === 'b') button.next();
    };
    const answer = streamOf([start(), text('a'), text('b'), text('c'), finish()]);
    const stopped = answer.pipe(tapStream({ delta: stop }), stopOn(button), bufferToText());
    expect(record(stopped, (same) => same).values).toEqual(['a']);
    const types: string[] = [];
    const next = (event: DeltaEvent): void => {
      types.push(event.type);
      stop(event);
    };
    answer.pipe(stopOn(button)).subscribe({ next, error: fail });
    expect(types).toEqual(['start', 'text-delta', 'text-delta', 'finish']);
  });

  it('aborts the request before it emits finish', () => {
    const { source, log, subject } = observed();
    const button = new Subject<void>();
    const seen: string[] = [];
    source.pipe(stopOn(button)).subscribe({ next: (event) => seen.push(event.type, ...log), error: fail });
    subject.next(start());
    button.next();
    expect(seen).toEqual(['start', 'subscribe', 'finish', 'subscribe', 'unsubscribe']);
  });

  it('makes folds emit the answer so far', () => {
    const { source, subject } = observed();
    const button = new Subject<void>();
    const recorded = recordLive(source, (events$) => events$.pipe(stopOn(button), toMessage()));
    for (const event of [start(), text('Hel')]) subject.next(event);
    button.next();
    expect(recorded).toMatchObject({ values: [{ text: 'Hel', finishReason: 'aborted' }], end: 'complete' });
  });

  it('accepts any ObservableInput', async () => {
    const { source } = observed();
    const recorded = recordLive(source, stopOn(Promise.resolve('now')));
    await Promise.resolve();
    expect(recorded).toMatchObject({ values: [aborted], end: 'complete' });
    // @ts-expect-error: not a notifier
    expect(() => stopOn(5)).toThrow(TypeError);
  });

  it('keeps the type of its source', () => {
    expectTypeOf(stopOn<DeltaEvent>(NEVER)).toEqualTypeOf<MonoTypeOperatorFunction<DeltaEvent>>();
  });
});
