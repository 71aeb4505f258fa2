import { describe, expect, it } from '@jest/globals';
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
import type { DeltaEvent } from '../../src/events.js';
import { finish, marbles, reset, start, streamOf, text } from '../../src/testing/index.js';

export interface OperatorContractOptions {
  /**
   * How the operator handles a `reset`, see docs/architecture.md (Reset): a fold discards what it holds, a mirror discards what it holds back and
   * forwards the reset, an append-only operator that has already emitted errors with the fault. @defaultValue any of these
   */
  readonly kind?: 'fold' | 'mirror' | 'append-only';
  /** How the operator handles an error of its source. `'own'`: its spec shows how. @defaultValue 'mirrored' */
  readonly errors?: 'mirrored' | 'own';
  /** Creates the operator with a callback that throws the given error. @defaultValue the operator takes no callback */
  readonly throwing?: (error: Error) => OperatorFunction<DeltaEvent, unknown>;
  /** What the operator does for an empty source: it emits nothing and completes, or its spec shows what. @defaultValue 'nothing' */
  readonly empty?: 'nothing' | 'own';
  /** How many values the operator emits before its source does. @defaultValue 0 */
  readonly first?: number;
  /** Whether the subscriptions to one result share a request: then a later one gets what the spec of the operator shows. @defaultValue false */
  readonly shared?: boolean;
  /**
   * The text of the answer, in two deltas, and of the void attempt before it, for an operator that cannot read every text.
   * @defaultValue 'Hel' and 'lo\n', 'void\n'
   */
  readonly texts?: { readonly answer: readonly [string, string]; readonly void: string };
}

const anyTexts = { answer: ['Hel', 'lo\n'], void: 'void\n' } as const;

/** Defines the specs that every operator must pass. Call it first in the `describe` of the operator. */
export function operatorContract(
  create: () => OperatorFunction<DeltaEvent, unknown>,
  options: OperatorContractOptions = {},
): void {
  const { kind, errors = 'mirrored', empty = 'nothing', first: early = 0, shared = false, throwing, texts = anyTexts } = options;
  const [first, second] = texts.answer;
  const answer: readonly DeltaEvent[] = [start(), text(first), text(second), finish()];
  const repeated = [start(), text(texts.void), reset(), ...answer];

  describe('the operator contract', () => {
    if (empty === 'nothing') {
      it('emits nothing for an empty source', () => {
        expect(record(EMPTY, create())).toEqual({ values: [], end: 'complete' });
      });
    }

    it(`emits ${early === 0 ? 'nothing' : 'only what is first'} and stays open while its source emits nothing`, () => {
      const { values, end } = record(NEVER, create());
      expect(values).toHaveLength(early);
      expect(end).toBe('open');
    });

    if (errors === 'mirrored') {
      it('emits the error of its source, the same object', () => {
        const error = new Error('from the source');
        expect(
          record(
            throwError(() => error),
            create(),
          ).end,
        ).toBe(error);
      });
    }

    it('subscribes to its source once, on subscribe and not before', () => {
      const { source, log } = observed();
      const result = source.pipe(create());
      expect(log).toEqual([]);
      result.subscribe({ error: () => undefined }).unsubscribe();
      expect(log).toEqual(['subscribe', 'unsubscribe']);
    });

    it('unsubscribes from its source when it is unsubscribed, and emits nothing more', () => {
      const { source, log, subject } = observed();
      const values: unknown[] = [];
      const subscription = source.pipe(create()).subscribe({ next: (value) => values.push(value), error: () => undefined });
      subject.next(start());
      subject.next(text('a'));
      subscription.unsubscribe();
      expect(log).toEqual(['subscribe', 'unsubscribe']);
      const before = values.length;
      subject.next(text('b'));
      subject.next(finish());
      subject.complete();
      expect(values).toHaveLength(before);
    });

    it('unsubscribes from a synchronous source as soon as downstream does', () => {
      let produced = 0;
      const endless = new Observable<DeltaEvent>((subscriber) => {
        subscriber.next(start());
        for (; produced < 1_000 && !subscriber.closed; produced++) subscriber.next(text('a\n'));
        subscriber.next(finish());
        subscriber.complete();
      });
      let seen = 0;
      endless.pipe(create(), take(1)).subscribe({ next: () => seen++, error: () => undefined });
      expect(seen).toBeLessThanOrEqual(1);
      const emitsEarly = kind ? kind !== 'fold' : record(streamOf(answer), create()).values.length > 1;
      if (emitsEarly) expect(produced).toBeLessThanOrEqual(2);
    });

    it('has fresh state for every subscription', () => {
      const operator = create();
      const source = streamOf(answer);
      const piped = source.pipe(operator);
      const once = record(piped, (same) => same);
      if (!shared) expect(record(piped, (same) => same)).toEqual(once);
      expect(record(source, operator)).toEqual(once);
      const half = streamOf([start(), text(first)]);
      half
        .pipe(operator)
        .subscribe({ error: () => undefined })
        .unsubscribe();
      expect(record(source, operator)).toEqual(once);
    });

    it('shares no state between two open subscriptions', () => {
      const operator = create();
      const alone = record(streamOf(answer), operator);
      const subjects = [new Subject<DeltaEvent>(), new Subject<DeltaEvent>()];
      const values: unknown[][] = [[], []];
      for (const [index, subject] of subjects.entries()) {
        subject.pipe(operator).subscribe({ next: (value) => values[index]?.push(value), error: () => undefined });
      }
      for (const event of answer) for (const subject of subjects) subject.next(event);
      for (const subject of subjects) subject.complete();
      expect(values).toEqual([alone.values, alone.values]);
    });

    it('errors or completes exactly once', () => {
      const insistent = new Observable<DeltaEvent>((subscriber) => {
        for (const event of answer) subscriber.next(event);
        subscriber.complete();
        emitAfterEnd(subscriber);
      });
      let ends = 0;
      insistent.pipe(create()).subscribe({ error: () => ends++, complete: () => ends++ });
      expect(ends).toBe(1);
    });

    resetContract(create, kind, answer, repeated);

    it(
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
        expect(Math.max(0, ...times)).toBeLessThanOrEqual(3);
      }),
    );

    if (throwing) {
      it('emits the error that a callback throws, and unsubscribes from its source', () => {
        const error = new Error('from the callback');
        const { source, log } = observed(streamOf(answer));
        expect(record(source, throwing(error)).end).toBe(error);
        expect(log).toEqual(['subscribe', 'unsubscribe']);
      });
    }
  });
}

