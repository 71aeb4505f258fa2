import { Observable } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import type { DeltaEvent } from '../../events.js';
import { type MarbleMessage, readAnswer } from './answerMarbles.js';
import type { AnswerOptions } from './answerWriter.js';
import { letters as commonLetters, type EventLetters } from './letters.js';
import { timeProgression } from './marbleClock.js';

/** A stream of events that records its subscriptions for `expectSubscriptions`. */
export type MarbleStream = Observable<DeltaEvent> & Pick<ReturnType<RunHelpers['cold']>, 'subscriptions'>;

/** States what a stream of events is expected to emit. */
export interface StreamExpectation {
  /** Expects one event for each letter. */
  toBe(marbles: string, values?: EventLetters, error?: unknown): void;
  /** Expects a whole answer, written as for {@link DeltaMarbles.answer}. */
  toBeAnswer(marbles: string, options?: AnswerOptions): void;
}

/** Helpers that write delta events as marbles. */
export interface DeltaMarbles {
  /** Creates a cold stream of one event for each letter: `stream('s-a-b-f|')`. */
  stream(marbles: string, values?: EventLetters, error?: unknown): MarbleStream;
  /** Creates a hot stream of one event for each letter; `^` is the start of the test. */
  hotStream(marbles: string, values?: EventLetters, error?: unknown): MarbleStream;
  /**
   * Creates a cold stream of a whole answer. The marble contains the text: `answer('Hel-lo')`.
   *
   *     answer('Hel-lo|')
   *     frame 0  start, text 'Hel'      adjacent characters are one delta, emitted at the frame of the first
   *     frame 4  text 'lo'
   *     frame 6  usage, finish, complete
   *
   * One character is one frame, as in RxJS's marbles. `-` advances one frame, ` 10ms ` that time. A blank ends a delta and takes no time, `_` is a
   * blank in the text, and everything in `( )` is emitted in one frame. `[…]` is reasoning, `<name:arguments>` a tool call, `~` a ping, and a
   * character of `options.values` its events. `|` emits usage and finish and completes, `#` errors.
   */
  answer(marbles: string, options?: AnswerOptions): MarbleStream;
  /** Creates a hot stream of a whole answer; `^` is the start of the test. */
  hotAnswer(marbles: string, options?: AnswerOptions): MarbleStream;
  /** Subscribes to a stream of events to compare it. `unsubscription` is a marble with `^` and `!`, as for `expectObservable`. */
  expectStream(stream: Observable<DeltaEvent>, unsubscription?: string): StreamExpectation;
}

/**
 * Creates marble helpers of delta events for an existing TestScheduler, to use inside its `run` beside its own helpers.
 *
 *     stream('s-a-b-f|')      s: start, a, b: text, f: finish
 *     answer('Hel-lo|')       start, text 'Hel', text 'lo', usage, finish
 *
 * @param testScheduler The scheduler; create it with {@link assertDeltas}, so that a failure shows a diff of events.
 * @param values Letters to add to {@link letters}, or to replace. @defaultValue none
 * @returns The helpers. They throw an Error for a marble that cannot be read, a TypeError for bad options.
 * @throws TypeError at call time if it is not a TestScheduler.
 * @example const { answer, expectStream } = deltaMarbles(testScheduler);
 */
export function deltaMarbles(testScheduler: TestScheduler, values: EventLetters = {}): DeltaMarbles {
  if (typeof testScheduler?.createColdObservable !== 'function') {
    throw new TypeError('deltaMarbles: testScheduler must be a TestScheduler');
  }
  const letters = { ...commonLetters, ...values };

  /** Checked here, because RxJS emits `undefined` for an unknown letter. */
  function lettersOf(name: string, marbles: string, own: EventLetters = {}): Record<string, DeltaEvent> {
    const all = { ...letters, ...own };
    const characters = [...marbles];
    for (let index = 0; index < characters.length; index++) {
      const character = characters[index] ?? '';
      const progression = timeProgression(characters, index);
      if (progression) index += progression.length - 1;
      else if (!' -()|#^!'.includes(character) && !Object.hasOwn(all, character)) {
        throw new Error(`${name}: "${character}" of "${marbles}" stands for no event: add it to values`);
      }
    }
    return all;
  }

  function play(
    observable: MarbleStream & { readonly messages: MarbleMessage[] },
    messages: readonly MarbleMessage[],
  ): MarbleStream {
    observable.messages.push(...messages);
    return observable;
  }

  return {
    stream: (marbles, own, error) => testScheduler.createColdObservable(marbles, lettersOf('stream', marbles, own), error),
    hotStream: (marbles, own, error) => testScheduler.createHotObservable(marbles, lettersOf('hotStream', marbles, own), error),
    answer(marbles, options) {
      const messages = readAnswer(marbles, options);
      if (marbles.includes('^') && !Object.hasOwn(options?.values ?? {}, '^')) {
        throw new Error(`answer: "${marbles}" is cold: "^" belongs in hotAnswer`);
      }
      return play(testScheduler.createColdObservable<DeltaEvent>(''), messages);
    },
    hotAnswer: (marbles, options) => play(testScheduler.createHotObservable<DeltaEvent>(''), readAnswer(marbles, options)),
    expectStream: (stream, unsubscription) => ({
      toBe: (marbles, own, error) =>
        testScheduler.expectObservable(stream, unsubscription).toBe(marbles, lettersOf('expectStream', marbles, own), error),
      toBeAnswer(marbles, options) {
        const expected = play(testScheduler.createColdObservable<DeltaEvent>(''), readAnswer(marbles, options));
        testScheduler.expectObservable(subscribedBy(testScheduler, stream, unsubscription)).toEqual(expected);
      },
    }),
  };
}

/** Subscribes as an unsubscription marble shows, because RxJS's `toEqual` would apply that marble to the expected stream too. */
function subscribedBy<T>(scheduler: TestScheduler, stream: Observable<T>, unsubscription: string | undefined): Observable<T> {
  if (unsubscription === undefined) return stream;
  const { subscribedFrame, unsubscribedFrame } = TestScheduler.parseMarblesAsSubscriptions(unsubscription, true);
  const from = subscribedFrame === Infinity ? 0 : subscribedFrame;
  return new Observable((subscriber) => {
    subscriber.add(scheduler.schedule(() => subscriber.add(stream.subscribe(observerOf(subscriber))), from));
    if (unsubscribedFrame !== Infinity) scheduler.schedule(() => subscriber.unsubscribe(), unsubscribedFrame);
  });
}

function observerOf<T>(subscriber: { next(value: T): void; error(error: unknown): void; complete(): void }): {
  next(value: T): void;
  error(error: unknown): void;
  complete(): void;
} {
  return {
    next: (value) => subscriber.next(value),
    error: (error) => subscriber.error(error),
    complete: () => subscriber.complete(),
  };
}
