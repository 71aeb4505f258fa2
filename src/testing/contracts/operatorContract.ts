import {
  asyncScheduler,
  EMPTY,
  NEVER,
  Observable,
  type OperatorFunction,
  Subject,
  type Subscriber,
  take,
  throwError,
} from 'rxjs';
import type { DeltaEvent } from '../../events.js';
import { streamOf } from '../fakes/streamOf.js';
import { finish, reset, start, text } from '../marbles/events.js';
import { marbles } from '../marbles/marbles.js';
import { check, checkSame, type DefineTest, listed } from './check.js';
import { observed, record, recordLive } from './recordStream.js';

/** What is special about an operator. */
export interface OperatorContractOptions {
  /**
   * How the operator handles a `reset`: a fold discards what it holds, a mirror discards what it holds back and forwards the reset, an
   * append-only operator that has already emitted errors with the fault. @defaultValue any of these
   */
  readonly kind?: 'fold' | 'mirror' | 'append-only';
  /** How the operator handles an error of its source; `'own'`: tests of yours show how. @defaultValue 'mirrored' */
  readonly errors?: 'mirrored' | 'own';
  /** Creates the operator with a callback that throws the given error. @defaultValue the operator takes no callback */
  readonly throwing?: (error: Error) => OperatorFunction<DeltaEvent, unknown>;
  /** What the operator does for an empty source: it emits nothing and completes, or tests of yours show what. @defaultValue 'nothing' */
  readonly empty?: 'nothing' | 'own';
  /** How many values the operator emits before its source does. @defaultValue 0 */
  readonly first?: number;
  /** Whether the subscriptions to one result share a request: then tests of yours show what a later one gets. @defaultValue false */
  readonly shared?: boolean;
  /**
   * The text of the answer, in two deltas, and of the void attempt before it, for an operator that cannot read every text.
   * @defaultValue 'Hel' and 'lo\n', 'void\n'
   */
  readonly texts?: { readonly answer: readonly [string, string]; readonly void: string };
}

const anyTexts = { answer: ['Hel', 'lo\n'], void: 'void\n' } as const;

/**
 * Defines the tests that every operator over events must pass: empty, silent and failing sources, unsubscription in time, state for each
 * subscription, one end, `reset`, virtual time, and a callback that throws.
 *
 * @param test `it` or `test` of any runner: it is called with a name and a function for each test.
 * @param create Creates the operator.
 * @throws ContractError, in the test that is not passed.
 * @example describe('myOperator', () => operatorContract(it, () => myOperator(), { kind: 'mirror' }))
 */
export function operatorContract(
  test: DefineTest,
  create: () => OperatorFunction<DeltaEvent, unknown>,
  options: OperatorContractOptions = {},
): void {
  const { kind, errors = 'mirrored', empty = 'nothing', first: early = 0, shared = false, throwing, texts = anyTexts } = options;
  const [first, second] = texts.answer;
  const answer: readonly DeltaEvent[] = [start(), text(first), text(second), finish()];
  const repeated = [start(), text(texts.void), reset(), ...answer];

  if (empty === 'nothing') {
    test('emits nothing for an empty source', () => {
      checkSame(record(EMPTY, create()), { values: [], end: 'complete' }, 'An empty source:');
    });
  }

  test(`emits ${early === 0 ? 'nothing' : 'only what is first'} and stays open while its source emits nothing`, () => {
    const { values, end } = record(NEVER, create());
    checkSame({ values: values.length, end }, { values: early, end: 'open' }, 'A silent source:');
  });

  if (errors === 'mirrored') {
    test('emits the error of its source, the same object', () => {
      const error = new Error('from the source');
      const { end } = record(
        throwError(() => error),
        create(),
      );
      check(end === error, `The source errored, and the operator ended with ${listed([end])}`);
    });
  }

  test('subscribes to its source once, on subscribe and not before', () => {
    const { source, log } = observed();
    const result = source.pipe(create());
    checkSame(log, [], 'Before subscribe:');
    result.subscribe({ error: () => undefined }).unsubscribe();
    checkSame(log, ['subscribe', 'unsubscribe'], 'After subscribe and unsubscribe:');
  });

  test('unsubscribes from its source when it is unsubscribed, and emits nothing more', () => {
    const { source, log, subject } = observed();
    const values: unknown[] = [];
    const subscription = source.pipe(create()).subscribe({ next: (value) => values.push(value), error: () => undefined });
    subject.next(start());
    subject.next(text('a'));
    subscription.unsubscribe();
    checkSame(log, ['subscribe', 'unsubscribe'], 'After unsubscribe:');
    const before = values.length;
    subject.next(text('b'));
    subject.next(finish());
    subject.complete();
    check(values.length === before, `After unsubscribe it emitted ${listed(values.slice(before))}`);
  });

  test('unsubscribes from a synchronous source as soon as downstream does', () => {
    let produced = 0;
    const endless = new Observable<DeltaEvent>((subscriber) => {
      subscriber.next(start());
      for (; produced < 1_000 && !subscriber.closed; produced++) subscriber.next(text('a\n'));
      subscriber.next(finish());
      subscriber.complete();
    });
    let seen = 0;
    endless.pipe(create(), take(1)).subscribe({ next: () => seen++, error: () => undefined });
    check(seen <= 1, `After take(1) it emitted ${seen} values`);
    const emitsEarly = kind ? kind !== 'fold' : record(streamOf(answer), create()).values.length > 1;
    check(!emitsEarly || produced <= 2, `After take(1) a synchronous source could emit ${produced} values`);
  });

  test('has fresh state for every subscription', () => {
    const operator = create();
    const source = streamOf(answer);
    const piped = source.pipe(operator);
    const once = record(piped, (same) => same);
    if (!shared) {
      checkSame(
        record(piped, (same) => same),
        once,
        'The second subscription of one Observable differs:',
      );
    }
    checkSame(record(source, operator), once, 'Another use of the same operator differs:');
    streamOf([start(), text(first)])
      .pipe(operator)
      .subscribe({ error: () => undefined })
      .unsubscribe();
    checkSame(record(source, operator), once, 'A subscription after one that was ended early differs:');
  });

  test('shares no state between two open subscriptions', () => {
    const operator = create();
    const alone = record(streamOf(answer), operator);
    const subjects = [new Subject<DeltaEvent>(), new Subject<DeltaEvent>()];
    const values: unknown[][] = [[], []];
    for (const [index, subject] of subjects.entries()) {
      subject.pipe(operator).subscribe({ next: (value) => values[index]?.push(value), error: () => undefined });
    }
    for (const event of answer) for (const subject of subjects) subject.next(event);
    for (const subject of subjects) subject.complete();
    for (const one of values) checkSame(one, alone.values, 'One of two open subscriptions differs from a single one:');
  });

  test('errors or completes exactly once', () => {
    const insistent = new Observable<DeltaEvent>((subscriber) => {
      for (const event of answer) subscriber.next(event);
      subscriber.complete();
      emitAfterEnd(subscriber);
    });
    let ends = 0;
    insistent.pipe(create()).subscribe({ error: () => ends++, complete: () => ends++ });
    check(ends === 1, `It ended ${ends} times`);
  });

  resetTests(test, create, kind, answer, repeated);

  test(
    'runs in virtual time, and schedules nothing after unsubscribe',
    marbles(({ stream, expectSubscriptions, animate, flush }) => {
      animate('----------x---------x---------x');
      const source = stream('s-a-b-f|', { a: text(first), b: text(second) });
      const times: number[] = [];
      const note = (): void => void times.push(asyncScheduler.now());
      const subscription = source.pipe(create()).subscribe({ next: note, error: note, complete: note });
      asyncScheduler.schedule(() => subscription.unsubscribe(), 3);
      expectSubscriptions(source.subscriptions).toBe('^--!');
      flush();
      const last = Math.max(0, ...times);
      check(last <= 3, `Unsubscribed in frame 3, it emitted in frame ${last}`);
    }),
  );

  if (throwing) {
    test('emits the error that a callback throws, and unsubscribes from its source', () => {
      const error = new Error('from the callback');
      const { source, log } = observed(streamOf(answer));
      const { end } = record(source, throwing(error));
      check(end === error, `The callback threw, and the operator ended with ${listed([end])}`);
      checkSame(log, ['subscribe', 'unsubscribe'], 'After the error:');
    });
  }
}

