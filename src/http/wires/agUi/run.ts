import type { RunIds } from './ids.js';
import type { Origin } from './notes.js';
import type { ShownMessage, ShownMessages } from './shownMessages.js';

/** What the parts of the encoder of one run share. */
export interface Run {
  readonly ids: RunIds;
  readonly shown: ShownMessages;
  readonly isTanStack: boolean;
  /**
   * The message that a call which begins now belongs to. `undefined` if it needs another one: what came after that message would else be shown
   * after the call.
   */
  parent: ShownMessage | undefined;
  /** The round that runs. */
  step: number;
  origin(block: number): Origin;
  /** Writes a frame. @throws LimitError if it is too large or too deep. */
  put(frame: object): void;
  /** Writes a frame that is JSON already, and not deep. @throws LimitError if it is too large. */
  putText(data: string): void;
}
