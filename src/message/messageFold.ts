import { withoutFence } from '../codecs/json/withoutFence.js';
import { ParseError } from '../errors.js';
import type { Message, PartialMessage } from '../events.js';
import { createPartialFold, joinTexts, type PartialFold } from './partialFold.js';

/** Folds events into a message. Errors carry only the partial one, so that most importers do without this file. */
export interface MessageFold extends PartialFold {
  message(): Message;
}

/** @param choice Which choice to read. @defaultValue 0 */
export function createMessageFold(choice = 0): MessageFold {
  const { push, partial } = createPartialFold(choice);
  /** The last round. */
  let step = 0;
  return {
    push(event) {
      push(event);
      if (event.type === 'step') step = event.step;
      else if (event.type === 'reset') step = Math.min(step, event.step);
    },
    partial,
    message: () => toMessage(partial(), step),
  };
}

function toMessage(partial: PartialMessage, step: number): Message {
  const { parts, finishReason = 'aborted' } = partial;
  // Not enumerable, so that the message is serialized, copied and compared as plain data.
  return Object.defineProperty({ ...partial, finishReason }, 'json', {
    value: () =>
      parseAnswer(
        parts.filter((part) => part.step === step),
        finishReason,
      ),
  }) as Message;
}

function parseAnswer(parts: PartialMessage['parts'], finishReason: string): unknown {
  const text = joinTexts(
    parts.filter((part) => part.type === 'text' && part.phase === 'answer'),
    'text',
  );
  try {
    return JSON.parse(withoutFence(text));
  } catch (cause) {
    throw new ParseError('The answer is not JSON', text, finishReason, { cause });
  }
}