/** Misbehaves as a source that ignores its own end. */
function emitAfterEnd(subscriber: Subscriber<DeltaEvent>): void {
  subscriber.next(text('late'));
  subscriber.error(new Error('late'));
}

/** What happens at a `reset`. */
function resetTests(
  test: DefineTest,
  create: () => OperatorFunction<DeltaEvent, unknown>,
  kind: OperatorContractOptions['kind'],
  answer: readonly DeltaEvent[],
  repeated: readonly DeltaEvent[],
): void {
  const checkFault = (end: unknown): void => {
    const { kind: fault, retryable } = Object(end) as { readonly kind?: unknown; readonly retryable?: unknown };
    check(
      fault === 'connection' && retryable === true,
      `It must end with the cause of the reset, and ended with ${listed([end])}`,
    );
  };

  test('continues after the reset of an attempt without content', () => {
    const { end } = record(streamOf([reset(), ...answer]), create());
    check(end === 'complete', `It ended with ${listed([end])}`);
  });

  if (kind === 'fold') {
    test('discards what it holds at a reset', () => {
      const { values, end } = record(streamOf(repeated), create());
      check(end === 'complete' && values.length > 0, `It emitted ${values.length} values and ended with ${listed([end])}`);
      checkSame(
        values.at(-1),
        record(streamOf(answer), create()).values.at(-1),
        'The last value has a part of the void attempt:',
      );
    });
  } else if (kind === 'mirror') {
    test('forwards a reset, and then emits what it emits for the new attempt alone', () => {
      const { values, end } = record(streamOf(repeated), create());
      const place = values.indexOf(repeated[2]);
      check(end === 'complete' && place >= 0, `It must forward the reset and complete: it emitted ${listed(values)}`);
      // Usage is never void: it includes both attempts.
      const withoutUsage = (events: readonly unknown[]): unknown[] => events.filter((event) => !isUsage(event));
      const alone = withoutUsage(record(streamOf(answer), create()).values);
      checkSame(
        withoutUsage(values.slice(place + 1)),
        alone,
        'After the reset it emits something else than for the attempt alone:',
      );
    });
  } else if (kind === 'append-only') {
    test('errors with the cause of a reset if it has already emitted, before a second request starts', () => {
      const { source, log, subject } = observed();
      const result = recordLive(source, create());
      for (const event of repeated.slice(0, 3)) subject.next(event);
      checkSame(log, ['subscribe', 'unsubscribe'], 'After the reset:');
      checkFault(result.end);
      check(result.values.length > 0, 'It emitted nothing before the reset');
    });
  } else {
    test('completes after a reset, or errors with its cause', () => {
      const { end } = record(streamOf(repeated), create());
      if (end !== 'complete') checkFault(end);
    });
  }
}

function isUsage(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'type' in event && event.type === 'usage';
}
