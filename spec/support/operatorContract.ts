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
   * What the operator does with a `reset` (rule 7 of the design): a fold discards what it held, a mirror passes it on and goes on afresh, an
   * append-only operator that has already emitted errors with the fault. @defaultValue any of these
   */
  readonly kind?: 'fold' | 'mirror' | 'append-only';
  /** How the operator treats an error of its source. `'own'`: it has its own rule, shown in its spec. @defaultValue 'mirrored' */
  readonly errors?: 'mirrored' | 'own';
  /** The operator with a callback that throws the given error when it is called; absent where it takes no callback. */
  readonly throwing?: (error: Error) => OperatorFunction<DeltaEvent, unknown>;
  /** Ends as an empty source does: with nothing, unless the operator says otherwise. @defaultValue 'nothing' */
  readonly empty?: 'nothing' | 'own';
  /**
   * What the answer says, in two pieces, and what a void attempt said before it, for an operator that does not read every text.
   * @defaultValue Hel and lo, void
   */
  readonly says?: { readonly answer: readonly [string, string]; readonly void: string };
}

const anything = { answer: ['Hel', 'lo\n'], void: 'void\n' } as const;

/** What every operator keeps, whatever it does: run it first in the operator's own `describe`. */
export function operatorContract(
  create: () => OperatorFunction<DeltaEvent, unknown>,
  options: OperatorContractOptions = {},
): void {
  const { kind, errors = 'mirrored', empty = 'nothing', throwing, says = anything } = options;
  const [first, second] = says.answer;
  const answer: readonly DeltaEvent[] = [start(), text(first), text(second), finish()];
  const repeated = [start(), text(says.void), reset(), ...answer];

  describe('keeps the operator contract', () => {
    if (empty === 'nothing') {
      it('gives nothing for an empty source', () => {
        expect(record(EMPTY, create())).toEqual({ values: [], end: 'complete' });
      });
    }

    it('stays silent and open on a source that is', () => {
      expect(record(NEVER, create())).toEqual({ values: [], end: 'open' });
    });

    if (errors === 'mirrored') {
      it('passes the error of its source on, the very object', () => {
        const error = new Error('from the source');
        expect(
          record(
            throwError(() => error),
            create(),
          ).end,
        ).toBe(error);
      });
    }

    it('subscribes once, on subscribe and not before', () => {
      const { source, log } = observed();
      const result = source.pipe(create());
      expect(log).toEqual([]);
      result.subscribe({ error: () => undefined }).unsubscribe();
      expect(log).toEqual(['subscribe', 'unsubscribe']);
    });

    it('unsubscribes its source at once when it is unsubscribed in the middle, and says nothing more', () => {
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

    it('stops a synchronous producer as soon as downstream has enough', () => {
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

    it('starts afresh for every subscription', () => {
      const operator = create();
      const source = streamOf(answer);
      const piped = source.pipe(operator);
      const once = record(piped, (same) => same);
      expect(record(piped, (same) => same)).toEqual(once);
      expect(record(source, operator)).toEqual(once);
      const half = streamOf([start(), text(first)]);
      half
        .pipe(operator)
        .subscribe({ error: () => undefined })
        .unsubscribe();
      expect(record(source, operator)).toEqual(once);
    });

    it('keeps two subscriptions apart while both run', () => {
      const operator = create();
      const alone = record(streamOf(answer), operator);
      const subjects = [new Subject<DeltaEvent>(), new Subject<DeltaEvent>()];
      const values: unknown[][] = [[], []];
      for (const [lane, subject] of subjects.entries()) {
        subject.pipe(operator).subscribe({ next: (value) => values[lane]?.push(value), error: () => undefined });
      }
      for (const event of answer) for (const subject of subjects) subject.next(event);
      for (const subject of subjects) subject.complete();
      expect(values).toEqual([alone.values, alone.values]);
    });

    it('ends exactly once', () => {
      const insistent = new Observable<DeltaEvent>((subscriber) => {
        for (const event of answer) subscriber.next(event);
        subscriber.complete();
        insist(subscriber);
      });
      let ends = 0;
      insistent.pipe(create()).subscribe({ error: () => ends++, complete: () => ends++ });
      expect(ends).toBe(1);
    });

    resetContract(create, kind, answer, repeated);

    it(
      'keeps virtual time, and does nothing once it is unsubscribed',
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
      it('turns a throwing callback into the error notification, and unsubscribes its source', () => {
        const error = new Error('from the callback');
        const { source, log } = observed(streamOf(answer));
        expect(record(source, throwing(error)).end).toBe(error);
        expect(log).toEqual(['subscribe', 'unsubscribe']);
      });
    }
  });
}

/** Rule 7 of the design. */
function resetContract(
  create: () => OperatorFunction<DeltaEvent, unknown>,
  kind: OperatorContractOptions['kind'],
  answer: readonly DeltaEvent[],
  repeated: readonly DeltaEvent[],
): void {
  const fault = { kind: 'connection', message: 'The connection failed', retryable: true };

  it('goes on after a reset of an attempt that said nothing', () => {
    expect(record(streamOf([reset(), ...answer]), create()).end).toBe('complete');
  });

  switch (kind) {
    case 'fold':
      it('discards what it held at a reset', () => {
        const { values, end } = record(streamOf(repeated), create());
        expect(end).toBe('complete');
        expect(values.at(-1)).toEqual(record(streamOf(answer), create()).values.at(-1));
        expect(values).not.toHaveLength(0);
      });
      return;
    case 'mirror':
      it('passes a reset on, and then says what it says of the new attempt alone', () => {
        const { values, end } = record(streamOf(repeated), create());
        expect(end).toBe('complete');
        const place = values.indexOf(repeated[2]);
        expect(place).toBeGreaterThanOrEqual(0);
        // Usage is never void: it tells of both attempts.
        const said = (events: readonly unknown[]): unknown[] => events.filter((event) => !isUsage(event));
        expect(said(values.slice(place + 1))).toEqual(said(record(streamOf(answer), create()).values));
      });
      return;
    case 'append-only':
      it('errors with the fault that caused a reset when it has already emitted, before a second request starts', () => {
        const { source, log, subject } = observed();
        const result = recordLive(source, create());
        for (const event of repeated.slice(0, 3)) subject.next(event);
        expect(log).toEqual(['subscribe', 'unsubscribe']);
        expect(result.end).toMatchObject(fault);
        expect(result.values).not.toHaveLength(0);
      });
      return;
    default:
      it('survives a reset: it goes on, or errors with the fault that caused it', () => {
        const { end } = record(streamOf(repeated), create());
        if (end !== 'complete') expect(end).toMatchObject(fault);
      });
  }
}

function isUsage(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'type' in event && event.type === 'usage';
}

/** What no source may do after its end. */
function insist(subscriber: Subscriber<DeltaEvent>): void {
  subscriber.next(text('late'));
  subscriber.error(new Error('late'));
}

interface Observed {
  readonly source: Observable<DeltaEvent>;
  /** What was done to the source, in order. */
  readonly log: readonly string[];
  /** Lets the source speak. */
  readonly subject: Subject<DeltaEvent>;
}

/** A source that tells of its subscriptions. */
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
  /** `'open'`, `'complete'`, or the error. */
  readonly end: unknown;
}

/** What an operator makes of a source that ends at once, or never. */
export function record<T>(source: Observable<T>, operator: OperatorFunction<T, unknown>): Recorded {
  const recorded = recordLive(source, operator);
  recorded.unsubscribe();
  return { values: recorded.values, end: recorded.end };
}

/** What an operator makes of a source that goes on. */
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
