import type { OperatorFunction, Subscriber } from 'rxjs';
import { fillPartial, ParseError, type ParseErrorDetails, type PartialSource } from '../errors.js';
import type { DeltaEvent, ErrorInfo, FinishReason, ResetEvent } from '../events.js';
import { type OperatorHandlers, operate } from '../kernel/operate.js';
import { keepGrammar } from '../kernel/operateEvents.js';
import { type AnswerCompleteness, completenessByReason } from './answerCompleteness.js';
import { createAnswerFold, isAnswerText } from './answerFold.js';

/** What an operator does with the text of an answer. A missing `write` or `restart` suits one that reads the whole text at the end. */
export interface AnswerHandlers {
  /** Reads the next piece of text. */
  write?(text: string): void;
  /**
   * Begins again: after a reset that removed text, or because a round of a tool loop begins, and only the last round is the answer.
   *
   * @param text The text of the round that remains; `write` continues it.
   * @param fault The error that caused the reset; undefined if a round begins.
   */
  restart?(text: string, fault: ErrorInfo | undefined): void;
  /**
   * Completes the destination, or errors, after the source has completed.
   *
   * @param whole False if the stream ended before the answer did.
   */
  end(whole: boolean): void;
  /** Makes the error notification of a syntax error that a handler has thrown; undefined for any other error, which is emitted as it is. */
  toParseError?(error: unknown): ParseError | undefined;
}

/** The answer so far, from which an operator makes its errors. */
export interface AnswerSoFar {
  readonly text: string;
  /** The message so far, for the `partial` of an error. */
  readonly partial: PartialSource;
  parseError(message: string, details?: ParseErrorDetails): ParseError;
}

/** Handlers of a source of events or strings; an error of the source is forwarded. */
export type AnswerReader = Required<Pick<OperatorHandlers<DeltaEvent | string>, 'next' | 'complete'>>;

/** Makes the handlers of one subscription, so its variables are the state of that subscription. */
export type StartReading<R> = (destination: Subscriber<R>, answer: AnswerSoFar) => AnswerHandlers;

/**
 * The kernel of the operators that parse an answer: choice 0 and phase `answer` of the last round of a stream of events, or strings as they
 * are emitted.
 *
 * Events that complete without `finish` are a truncated answer; strings have no finish reason, so their completion is the end of the answer.
 * A source that completes without a value gives an empty stream. Handlers emit to the destination whenever they like; what they throw becomes
 * the error notification, and after unsubscribe none of them runs.
 */
export function operateOnAnswer<R>(start: StartReading<R>): OperatorFunction<DeltaEvent | string, R> {
  return operate((destination) => readAnswer(destination, start));
}

/** The same as handlers, for an operator that has to transform the values of its source first. */
export function readAnswer<R>(destination: Subscriber<R>, start: StartReading<R>): AnswerReader {
  const fold = createAnswerFold();
  let completeness: AnswerCompleteness | undefined;
  let finishReason: FinishReason | undefined;

  const answer: AnswerSoFar = {
    get text() {
      return fold.text;
    },
    partial: () => fold.partial(),
    parseError: (message, details) => new ParseError(message, fold.text, finishReason, { partial: answer.partial, ...details }),
  };
  const handlers = start(destination, answer);

  function push(event: DeltaEvent): void {
    if (isAnswerText(event)) {
      fold.append(event);
      handlers.write?.(event.text);
    } else if (event.type === 'reset') rewind(event);
    else {
      const ended = event.type === 'step' && fold.text !== '';
      fold.push(event);
      if (ended) handlers.restart?.('', undefined);
    }
  }

  function rewind(event: ResetEvent): void {
    const voided = fold.rewind(event);
    if (!voided) return;
    try {
      handlers.restart?.(fold.text, event.error);
    } catch (error) {
      // The message that the reset voids is the partial of an error that the reset causes.
      throw fillPartial(error, voided);
    }
  }

  function toNotification(error: unknown): unknown {
    return fillPartial(handlers.toParseError?.(error) ?? error, answer.partial);
  }

  const reader: AnswerReader = {
    next(value) {
      const event = typeof value === 'string' ? toDelta(value) : value;
      if (event === value) completeness = event.type === 'finish' ? completenessByReason[event.reason] : 'truncated';
      else completeness ??= 'whole';
      if (event.type === 'finish') finishReason = event.reason;
      try {
        push(event);
      } catch (error) {
        throw toNotification(error);
      }
    },
    complete() {
      if (completeness === undefined) return destination.complete();
      if (completeness === 'missing') throw answer.parseError(`The stream ended with ${finishReason} instead of an answer`);
      try {
        handlers.end(completeness === 'whole');
      } catch (error) {
        throw toNotification(error);
      }
    },
  };
  const ofEvents = keepGrammar<DeltaEvent | string, AnswerReader>({ name: 'A parser', fold: true }, destination, reader);
  return { ...ofEvents, next: (value) => (typeof value === 'string' ? reader : ofEvents).next(value) };
}

function toDelta(text: string): DeltaEvent {
  return { type: 'text-delta', text, block: 0, choice: 0, phase: 'answer' };
}
