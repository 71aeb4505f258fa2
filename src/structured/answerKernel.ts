import type { OperatorFunction, Subscriber } from 'rxjs';
import { JsonSyntaxError } from '../codecs/json/syntaxError.js';
import { fillPartial, ParseError, type ParseErrorDetails, type PartialSource } from '../errors.js';
import type { DeltaEvent, FinishReason, ResetEvent } from '../events.js';
import { operate } from '../kernel/operate.js';
import { type AnswerEnding, answerEndings } from './answerCompleteness.js';
import { createAnswerFold, isAnswerText } from './answerFold.js';

/** What an operator does with the text of an answer. */
export interface AnswerHandlers {
  /** More text. */
  write(text: string): void;
  /**
   * What was written is void.
   * @param text What stands of it, from the steps that are not repeated: to be read again from the beginning.
   */
  restart(event: ResetEvent, text: string): void;
  /** @param whole False when the stream ended before the answer did. */
  end(whole: boolean): void;
  /** What was read before a fault. */
  value?(): unknown;
}

/** The answer so far, for the errors of those who read it. */
export interface Answer {
  readonly text: string;
  readonly finishReason: FinishReason | undefined;
  /** What the stream had said, for the `partial` of an error. */
  readonly partial: PartialSource;
  error(message: string, details?: ParseErrorDetails): ParseError;
}

/**
 * The kernel of the operators that parse an answer: choice 0 and the phase `answer` of a stream of events, or strings as they come. Events
 * that complete without `finish` are cut; strings are whole when they complete; a source without values completes without one.
 */
export function parseAnswer<R>(
  start: (destination: Subscriber<R>, answer: Answer) => AnswerHandlers,
): OperatorFunction<DeltaEvent | string, R> {
  return operate((destination) => {
    const fold = createAnswerFold();
    let ending: AnswerEnding | undefined;
    let finishReason: FinishReason | undefined;

    const answer: Answer = {
      get text() {
        return fold.text;
      },
      get finishReason() {
        return finishReason;
      },
      partial: () => fold.partial(),
      error: (text, details) => new ParseError(text, fold.text, finishReason, { partial: answer.partial, ...details }),
    };
    const handlers = start(destination, answer);

    function take(event: DeltaEvent): void {
      if (isAnswerText(event)) {
        fold.add(event);
        handlers.write(event.text);
      } else if (event.type === 'reset') takeBack(event);
      else fold.push(event);
    }

    /** A reset that takes back nothing changes nothing. */
    function takeBack(event: ResetEvent): void {
      const before = fold.text;
      // The partial of an error that a reset causes is what it takes back.
      const partial = fold.partial();
      fold.push(event);
      if (fold.text === before) return;
      try {
        handlers.restart(event, fold.text);
      } catch (error) {
        throw fillPartial(error, partial);
      }
    }

    return {
      next(value) {
        const event = typeof value === 'string' ? toDelta(value) : value;
        if (event === value) ending = event.type === 'finish' ? answerEndings[event.reason] : 'cut';
        else ending ??= 'whole';
        if (event.type === 'finish') finishReason = event.reason;
        try {
          take(event);
        } catch (error) {
          throw explain(error, answer, handlers);
        }
      },
      complete() {
        if (ending === undefined) return destination.complete();
        if (ending === 'refused') throw answer.error(`The stream ended with ${finishReason} instead of an answer`);
        handlers.end(ending === 'whole');
      },
    };
  });
}

function explain(error: unknown, answer: Answer, handlers: AnswerHandlers): unknown {
  if (!(error instanceof JsonSyntaxError)) return fillPartial(error, answer.partial);
  return answer.error(error.message, { offset: error.offset, value: handlers.value?.(), cause: error });
}

function toDelta(text: string): DeltaEvent {
  return { type: 'text-delta', text, block: 0, choice: 0, phase: 'answer' };
}
