import { concat, concatMap, delay, EMPTY, from, NEVER, Observable, of } from 'rxjs';
import type { DeltaEvent, FinishReason, Usage } from '../../events.js';
import { checkNotNegative, checkOneOf, checkOptions } from '../../kernel/options.js';
import { finish, start, text, usage } from '../marbles/events.js';

export interface StreamOfOptions {
  /** Time before the first event, in milliseconds. @defaultValue 0 */
  readonly firstMs?: number;
  /** Time between two events, in milliseconds; 0 emits all of them at once, synchronously. @defaultValue 0 */
  readonly everyMs?: number;
  /** Usage just before the `finish` of a text; `null` for none. @defaultValue null */
  readonly usage?: Partial<Usage> | null;
  /** The reason of the `finish` of a text. @defaultValue 'stop' */
  readonly finish?: FinishReason;
  /** What the stream does after its last event: a text without its `finish` is `cut`. @defaultValue 'complete' */
  readonly end?: 'complete' | 'open' | 'cut';
  /** An error to end with instead, after the last event; a text then has no `finish`. @defaultValue none */
  readonly error?: unknown;
}

const optionNames = ['firstMs', 'everyMs', 'usage', 'finish', 'end', 'error'];

/**
 * A cold stream that says a text, or exactly these events.
 *
 *     streamOf('Hello world', { everyMs: 2 })
 *     result   s-a-b-(f|)                 a: 'Hello ', b: 'world'
 *
 * @param said A text, which becomes `start`, a delta a word and `finish`; or events, which are emitted as they are.
 * @throws TypeError or RangeError at call time for bad arguments.
 * Emits error: `options.error`. On unsubscribe: clears its timers.
 * @example streamOf('Hello world').pipe(bufferToText())
 */
export function streamOf(said: string | readonly DeltaEvent[], options: StreamOfOptions = {}): Observable<DeltaEvent> {
  checkOptions('streamOf', options, optionNames);
  const { firstMs = 0, everyMs = 0, end = 'complete', error } = options;
  checkNotNegative('firstMs', firstMs);
  checkNotNegative('everyMs', everyMs);
  checkOneOf('end', end, ['complete', 'open', 'cut']);
  if (typeof said !== 'string' && !Array.isArray(said)) throw new TypeError('streamOf: give a text or an array of events');
  const events$ = from(typeof said === 'string' ? answerOf(said, options) : said);
  const paced$ = firstMs + everyMs === 0 ? events$ : events$.pipe(pace(firstMs, everyMs));
  if (error !== undefined) {
    return concat(paced$, new Observable<never>((subscriber) => subscriber.error(error)));
  }
  return concat(paced$, end === 'open' ? NEVER : EMPTY);
}

function pace<T>(firstMs: number, everyMs: number): (source: Observable<T>) => Observable<T> {
  return concatMap((event, index) => {
    const waitMs = index === 0 ? firstMs : everyMs;
    return waitMs === 0 ? of(event) : of(event).pipe(delay(waitMs));
  });
}

function answerOf(
  said: string,
  { usage: figures = null, finish: reason, end = 'complete', error }: StreamOfOptions,
): DeltaEvent[] {
  const words = said === '' ? [] : said.split(/(?<=\s)(?=\S)/);
  const answer: DeltaEvent[] = [start(), ...words.map((word) => text(word))];
  if (figures !== null) answer.push(usage(figures));
  if (end === 'complete' && error === undefined) answer.push(finish(reason));
  return answer;
}