/** Specs of docs/architecture.md (Reset). */
function resetContract(
  create: () => OperatorFunction<DeltaEvent, unknown>,
  kind: OperatorContractOptions['kind'],
  answer: readonly DeltaEvent[],
  repeated: readonly DeltaEvent[],
): void {
  const fault = { kind: 'connection', message: 'The connection failed', retryable: true };

  it('continues after the reset of an attempt without content', () => {
    expect(record(streamOf([reset(), ...answer]), create()).end).toBe('complete');
  });

  switch (kind) {
    case 'fold':
      it('discards what it holds at a reset', () => {
        const { values, end } = record(streamOf(repeated), create());
        expect(end).toBe('complete');
        expect(values.at(-1)).toEqual(record(streamOf(answer), create()).values.at(-1));
        expect(values).not.toHaveLength(0);
      });
      return;
    case 'mirror':
      it('forwards a reset, and then emits what it emits for the new attempt alone', () => {
        const { values, end } = record(streamOf(repeated), create());
        expect(end).toBe('complete');
        const place = values.indexOf(repeated[2]);
        expect(place).toBeGreaterThanOrEqual(0);
        // Usage is never void: it includes both attempts.
        const withoutUsage = (events: readonly unknown[]): unknown[] => events.filter((event) => !isUsage(event));
        expect(withoutUsage(values.slice(place + 1))).toEqual(withoutUsage(record(streamOf(answer), create()).values));
      });
      return;
    case 'append-only':
      it('errors with the cause of a reset if it has already emitted, before a second request starts', () => {
        const { source, log, subject } = observed();
        const result = recordLive(source, create());
        for (const event of repeated.slice(0, 3)) subject.next(event);
        expect(log).toEqual(['subscribe', 'unsubscribe']);
        expect(result.end).toMatchObject(fault);
        expect(result.values).not.toHaveLength(0);
      });
      return;
    default:
      it('completes after a reset, or errors with its cause', () => {
        const { end } = record(streamOf(repeated), create());
        if (end !== 'complete') expect(end).toMatchObject(fault);
      });
  }
}

function isUsage(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'type' in event && event.type === 'usage';
}

/** Misbehaves as a source that ignores its own end. */
function emitAfterEnd(subscriber: Subscriber<DeltaEvent>): void {
  subscriber.next(text('late'));
  subscriber.error(new Error('late'));
}

interface Observed {
  readonly source: Observable<DeltaEvent>;
  /** Subscriptions and unsubscriptions, in order. */
  readonly log: readonly string[];
  /** Its notifications are those of the source, unless another stream was given. */
  readonly subject: Subject<DeltaEvent>;
}

/** Creates a source that logs its subscriptions. */
export function observed(inner?: Observable<DeltaEvent>): Observed {
  const log: string[] = [];
  const subject = new Subject<DeltaEvent>();
  const source = new Observable<DeltaEvent>((subscriber) => {
    log.push('subscribe');
    subscriber.add(() => log.push('unsubscribe'));
    subscriber.add((inner ?? subject).subscribe(subscriber));
  });
  return { source, log, subject };
}

export interface Recorded {
  readonly values: readonly unknown[];
  /** `'open'`, `'complete'`, or the emitted error. */
  readonly end: unknown;
}

/** Records what an operator emits synchronously, and unsubscribes. */
export function record<T>(source: Observable<T>, operator: OperatorFunction<T, unknown>): Recorded {
  const recorded = recordLive(source, operator);
  recorded.unsubscribe();
  return { values: recorded.values, end: recorded.end };
}

/** Records what an operator emits, as long as the source does. */
export function recordLive<T>(
  source: Observable<T>,
  operator: OperatorFunction<T, unknown>,
): Recorded & { readonly unsubscribe: () => void } {
  const values: unknown[] = [];
  let end: unknown = 'open';
  const subscription = source.pipe(operator).subscribe({
    next: (value) => values.push(value),
    error: (error: unknown) => {
      end = error;
    },
    complete: () => {
      end = 'complete';
    },
  });
  return {
    values,
    get end() {
      return end;
    },
    unsubscribe: () => subscription.unsubscribe(),
  };
}
