import type { DeltaEvent } from '../../events.js';
import { finish, ping, reset, start, text, usage } from './events.js';

/** The event that each letter of a marble stands for. */
export type EventLetters = Readonly<Record<string, DeltaEvent>>;

/**
 * The letters that every marble of events knows: `s` start, `a`–`e` a text delta of that letter, `p` ping, `u` usage of 10 input and 5 output
 * tokens, `R` reset, `f` finish. A test can add letters, or replace these.
 */
export const letters: EventLetters = {
  s: start(),
  a: text('a'),
  b: text('b'),
  c: text('c'),
  d: text('d'),
  e: text('e'),
  p: ping(),
  u: usage({ inputTokens: 10, outputTokens: 5, totalTokens: 15 }),
  R: reset(),
  f: finish(),
};
