import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { config, ignoreElements, map, type Observable, retry, Subject, Subscriber, take, takeUntil, tap } from 'rxjs';
import { ConnectionError, fromErrorInfo } from '../../src/errors.js';
import type { DeltaEvent, PartialMessage } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { createTextFold } from '../../src/message/textFold.js';
import { createRequestTracker } from '../../src/metering/requestUsage.js';
import { accumulateText } from '../../src/operators/accumulateText.js';
import { bufferToText } from '../../src/operators/bufferToText.js';
import { shareStream } from '../../src/operators/shareStream.js';
import { stopOn } from '../../src/operators/stopOn.js';
import { textDeltas } from '../../src/operators/textDeltas.js';
import { toMessage } from '../../src/operators/toMessage.js';
import {
  fakeProvider,
  finish,
  logprobs,
  marbles,
  reasoning,
  reset,
  start,
  step,
  streamOf,
  text,
  usage,
} from '../../src/testing/index.js';
import { createStateFold } from '../../src/view/stateFold.js';
import { anyStream } from '../support/anyStream.js';
import { collectGarbage } from '../support/collectGarbage.js';
import { expectGrammar } from '../support/grammar.js';
import { observed, operatorContract, type Recorded, record, recordLive } from '../support/operatorContract.js';
import { broken, inTurn } from '../support/outcomes.js';

const same = <T>(source: Observable<T>): Observable<T> => source;
const live = (source: Observable<unknown>) => recordLive(source, same);

const nameOf = (event: unknown): string => {
  const { type, text: words } = event as { readonly type: string; readonly text?: string };
  return words ?? type;
};

/** What operators make of events. */
function readings(events: readonly DeltaEvent[]): unknown {
  const folds = [0, 1, 2].map((choice) => createMessageFold(choice));
  const texts = [0, 1, 2].flatMap((choice) => [createTextFold(choice), createTextFold(choice, 'answer')]);
  const requests = createRequestTracker();
  const state = createStateFold(0);
  let used: DeltaEvent | undefined;
  for (const event of events) {
    for (const fold of [...folds, ...texts, requests, state]) fold.push(event);
    if (event.type === 'usage') used = event;
  }
  return {
    messages: folds.map((fold): PartialMessage => fold.partial()),
    texts: texts.map(({ text: whole }) => whole),
    // The lists of random streams contradict one another.
    requests: events.some((event) => event.type === 'usage' && event.requests) ? [] : requests.requests,
    used,
    state: state.state,
  };
}

function expectSameReadings(readers: readonly (Pick<Recorded, 'values'> | undefined)[]): void {
  const [first, ...late] = readers.map((reader) => readings((reader?.values ?? []) as readonly DeltaEvent[]));
  for (const each of late) if (!isDeepStrictEqual(each, first)) expect(each).toEqual(first);
}

