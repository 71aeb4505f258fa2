import type { DeltaEvent } from '../../events.js';
import { finish, ping, reset, start, step, text, toolApproval, usage } from './events.js';

/** The event that each letter of a marble stands for. */
export type EventLetters = Readonly<Record<string, DeltaEvent>>;

/**
 * The letters that every marble of events knows: `s` start, `a`–`e` a text delta of that letter, `p` ping, `u` usage of 10 input and 5 output
 * tokens, `S` step 1, `w` call-1 waits for approval, `R` reset, `f` finish. A test can add letters, or replace these.
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
  S: step(1),
  w: toolApproval('call-1'),
  R: reset(),
  f: finish(),
};
