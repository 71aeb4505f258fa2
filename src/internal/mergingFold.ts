import type { TextDeltaEvent } from '../events.js';
import { createMessageFold, type MessageFold } from './fold.js';

/** So many deltas are folded as one, so that the fold holds flat strings of some length instead of a chain of tiny ones. */
const mergedDeltas = 64;

/** Folds events into the message so far, for operators that need it only when something goes wrong. */
export function createMergingFold(): Pick<MessageFold, 'push' | 'partial'> {
  const fold = createMessageFold();
  /** Deltas of one block that are not folded yet, and their texts. */
  let first: TextDeltaEvent | undefined;
  let texts: string[] = [];

  function flush(): void {
    if (first) fold.push(texts.length === 1 ? first : { ...first, text: texts.join('') });
    first = undefined;
    texts = [];
  }

  function merge(event: TextDeltaEvent): void {
    const joins = event.block === first?.block && event.choice === first.choice && event.phase === first.phase;
    if (!joins || texts.length >= mergedDeltas) flush();
    first ??= event;
    texts.push(event.text);
  }

  return {
    push(event) {
      if (event.type === 'text-delta') return merge(event);
      flush();
      fold.push(event);
    },
    partial() {
      flush();
      return fold.partial();
    },
  };
}
