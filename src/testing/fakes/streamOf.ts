import { concat, concatMap, delay, EMPTY, from, NEVER, Observable, of } from 'rxjs';
import { fillPartial } from '../../errors.js';
import type { DeltaEvent, FinishReason, PartialMessage, Usage } from '../../events.js';
import { checkNotNegative, checkOneOf, checkOptions } from '../../kernel/options.js';
import { createMessageFold } from '../../message/messageFold.js';
import { finish, start, text, usage } from '../marbles/events.js';

export interface StreamOfOptions {
  /** Delay before the first event, in milliseconds. @defaultValue 0 */
  readonly firstMs?: number;
  /** Delay between two events, in milliseconds; 0 emits them synchronously. @defaultValue 0 */
  readonly everyMs?: number;
  /** For a text: the figures of a `usage` event just before `finish`; `null` for no such event. @defaultValue null */
  readonly usage?: Partial<Usage> | null;
  /** For a text: the reason of its `finish` event. @defaultValue 'stop' */
  readonly finish?: FinishReason;
  /**
   * What the stream does after its last event: `'complete'` completes, `'cut'` completes but omits the `finish` of a text, `'open'` omits it too
   * and stays open.
   * @defaultValue 'complete'
   */
  readonly end?: 'complete' | 'open' | 'cut';
  /**
   * An error to emit after the last event, instead of `end`; a text then has no `finish`. If it is one of ours without a `partial`, its partial
   * becomes the message so far, as in a live stream.
   * @defaultValue none
   */
  readonly error?: unknown;
}

const optionNames = ['firstMs', 'everyMs', 'usage', 'finish', 'end', 'error'];

/**
 * Creates a cold stream that emits a text as an answer, or exactly the given events.
 *
 *     streamOf('Hello world', { everyMs: 2 })
 *     result   s-a-b-(f|)                 a: 'Hello ', b: 'world'
 *
 * @param content A text, emitted as `start`, one delta for each word, and `finish`; or events, emitted unchanged.
 * @throws TypeError or RangeError at call time for bad arguments.
 * @emitsError `options.error`.
 * @unsubscribe Clears its timers.
 * @example streamOf('Hello world').pipe(bufferToText())
 */
export function streamOf(content: string | readonly DeltaEvent[], options: StreamOfOptions = {}): Observable<DeltaEvent> {
  checkOptions('streamOf', options, optionNames);
  const { firstMs = 0, everyMs = 0, end = 'complete', error } = options;
  checkNotNegative('firstMs', firstMs);
  checkNotNegative('everyMs', everyMs);
  checkOneOf('end', end, ['complete', 'open', 'cut']);
  if (typeof content !== 'string' && !Array.isArray(content)) {
    throw new TypeError('streamOf: content must be a string or an array of events');
  }
  const events = typeof content === 'string' ? answerOf(content, options) : content;
  const events$ = from(events);
  const paced$ = firstMs + everyMs === 0 ? events$ : events$.pipe(pace(firstMs, everyMs));
  if (error !== undefined) {
    const failed = fillPartial(error, () => partialOf(events));
    return concat(paced$, new Observable<never>((subscriber) => subscriber.error(failed)));
  }
  return concat(paced$, end === 'open' ? NEVER : EMPTY);
}

function pace<T>(firstMs: number, everyMs: number): (source: Observable<T>) => Observable<T> {
  return concatMap((event, index) => {
    const waitMs = index === 0 ? firstMs : everyMs;
    return waitMs === 0 ? of(event) : of(event).pipe(delay(waitMs));
  });
}

function partialOf(events: readonly DeltaEvent[]): PartialMessage {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.partial();
}

function answerOf(
  content: string,
  { usage: figures = null, finish: reason, end = 'complete', error }: StreamOfOptions,
): DeltaEvent[] {
  const words = content === '' ? [] : content.split(/(?<=\s)(?=\S)/);
  const answer: DeltaEvent[] = [start(), ...words.map((word) => text(word))];
  if (figures !== null) answer.push(usage(figures));
  if (end === 'complete' && error === undefined) answer.push(finish(reason));
  return answer;
}
