import { Observable } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import type { DeltaEvent } from '../../events.js';
import { readAnswer } from './answerMarbles.js';
import type { AnswerOptions } from './answerWriter.js';
import { letters as commonLetters, type EventLetters } from './letters.js';
import { timeProgression } from './marbleClock.js';
import { type MarbleMessage, toMessages } from './marbleMessages.js';

/** A stream of events that logs its subscriptions for `expectSubscriptions`. */
export type MarbleStream = Observable<DeltaEvent> & Pick<ReturnType<RunHelpers['cold']>, 'subscriptions'>;

/** What a stream of events is expected to do. */
export interface StreamExpectation {
  /** Expects events by their letters. */
  toBe(marbles: string, values?: EventLetters, error?: unknown): void;
  /** Expects a whole answer, written as for `answer`. */
  toBeAnswer(marbles: string, options?: AnswerOptions): void;
}

/** Marbles of delta events. */
export interface DeltaMarbles {
  /** A cold stream, a letter an event: `stream('s-a-b-f|')`. */
  stream(marbles: string, values?: EventLetters, error?: unknown): MarbleStream;
  /** A hot stream, a letter an event; `^` is where the test begins. */
  hotStream(marbles: string, values?: EventLetters, error?: unknown): MarbleStream;
  /**
   * A cold stream that is a whole answer, written as it reads: `answer('Hel-lo')`.
   *
   *     answer('Hel-lo|')
   *     frame 0  start, text 'Hel'      a run of characters is one delta, at the frame of its first character
   *     frame 4  text 'lo'
   *     frame 6  usage, finish, complete
   *
   * One character is one frame, as in every RxJS marble. `-` lets a frame pass, a blank only ends a delta, `_` is a blank in the text, `( )` puts all
   * within into one frame, ` 10ms ` lets time pass. `[…]` is reasoning, `<name:arguments>` a tool call, `~` a ping, and what `values` has is
   * that. `|` is usage, finish and the end, `#` the error.
   */
  answer(marbles: string, options?: AnswerOptions): MarbleStream;
  /** A hot stream that is a whole answer. */
  hotAnswer(marbles: string, options?: AnswerOptions): MarbleStream;
  /** Expects a stream of events. `unsubscription` is a marble with `^` and `!`, as for `expectObservable`. */
  expectStream(stream: Observable<DeltaEvent>, unsubscription?: string): StreamExpectation;
}

/**
 * Marbles of delta events for a TestScheduler that you have: inside `run`, beside its own helpers.
 *
 *     stream('s-a-b-f|')      s: start, a, b: text, f: finish
 *     answer('Hel-lo|')       the same by what it says
 *
 * @param testScheduler Your scheduler; make it with {@link assertDeltas}, so that a failure shows a diff of events.
 * @param values Letters of your own, beside {@link letters} or instead of them. @defaultValue none
 * @throws TypeError at call time if it is not a TestScheduler.
 * @example const { answer, expectStream } = deltaMarbles(testScheduler);
 */
export function deltaMarbles(testScheduler: TestScheduler, values: EventLetters = {}): DeltaMarbles {
  if (typeof testScheduler?.createColdObservable !== 'function') {
    throw new TypeError('deltaMarbles: testScheduler must be a TestScheduler');
  }
  const letters = { ...commonLetters, ...values };

  /** RxJS takes a letter that it does not know for `undefined`, and says nothing. */
  function lettersOf(name: string, marbles: string, own: EventLetters = {}): Record<string, DeltaEvent> {
    const all = { ...letters, ...own };
    const characters = [...marbles];
    for (let index = 0; index < characters.length; index++) {
      const character = characters[index] ?? '';
      const progression = timeProgression(characters, index);
      if (progression) index += progression.length - 1;
      else if (!' -()|#^!'.includes(character) && !Object.hasOwn(all, character)) {
        throw new Error(`${name}: "${character}" of "${marbles}" stands for no event: give it in values`);
      }
    }
    return all;
  }

  function write(
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
      const messages = toMessages(readAnswer(marbles, options));
      if (marbles.includes('^') && !Object.hasOwn(options?.values ?? {}, '^')) {
        throw new Error(`answer: "${marbles}" is cold: "^" belongs into hotAnswer`);
      }
      return write(testScheduler.createColdObservable<DeltaEvent>(''), messages);
    },
    hotAnswer: (marbles, options) =>
      write(testScheduler.createHotObservable<DeltaEvent>(''), toMessages(readAnswer(marbles, options))),
    expectStream: (stream, unsubscription) => ({
      toBe: (marbles, own, error) =>
        testScheduler.expectObservable(stream, unsubscription).toBe(marbles, lettersOf('expectStream', marbles, own), error),
      toBeAnswer(marbles, options) {
        const expected = write(testScheduler.createColdObservable<DeltaEvent>(''), toMessages(readAnswer(marbles, options)));
        testScheduler.expectObservable(during(testScheduler, stream, unsubscription)).toEqual(expected);
      },
    }),
  };
}

/** RxJS's `toEqual` knows no unsubscription: with one, it unsubscribes what is expected. */
function during<T>(scheduler: TestScheduler, stream: Observable<T>, unsubscription: string | undefined): Observable<T> {
  if (unsubscription === undefined) return stream;
  const { subscribedFrame, unsubscribedFrame } = TestScheduler.parseMarblesAsSubscriptions(unsubscription, true);
  const from = subscribedFrame === Infinity ? 0 : subscribedFrame;
  return new Observable((subscriber) => {
    subscriber.add(scheduler.schedule(() => subscriber.add(stream.subscribe(relay(subscriber))), from));
    if (unsubscribedFrame !== Infinity) scheduler.schedule(() => subscriber.unsubscribe(), unsubscribedFrame);
  });
}

function relay<T>(subscriber: { next(value: T): void; error(error: unknown): void; complete(): void }): {
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
