import type { DeltaEvent, PartialMessage, TextDeltaEvent } from '../events.js';
import { createMessageFold } from '../message/messageFold.js';
import { createTextFold } from '../message/textFold.js';

/** The text of an answer so far, choice 0 and the phase `answer`, and the message around it. */
export interface AnswerFold {
  readonly text: string;
  /** Takes more text of the answer. */
  add(event: TextDeltaEvent): void;
  /** Takes any other event. */
  push(event: DeltaEvent): void;
  partial(): PartialMessage;
}

/** Parsers look at the text only when they are done or fail: until then it costs one reference a delta. */
export function createAnswerFold(): AnswerFold {
  const message = createMessageFold();
  const answer = createTextFold(0, 'answer');
  /** What came last, all of one block. */
  let pieces: string[] = [];
  let last: TextDeltaEvent | undefined;

  function join(): void {
    if (!last) return;
    const joined = { ...last, text: pieces.join('') };
    pieces = [];
    last = undefined;
    message.push(joined);
    answer.push(joined);
  }

  return {
    get text() {
      join();
      return answer.text;
    },
    add(event) {
      if (last && last.block !== event.block) join();
      last = event;
      pieces.push(event.text);
    },
    push(event) {
      join();
      message.push(event);
      answer.push(event);
    },
    partial() {
      join();
      return message.partial();
    },
  };
}

/** Tells whether an event is text that a parser reads. */
export function isAnswerText(event: DeltaEvent): event is TextDeltaEvent {
  return event.type === 'text-delta' && event.choice === 0 && event.phase === 'answer' && event.text !== '';
}
