import type { MonoTypeOperatorFunction } from 'rxjs';
import { fillPartial } from '../errors.js';
import { operate } from '../kernel/operate.js';
import { createPartialFold } from '../message/partialFold.js';
import type { StreamEntry } from './streamStore.js';

/** Gives the error of a stream that is read from its beginning the message so far. */
export function fillEntryPartial(): MonoTypeOperatorFunction<StreamEntry> {
  return operate((destination) => {
    const fold = createPartialFold();
    return {
      next(entry) {
        fold.push(entry.event);
        destination.next(entry);
      },
      error: (error) => destination.error(fillPartial(error, fold.partial)),
    };
  });
}
