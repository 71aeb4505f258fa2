import type { RunHelpers } from 'rxjs/testing';
import type { AnswerMoment } from './answerWriter.js';

/** What RxJS's test observables play; RxJS does not export the type's name. */
export type MarbleMessage = ReturnType<RunHelpers['cold']>['messages'][number];

/** An answer as the messages of a test observable. */
export function toMessages(moments: readonly AnswerMoment[]): readonly MarbleMessage[] {
  return moments.flatMap(({ frame, events, end }) => {
    const messages: MarbleMessage[] = events.map((value) => ({ frame, notification: { kind: 'N', value } }));
    if (end === 'complete') messages.push({ frame, notification: { kind: 'C' } });
    else if (end) messages.push({ frame, notification: { kind: 'E', error: end.error } });
    return messages;
  });
}
