import { TruncatedError, toFault } from '../errors.js';
import type { StreamTerminal } from './streamStore.js';

/** The terminal that a reader writes in place of a producer whose lease has run out. */
export function producerLost(): StreamTerminal {
  return { type: 'error', error: toFault(lostError()) };
}

export function lostError(): TruncatedError {
  return new TruncatedError('The producer of the stream was lost before the answer was complete', { code: 'producer_lost' });
}