describe('shareStream', () => {
  operatorContract(() => shareStream(), { kind: 'mirror', shared: true });

  it(
    'shares one request, and gives a late reader the stream so far as few events',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream(' s-a-b----c-u-f|');
      const late = '          -----^';
      const later = '         ----------------^';
      const first = '         s-a-b----c-u-f|';
      const second = '        -----(sx)c-u-f|';
      const third = '         ----------------(syuf|)';
      const events$ = source.pipe(shareStream());
      expectStream(events$).toBe(first);
      expectStream(events$, late).toBe(second, { x: text('ab') });
      expectStream(events$, later).toBe(third, { y: text('abc') });
      expectSubscriptions(source.subscriptions).toBe('^-------------!');
    }),
  );

  it(
    'aborts the request when the last reader leaves, and asks again for the next one',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('           s-a----b-c-f|');
      const events$ = source.pipe(shareStream());
      expectStream(events$, '^---!').toBe('    s-a');
      expectStream(events$, '---^----!').toBe('---(sa)b');
      expectStream(events$, '----------^').toBe('----------s-a----b-c-f|');
      expectSubscriptions(source.subscriptions).toBe(['^-------!', '----------^-----------!']);
    }),
  );

  it(
    'gives all readers the error, and asks again for the next one',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('                s-a----#');
      const events$ = source.pipe(shareStream());
      expectStream(events$).toBe('              s-a----#');
      expectStream(events$, '---^').toBe('      ---(sa)#');
      expectStream(events$, '---------^').toBe('---------s-a----#');
      expectSubscriptions(source.subscriptions).toBe(['^------!', '---------^------!']);
    }),
  );

  it(
    'repeats of what a reset voided only the usage',
    marbles(({ stream, expectStream }) => {
      const values = {
        S: step(1),
        T: reset({ step: 1 }),
        U: reset({ attempt: 3 }),
        v: usage({ inputTokens: 3 }),
        w: usage({ inputTokens: 5 }),
        x: logprobs([]),
      };
      const source = stream(' s-a-v-S-b-w---------T-s-c-----------U-s-d-f|', values);
      const events$ = source.pipe(shareStream());
      expectStream(events$).toBe('s-a-v-S-b-w---------T-s-c-----------U-s-d-f|', values);
      const before = '        -----------^';
      const after = '         -------------------------^';
      const end = '           ---------------------------------------------^';
      expectStream(events$, before).toBe('-----------(savSbw)-T-s-c-----------U-s-d-f|', values);
      expectStream(events$, after).toBe(' -------------------------(savSxwTsc)U-s-d-f|', values);
      expectStream(events$, end).toBe('   ---------------------------------------------(svSwUsdf|)', values);
    }),
  );

  it('leaves no gap in the numbers of blocks', () => {
    const events = [
      start(),
      text('a'),
      step(1),
      text('void', { block: 1 }),
      reset({ step: 1 }),
      start(),
      text('b', { block: 2 }),
      finish(),
    ];
    const events$ = streamOf(events).pipe(shareStream());
    record(events$, same);
    const { values } = record(events$, same);
    expect(values).toEqual([...events.slice(0, 3), logprobs([], { block: 1 }), ...events.slice(4)]);
    expectGrammar(values as readonly DeltaEvent[], true);
  });

  it('joins a reader within the call of another, and emits each event to each of them once', () => {
    const { source, log, subject } = observed();
    const events$ = source.pipe(shareStream());
    const readers: (Recorded | undefined)[] = [];
    readers[0] = live(
      events$.pipe(
        tap((event) => {
          if (nameOf(event) === 'b') readers[1] = live(events$);
        }),
      ),
    );
    readers[2] = live(events$);
    for (const event of [start(), text('a'), text('b'), text('c'), finish()]) subject.next(event);
    subject.complete();
    expect(readers.map((reader) => reader?.values.map(nameOf))).toEqual([
      ['start', 'a', 'b', 'c', 'finish'],
      ['start', 'ab', 'c', 'finish'],
      ['start', 'a', 'b', 'c', 'finish'],
    ]);
    expect(log).toEqual(['subscribe', 'unsubscribe']);
  });

  it('emits in one order to all readers when one of them ends the stream', () => {
    const subject = new Subject<DeltaEvent>();
    const stop = new Subject<void>();
    const events$ = subject.pipe(stopOn(stop), shareStream());
    const readers: (Recorded | undefined)[] = [];
    readers[0] = live(
      events$.pipe(
        tap((event) => {
          if (nameOf(event) !== 'a') return;
          stop.next();
          readers[2] = live(events$);
        }),
      ),
    );
    readers[1] = live(events$);
    for (const event of [start(), text('a'), text('b')]) subject.next(event);
    for (const reader of readers) {
      expect(reader?.values.map(nameOf)).toEqual(['start', 'a', 'finish']);
      expect(reader?.end).toBe('complete');
    }
  });

  it('lets each reader repeat by itself, with one request for all', () => {
    const provider = fakeProvider([broken([start(), text('void')]), 'Hello']);
    const events$ = provider.pipe(shareStream());
    const texts = [1, 2, 3].map(() => live(events$.pipe(retry(1), bufferToText())));
    // A source that errors at once has ended before the second reader comes.
    expect(texts.map(({ values, end }) => [values, end])).toEqual(texts.map(() => [['Hello'], 'complete']));
    expect(provider.requests).toHaveLength(2);

    const subject = [new Subject<DeltaEvent>(), new Subject<DeltaEvent>()];
    let asked = 0;
    const both$ = inTurn(...subject).pipe(shareStream());
    const readers = [1, 2].map(() => live(both$.pipe(retry({ count: 1, delay: () => [asked++] }), bufferToText())));
    subject[0]?.next(start());
    subject[0]?.error(new ConnectionError());
    for (const event of [start(), text('Hi'), finish()]) subject[1]?.next(event);
    subject[1]?.complete();
    expect(readers.map(({ values }) => values)).toEqual([['Hi'], ['Hi']]);
    expect(asked).toBe(2);
  });

  it('repeats the stream after its end, with and without finish', () => {
    const provider = fakeProvider(['Hello']);
    const events$ = provider.pipe(shareStream());
    const ends = [1, 2, 3].map(() => record(events$, toMessage()));
    expect(ends.map(({ values }) => values)).toMatchObject([1, 2, 3].map(() => [{ text: 'Hello', finishReason: 'stop' }]));
    const cut$ = streamOf('Hello').pipe(take(2), shareStream());
    for (const _ of [1, 2]) expect(record(cut$, toMessage()).values).toMatchObject([{ text: 'Hello', finishReason: 'aborted' }]);
    expect(provider.requests).toHaveLength(1);
  });

  it('stops a synchronous source when its only reader leaves', () => {
    const { source, log } = observed(streamOf([start(), text('a'), text('b'), finish()]));
    const events$ = source.pipe(shareStream());
    expect(record(events$, take(2)).values).toHaveLength(2);
    expect(log).toEqual(['subscribe', 'unsubscribe']);
    expect(record(events$, same).values).toHaveLength(4);
    expect(log).toHaveLength(4);
  });

  it('asks once more for a reader that comes after the last one has left', () => {
    const { source, log, subject } = observed();
    const events$ = source.pipe(shareStream());
    const left = live(events$);
    subject.next(start());
    live(events$).unsubscribe();
    left.unsubscribe();
    live(events$);
    expect(log).toEqual(['subscribe', 'unsubscribe', 'subscribe']);
  });

  describe('a reader that throws', () => {
    it('harms no other', () => {
      const subject = new Subject<DeltaEvent>();
      const events$ = subject.pipe(shareStream());
      const failing = live(
        events$.pipe(
          map(() => {
            throw new Error('of the reader');
          }),
        ),
      );
      const other = live(events$);
      for (const event of [start(), text('a'), finish()]) subject.next(event);
      subject.complete();
      expect(failing.end).toEqual(new Error('of the reader'));
      expect(other).toMatchObject({ values: [{}, {}, {}], end: 'complete' });
    });

    it('is reported as RxJS reports it, even where nothing guards it', () => {
      const reported: unknown[] = [];
      config.onUnhandledError = (error) => void reported.push(error);
      marbles(({ flush }) => {
        const subject = new Subject<DeltaEvent>();
        const events$ = subject.pipe(shareStream());
        const fail = (): never => {
          throw new Error('of the reader');
        };
        events$.subscribe(new Subscriber<DeltaEvent>({ next: fail, error: fail, complete: () => undefined }));
        events$.subscribe({ next: fail, error: fail });
        const other = live(events$);
        subject.next(start());
        subject.next(text('a'));
        flush();
        expect(other.values).toHaveLength(2);
      })();
      config.onUnhandledError = null;
      expect(reported.length).toBeGreaterThan(0);
    });
  });

  it('works in front of operators that cannot take text back, for a reader who joins after the reset', () => {
    const subject = new Subject<DeltaEvent>();
    const events$ = subject.pipe(shareStream());
    const first = live(events$);
    for (const event of [start(), text('void'), reset(), start(), text('a')]) subject.next(event);
    const late = recordLive(events$, textDeltas());
    subject.next(text('b'));
    expect(late.values).toEqual(['a', 'b']);
    first.unsubscribe();
  });

  it('merges parallel blocks, each in its place', () => {
    const events = [
      start(),
      reasoning('R', { block: 0 }),
      text('a', { block: 1 }),
      reasoning('S', { block: 0 }),
      text('b', { block: 1 }),
      text('x', { choice: 1 }),
      text('c', { block: 1 }),
      finish(),
    ];
    const events$ = streamOf(events).pipe(shareStream());
    record(events$, same);
    expect(record(events$, same).values).toEqual([
      start(),
      reasoning('RS', { block: 0 }),
      text('abc', { block: 1 }),
      text('x', { choice: 1 }),
      finish(),
    ]);
  });

  it('holds no void attempt, however often the request is repeated', () => {
    const events = [1, 2, 3, 4, 5].flatMap((attempt) => [start(), text('void'), reset({ attempt: attempt + 1 })]);
    const events$ = streamOf([...events, start(), text('a'), finish()]).pipe(shareStream());
    record(events$, same);
    expect(record(events$, same).values).toEqual([reset({ attempt: 6 }), start(), text('a'), finish()]);
  });

  it('is the same stream for every reader: for its messages, texts, usage and requests, wherever it joins', () => {
    fc.assert(
      fc.property(anyStream(), fc.array(fc.nat({ max: 60 }), { maxLength: 4 }), ({ events, error }, joins) => {
        const { source, log, subject } = observed();
        const events$ = source.pipe(shareStream());
        const readers = [live(events$)];
        for (const [index, event] of events.entries()) {
          const joined = joins.includes(index) ? live(events$) : undefined;
          if (joined) readers.push(joined);
          subject.next(event);
          if (joined) expectSameReadings([readers[0], joined]);
        }
        const fault = error && fromErrorInfo(error);
        if (fault) subject.error(fault);
        else {
          subject.complete();
          readers.push(live(events$));
        }
        expectSameReadings(readers);
        expect(new Set(readers.map(({ end }) => end))).toEqual(new Set([fault ?? 'complete']));
        for (const { values } of readers)
          expectGrammar(values as readonly DeltaEvent[], !error && events.at(-1)?.type === 'finish');
        expect(log).toEqual(['subscribe', 'unsubscribe']);
      }),
      { numRuns: 1_000 },
    );
  });

  it('holds at most one and a half bytes for each character', async () => {
    const deltas = 200_000;
    const subject = new Subject<DeltaEvent>();
    const events$ = subject.pipe(shareStream());
    const reader = events$.pipe(ignoreElements()).subscribe({ error: () => undefined });
    subject.next(start());
    await collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < deltas; index++) subject.next(text(String((index % 9_000) + 1_000)));
    await collectGarbage();
    const held = process.memoryUsage().heapUsed - before;
    expect(held / (4 * deltas)).toBeLessThanOrEqual(1.5);
    expect(record(events$.pipe(takeUntil(subject)), accumulateText()).values).toHaveLength(1);
    reader.unsubscribe();
  });
});
