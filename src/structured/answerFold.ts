import { append, createGrowingText, wholeText } from '../codecs/text/growingText.js';
import type { DeltaEvent, PartialMessage, ResetEvent, TextDeltaEvent } from '../events.js';
import { createPartialFold } from '../message/partialFold.js';
import { createStepMarks } from '../message/stepMarks.js';
import { createTextFold } from '../message/textFold.js';

/** The text of an answer so far (choice 0, phase `answer`; of several rounds, the latest one) and the message around it. */
export interface AnswerFold {
  readonly text: string;
  /** Appends text of the answer. */
  append(event: TextDeltaEvent): void;
  /** Folds any other event than a reset. */
  push(event: DeltaEvent): void;
  /** @returns The message before the reset, if the reset removed text; else undefined. */
  rewind(event: ResetEvent): PartialMessage | undefined;
  partial(): PartialMessage;
}

/** Joins deltas only when the text is read: parsers need it at the end and for errors, so a delta costs one reference until then. */
export function createAnswerFold(): AnswerFold {
  const message = createPartialFold();
  const answer = createTextFold(0, 'answer');
  /** The length of the text of all rounds at the beginning of each round. */
  const marks = createStepMarks(0);
  let stepStart = 0;
  /** The latest texts, all of one block. */
  let latest = createGrowingText();
  let last: TextDeltaEvent | undefined;

  function join(): void {
    if (!last) return;
    const joined = { ...last, text: wholeText(latest) };
    latest = createGrowingText();
    last = undefined;
    message.push(joined);
    answer.push(joined);
  }

  return {
    get text() {
      join();
      return stepStart === 0 ? answer.text : answer.text.slice(stepStart);
    },
    append(event) {
      if (last && last.block !== event.block) join();
      last = event;
      append(latest, event.text);
    },
    push(event) {
      // Neither depends on the text before it, so the text of an answer that is read without an error is never joined.
      if (event.type !== 'finish' && event.type !== 'usage') join();
      message.push(event);
      answer.push(event);
      if (event.type !== 'step') return;
      stepStart = answer.text.length;
      marks.set(event.step, stepStart);
    },
    rewind(event) {
      join();
      const before = message.partial();
      message.push(event);
      stepStart = marks.rewind(event.step) ?? stepStart;
      return answer.push(event) ? before : undefined;
    },
    partial() {
      join();
      return message.partial();
    },
  };
}

/** Whether an event is text that parsers read. */
export function isAnswerText(event: DeltaEvent): event is TextDeltaEvent {
  return event.type === 'text-delta' && event.choice === 0 && event.phase === 'answer' && event.text !== '';
}
